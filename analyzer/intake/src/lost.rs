//! Documents that are Kubernetes objects by what they say of themselves, and that could not be read.

use kubereach_model::snapshot::GroupKind;

use super::content::{Problem, TypeHint};

/// What of manifests could not be read.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Unread {
    /// Kubernetes objects, by what is wrong with them.
    pub objects: Vec<Problem>,
    /// How many documents of Helm charts were not rendered.
    pub templates: usize,
}

/// One such document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Lost {
    /// What kind of objects it holds; none where that cannot be told.
    pub kind: Option<GroupKind>,
    /// It is a template that was not rendered.
    pub template: bool,
    /// What is wrong with it.
    pub problem: Problem,
}

impl Lost {
    /// A document of this type; `says` tells whether anything in it shows that it is an object.
    pub(crate) fn of(
        (api_version, kind): (Option<&str>, Option<&str>),
        says: bool,
        template: bool,
        hint: &TypeHint,
        problem: Problem,
    ) -> Option<Self> {
        let item = kind.map(|kind| kind.strip_suffix("List").unwrap_or(kind)).filter(|kind| !kind.is_empty());
        let typed = item.zip(api_version).or(hint.kind.as_deref().zip(hint.api_version.as_deref()));
        let kind = typed.map(|(kind, api_version)| GroupKind::of(api_version, kind));
        (says || kind.is_some()).then_some(Self { kind, template, problem })
    }

    /// Does a text that could not be parsed begin keys at its margin as an object does?
    pub(crate) fn is_told_by(text: &[u8]) -> bool {
        let begins = |key: &[u8]| text.split(|&b| b == b'\n').any(|line| line.starts_with(key));
        begins(b"apiVersion:") && begins(b"kind:")
    }
}
