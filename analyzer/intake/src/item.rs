//! What becomes of one object while the input is scanned.

use jiff::Timestamp;

use super::content::{Origin, Problem};
use super::manifest;
use kubereach_model::snapshot::{AnyObject, GroupKind};

/// One object of the input after decoding.
#[derive(Debug)]
pub struct Item {
    /// What it came to.
    pub what: What,
    /// The newest time the object shows: when it was created, renewed or last seen.
    pub seen: Option<Timestamp>,
    /// The chart template that rendered it.
    pub template: Option<Box<str>>,
    /// What only its text shows, where it is a manifest.
    pub(crate) text: Option<Box<manifest::Seen>>,
}

/// What was made of an object.
#[derive(Debug)]
pub enum What {
    /// An object of the cluster.
    Object(AnyObject),
    /// A collector's own document about its run, or a recipe for objects.
    About(Box<serde_json::Value>),
    /// It could not be decoded.
    Failed(Box<Failed>),
    /// Without a name: no object of a cluster.
    Nameless,
    /// A Secret of Helm, with what its release applied.
    Release(Box<Release>),
}

/// A release of Helm.
#[derive(Debug)]
pub struct Release {
    /// The Secret that holds it.
    pub secret: AnyObject,
    /// The release's name.
    pub name: String,
    /// Where it was installed.
    pub namespace: String,
    /// Its number: each upgrade makes a new one.
    pub version: u32,
    /// What it applied.
    pub objects: Vec<AnyObject>,
    /// Where the Secret begins.
    pub origin: Origin,
    /// Why nothing of it was read.
    pub problem: Option<Problem>,
}

/// An object that is there and could not be decoded.
#[derive(Debug)]
pub struct Failed {
    /// Of which kind.
    pub kind: GroupKind,
    /// Where; empty for objects of the cluster.
    pub namespace: String,
    /// What is wrong.
    pub problem: Problem,
}

/// Is it a kustomization: a recipe for objects, and none itself?
pub(crate) fn is_recipe(api_version: &str, kind: &str) -> bool {
    api_version.starts_with("kustomize.config.k8s.io/") && matches!(kind, "Kustomization" | "Component")
}

impl Item {
    /// The object, if it is one.
    pub fn object(&self) -> Option<&AnyObject> {
        match &self.what {
            What::Object(object) => Some(object),
            What::Release(release) => Some(&release.secret),
            What::About(_) | What::Failed(_) | What::Nameless => None,
        }
    }
}
