//! What names a class and leads what its rules take to Services: an Ingress, or a kind that was modelled after it.

use std::ops::Deref;

use kubereach_model::snapshot::model::{Ingress, IngressTls, LoadBalancerIngress};
use kubereach_model::snapshot::{Found, FoundAny};

use super::rules::{Declared, declared};

/// One such object. It is asked for its name, origin and metadata as any object that was found.
#[derive(Debug, Clone)]
pub struct Entry<'s> {
    /// The object.
    pub found: FoundAny<'s>,
    /// Every path that it declares, each once.
    pub declared: Vec<Declared<'s>>,
    /// `spec.tls`.
    pub tls: &'s [IngressTls],
    /// The published addresses; `None` where the status was not read.
    pub published: Option<&'s [LoadBalancerIngress]>,
    /// How it names its class.
    pub class: ClassField<'s>,
    /// The Ingress, where it is one.
    pub ingress: Option<&'s Ingress>,
}

/// How a kind names the class of its objects.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClassField<'s> {
    /// By `spec.ingressClassName`, or by the annotation that came before it.
    Spec(Option<&'s str>),
    /// By the annotation alone. Only the controller of this name reads the kind, and it takes objects without a class
    /// where its own class is the default.
    Annotation(&'static str),
    /// Not at all: one product alone reads the kind, whose class goes by this word.
    Kind(&'static str),
}

impl<'s> Entry<'s> {
    /// Of an Ingress.
    pub fn of(found: Found<'s, Ingress>) -> Self {
        let ingress = &found.get().value;
        Self {
            found: found.any(),
            declared: declared(ingress),
            tls: &ingress.spec.tls,
            published: ingress.status.as_ref().map(|status| &*status.load_balancer.ingress),
            class: ClassField::Spec(ingress.spec.ingress_class_name.as_deref().filter(|name| !name.is_empty())),
            ingress: Some(ingress),
        }
    }

    /// The name of the controller that alone reads this kind.
    pub const fn only(&self) -> Option<&'static str> {
        match self.class {
            ClassField::Spec(_) | ClassField::Kind(_) => None,
            ClassField::Annotation(name) => Some(name),
        }
    }
}

impl<'s> Deref for Entry<'s> {
    type Target = FoundAny<'s>;

    fn deref(&self) -> &Self::Target {
        &self.found
    }
}
