//! One declared path with what it leads to: what the checks of rules and references look at.

use kubereach_reports::report::ObjectRef;

use crate::resolve::ingress::Ingresses;
use crate::resolve::ingress::backend::Reference;
use crate::resolve::ingress::claims::NGINX;
use crate::resolve::ingress::front::Front;
use crate::resolve::ingress::rules::Declared;
use kubereach_model::evidence::{FieldPath, Step};

/// One path of one Ingress.
pub(crate) struct Hop<'a, 's> {
    /// Every Ingress.
    pub(crate) all: &'a Ingresses<'s>,
    /// This one.
    pub(crate) front: &'a Front<'s>,
    /// The declared path.
    pub(crate) path: &'a Declared<'s>,
    /// What it leads to.
    pub(crate) reference: &'a Reference<'s>,
    /// The action it leads through, if any.
    pub(crate) action: Option<&'s str>,
}

impl<'s> Hop<'_, 's> {
    /// The Ingress, for a finding.
    pub(crate) fn ingress(&self) -> ObjectRef {
        self.front.ingress.object()
    }

    /// Where a field of the backend stands.
    pub(crate) fn backend_field<const N: usize>(&self, steps: [Step; N]) -> (u32, FieldPath) {
        let mut field = self.path.field.clone();
        field.extend(steps);
        (self.front.ingress.origin, field)
    }

    /// The value of an annotation of ingress-nginx, whatever the controller.
    pub(crate) fn nginx(&self, name: &str) -> Option<&'s str> {
        self.front.annotation(&format!("{NGINX}{name}"))
    }
}
