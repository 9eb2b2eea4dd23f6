//! What the checks of an Ingress look at, beside the Ingress itself: one declared path with what it leads to, and what
//! was found behind it.

use kubereach_reports::report::{ObjectRef, SegmentName};

use crate::evaluate::service::BackendSegments;
use crate::resolve::controllers::Product;
use crate::resolve::controllers::annotations::{ALB_TARGET_TYPE, DEFAULT_BACKEND, NGINX};
use crate::resolve::entries::UnmodelledEntries;
use crate::resolve::ingress::Ingresses;
use crate::resolve::ingress::backend::{Reference, Target};
use crate::resolve::ingress::claims::is_canary;
use crate::resolve::ingress::rules::Declared;
use crate::resolve::ingress::state::IngressState;
use kubereach_model::evidence::{FieldPath, Segment, Step};
use kubereach_model::snapshot::model::Service;
use kubereach_model::snapshot::{Found, Gap};

/// One path of one Ingress.
pub struct IngressPath<'a, 's> {
    /// Every Ingress.
    pub all: &'a Ingresses<'s>,
    /// Entries of kinds that are not evaluated.
    pub entries: &'a UnmodelledEntries<'s>,
    /// This Ingress.
    pub state: &'a IngressState<'s>,
    /// The declared path.
    pub declared: &'a Declared<'s>,
    /// What it leads to.
    pub reference: &'a Reference<'s>,
    /// The action it leads through, if any.
    pub action: Option<&'s str>,
}

impl<'s> IngressPath<'_, 's> {
    /// The Ingress, for a finding.
    pub fn object(&self) -> ObjectRef {
        self.state.ingress.object()
    }

    /// The Service it leads to, if that was read.
    pub fn service(&self) -> Option<Found<'s, Service>> {
        match &self.reference.target {
            Target::Service(service, _) => Some(*service),
            _ => None,
        }
    }

    /// The Service that ingress-nginx sends to while the one of the path cannot answer.
    pub fn stand_in_name(&self) -> Option<&'s str> {
        self.state.annotation(DEFAULT_BACKEND).filter(|_| self.state.is(Product::IngressNginx))
    }

    /// The Service of the path as it is named, whether or not it exists.
    pub fn named_service(&self) -> ObjectRef {
        let backend = &self.reference.backend;
        ObjectRef {
            kind: backend.kind.clone(),
            namespace: Some(backend.namespace.clone()),
            name: backend.name.clone(),
            group: None,
        }
    }

    /// Where a field of the backend stands.
    pub fn backend_field<const N: usize>(&self, steps: [Step; N]) -> (u32, FieldPath) {
        let mut field = self.declared.field.clone();
        field.extend(steps);
        (self.state.ingress.origin, field)
    }

    /// The value of an annotation of ingress-nginx, whatever the controller.
    pub fn nginx(&self, name: &str) -> Option<&'s str> {
        self.state.annotation(&format!("{NGINX}{name}"))
    }

    /// Is it a canary that gets nothing, while a main Ingress gets everything? (ingress-nginx)
    pub fn is_drained_canary(&self) -> bool {
        let weightless = self.nginx("canary-weight").is_none_or(|weight| weight.parse() == Ok(0_u32));
        let selected = self.nginx("canary-by-header").is_some() || self.nginx("canary-by-cookie").is_some();
        self.state.is(Product::IngressNginx)
            && is_canary(self.state)
            && weightless
            && !selected
            && self.all.claims.has_main(self.state, self.declared)
    }

    /// Behind the AWS controller: a Service without node ports, and the target type that it or the Ingress asks for
    /// in so many words.
    pub fn without_node_port(&self) -> Option<(Found<'s, Service>, Option<&'s str>)> {
        let service = self.service()?;
        if !self.state.is(Product::AwsAlb) || service.spec.kind != "ClusterIP" {
            return None;
        }
        let own = service.get().value.metadata.annotation(ALB_TARGET_TYPE).map(str::trim).filter(|v| !v.is_empty());
        Some((service, own.or_else(|| self.state.annotation(ALB_TARGET_TYPE))))
    }
}

/// One path whose backend was evaluated.
pub struct FollowedPath<'a, 's> {
    /// The path.
    pub path: &'a IngressPath<'a, 's>,
    /// What lies behind it.
    pub behind: &'a BackendSegments,
}

impl FollowedPath<'_, '_> {
    /// Was anything found behind the Service? Not so where it stands for a name outside the cluster.
    pub fn leads_on(&self) -> bool {
        self.behind.segments.iter().any(|segment| segment.name == SegmentName::Endpoints)
    }
}

/// A Service that cannot answer, and the one that is named to answer in its place.
pub struct Fallback<'a, 's> {
    /// The path to the Service.
    pub path: &'a IngressPath<'a, 's>,
    /// The Service that cannot answer, which may not exist.
    pub dead: ObjectRef,
    /// Its segment that is blocked.
    pub blocked: &'a Segment,
    /// The one in its place.
    pub stand_in: StandIn<'s>,
}

/// The Service that is named to answer in the place of another.
pub enum StandIn<'s> {
    /// It answers.
    Answers(Found<'s, Service>),
    /// It was read, and whether it answers cannot be told.
    Doubtful(Found<'s, Service>),
    /// It was not read.
    Unseen(ObjectRef, Gap),
}
