//! Which class an Ingress belongs to, and so which controller should serve it.
//!
//! Source: networking.k8s.io/v1 `IngressSpec.ingressClassName`, the deprecated annotation
//! `kubernetes.io/ingress.class`, and the admission plugin `DefaultIngressClass`, which acts only while an
//! Ingress is created.

use std::collections::HashMap;

use crate::resolve::controllers::{self, CONTROLLERS, Controller, Product};
use kubereach_model::snapshot::model::{IngressClass, Pod};
use kubereach_model::snapshot::{Absence, Found, Gap, Listing, Lookup, Snapshot};

use super::entry::{ClassField, Entry};
use super::instances::Asked;
use super::pods::ControllerPods;

/// The deprecated annotation.
pub const ANNOTATION: &str = "kubernetes.io/ingress.class";

/// How the Ingress names its class.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Named<'s> {
    /// `spec.ingressClassName`.
    Field(&'s str),
    /// The deprecated annotation.
    Annotation(&'s str),
    /// Not at all.
    Nothing,
}

/// What became of the name.
#[derive(Debug, Clone)]
pub enum Class<'s> {
    /// An `IngressClass` of that name (or, for a manifest without one, the default that admission assigns).
    Found(Found<'s, IngressClass>),
    /// Named, and there is none.
    Missing(Absence),
    /// Named, and the classes could not all be seen.
    Unseen(Gap),
    /// The annotation's word, which controllers compare themselves; no object of that name was read.
    Word,
    /// No class, and a sign of who serves it all the same: the text says which.
    Sign(String),
    /// No class, and a controller pod that says it serves such Ingresses.
    Watched(&'static Controller, Found<'s, Pod>),
    /// No class; a default exists and was not given to it.
    DefaultNotGiven {
        /// The (first) default class.
        default: Found<'s, IngressClass>,
        /// Was it created after the Ingress?
        later: Option<bool>,
    },
    /// No class, and no default exists.
    NoDefault(Absence),
    /// No class, and the classes could not all be seen.
    DefaultUnseen(Gap),
}

/// An Ingress's class, resolved.
#[derive(Debug, Clone)]
pub struct Resolved<'s> {
    /// As the Ingress names it.
    pub named: Named<'s>,
    /// What became of it.
    pub class: Class<'s>,
    /// `spec.controller` of the class, where there is one.
    pub id: Option<&'s str>,
    /// The known controller, if any.
    pub controller: Option<&'static Controller>,
    /// Several classes claim to be the default.
    pub defaults: usize,
}

impl Resolved<'_> {
    /// The word under which Ingresses of the same controller meet; empty for none.
    pub fn identity(&self) -> &str {
        match (&self.class, self.named) {
            (Class::Found(class), _) => &class.value.metadata.name,
            (_, Named::Field(name) | Named::Annotation(name)) => name,
            (_, Named::Nothing) => "",
        }
    }
}

/// How an Ingress names its class. An empty name is none.
pub fn named<'s>(ingress: &Entry<'s>) -> Named<'s> {
    let field = match ingress.class {
        ClassField::Spec(name) => name,
        ClassField::Annotation(_) => None,
        ClassField::Kind(word) => return Named::Annotation(word),
    };
    let word = ingress.metadata.annotation(ANNOTATION).filter(|name| !name.is_empty());
    match (field, word) {
        (Some(name), _) => Named::Field(name),
        (None, Some(word)) => Named::Annotation(word),
        (None, None) => Named::Nothing,
    }
}

/// The classes of the cluster, read once.
#[derive(Debug)]
pub struct Classes<'s> {
    snapshot: &'s Snapshot,
    all: Listing<'s, IngressClass>,
    defaults: Vec<Found<'s, IngressClass>>,
    routes: HashMap<(&'s str, &'s str), &'s str>,
}

impl<'s> Classes<'s> {
    /// Reads them.
    pub fn of(snapshot: &'s Snapshot) -> Self {
        let all = snapshot.list::<IngressClass>(None);
        let defaults = all.items.iter().copied().filter(|class| class.is_default()).collect();
        Self { snapshot, all, defaults, routes: routes(snapshot) }
    }

    /// Resolves one Ingress.
    pub fn resolve(&self, ingress: &Entry<'s>, pods: &ControllerPods<'s>) -> Resolved<'s> {
        let named = named(ingress);
        let class = match named {
            Named::Field(name) => match self.snapshot.lookup::<IngressClass>("", name) {
                Lookup::Found(class) => Class::Found(class),
                Lookup::Absent(absence) => Class::Missing(absence),
                Lookup::Unknown(gap) => Class::Unseen(gap),
            },
            Named::Annotation(word) => match self.snapshot.lookup::<IngressClass>("", word) {
                Lookup::Found(class) => Class::Found(class),
                Lookup::Absent(_) | Lookup::Unknown(_) => Class::Word,
            },
            Named::Nothing => self.classless(ingress, pods),
        };
        let id = match &class {
            Class::Found(class) => class.get().value.spec.controller.as_deref().filter(|id| !id.is_empty()),
            _ => None,
        };
        let controller = match (&class, named) {
            (Class::Found(_), _) => id.and_then(controllers::by_id),
            (Class::Word, Named::Annotation(word)) => {
                let asked = Asked { named, object: None, namespace: &ingress.metadata.namespace };
                let meant = controllers::by_word(word);
                // Words are not owned: who was read and takes this one is meant.
                meant.filter(|meant| pods.has(meant)).or_else(|| pods.taking(asked)).or(meant)
            }
            (Class::Watched(controller, _), _) => Some(*controller),
            (Class::Sign(_), _) => self.sign(ingress).map(|(controller, _)| controller),
            _ => None,
        };
        let controller = controller.filter(|c| ingress.only().is_none_or(|name| c.name == name));
        Resolved { named, class, id, controller, defaults: self.defaults.len() }
    }

    /// What a controller leaves behind that serves an Ingress without being named: annotations that only
    /// it writes, and the Routes that OpenShift's makes.
    fn sign(&self, ingress: &Entry<'_>) -> Option<(&'static Controller, String)> {
        for controller in CONTROLLERS {
            if let Some(key) = controller.writes.iter().find(|key| ingress.metadata.annotation(key).is_some()) {
                return Some((controller, format!("{} wrote the annotation {key} into it", controller.name)));
            }
        }
        let route = self.routes.get(&(ingress.metadata.namespace.as_str(), ingress.metadata.name.as_str()))?;
        let openshift = controllers::of(Product::OpenShift)?;
        Some((openshift, format!("{} made the Route {route} from it", openshift.name)))
    }

    fn classless(&self, ingress: &Entry<'s>, pods: &ControllerPods<'s>) -> Class<'s> {
        if let Some(name) = ingress.only() {
            let own = |class: &&Found<'s, IngressClass>| {
                let id = class.spec.controller.as_deref();
                id.and_then(controllers::by_id).is_some_and(|controller| controller.name == name)
            };
            if let Some(class) = self.defaults.iter().find(own) {
                return Class::Found(*class);
            }
        } else if let Some((_, what)) = self.sign(ingress) {
            return Class::Sign(what);
        } else if let Some((controller, pod)) = pods.watching_classless()
            && !(ingress.is_manifest() && self.defaults.len() == 1)
        {
            return Class::Watched(controller, pod);
        }
        match (self.defaults.as_slice(), ingress.is_manifest()) {
            // Admission gives it this one when it is created.
            ([only], true) if ingress.only().is_none() => Class::Found(*only),
            ([first, ..], _) => {
                let (old, new) = (ingress.metadata.creation_timestamp.0, first.metadata.creation_timestamp.0);
                let later = old.zip(new).map(|(ingress, class)| class > ingress);
                Class::DefaultNotGiven { default: *first, later }
            }
            ([], _) => match self.all.nothing_else("a default IngressClass") {
                Ok(absence) => Class::NoDefault(absence),
                Err(gap) => Class::DefaultUnseen(gap),
            },
        }
    }
}

/// OpenShift Routes that were made from an Ingress: namespace and name of the Ingress, name of the Route.
fn routes(snapshot: &Snapshot) -> HashMap<(&str, &str), &str> {
    let mut routes = HashMap::new();
    for route in snapshot.openshift_routes.iter() {
        let route = &route.get().value;
        for owner in route.metadata.owner_references.iter().filter(|owner| owner.kind == "Ingress") {
            routes.insert((route.metadata.namespace.as_str(), owner.name.as_str()), route.metadata.name.as_str());
        }
    }
    routes
}
