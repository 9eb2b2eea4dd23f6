//! A reference of a door to a Service port, and what lies behind it.

use std::sync::Arc;

use kubereach_reports::report::{Backend, ObjectRef, PathState, Port, SegmentName};

use crate::evaluate::service::{Backends, Consumer};
use crate::resolve::ClusterIndex;
use crate::resolve::proxy_pods::Proxy;
use kubereach_model::evidence::command::cut;
use kubereach_model::evidence::{Dormant, FieldPath, Segment};
use kubereach_model::snapshot::model::{Service, ServicePort};
use kubereach_model::snapshot::{Absence, Found, Gap, Lookup};

/// A check that looks at a reference.
pub type LeadCheck = fn(&Lead<'_>, &mut Segment);

/// One reference.
#[derive(Debug, Clone)]
pub struct Lead<'s> {
    /// The door.
    pub door: ObjectRef,
    /// Its origin.
    pub origin: u32,
    /// Where in it the reference stands.
    pub field: FieldPath,
    /// As the report names it.
    pub backend: Backend,
    /// What a port is asked for by: `port 8080`, `targetPort web`.
    pub asked: String,
    /// What it leads to.
    pub target: Target<'s>,
}

/// What a reference leads to.
#[derive(Debug, Clone)]
pub enum Target<'s> {
    /// A Service that was read, and its port.
    Service(Found<'s, Service>, LeadPort<'s>),
    /// A Service that does not exist.
    Missing(Absence),
    /// A Service that was not read.
    Unseen(Gap),
}

/// What the port of a reference came to.
#[derive(Debug, Clone)]
pub enum LeadPort<'s> {
    /// The Service declares it.
    Declared(&'s ServicePort),
    /// The Service declares no such port.
    Missing,
    /// It cannot be told.
    Unknown(Gap),
    /// The Service stands for a name elsewhere, which this kind of door does not serve.
    Refused,
    /// The Service stands for a name elsewhere, which this kind of door serves only if it was told to.
    RefusedUnless(Gap),
}

/// Looks up the Service of a reference, and by `port` its port.
pub(crate) fn target<'s>(
    cluster: &ClusterIndex<'s>,
    namespace: &str,
    name: &str,
    port: impl FnOnce(Found<'s, Service>) -> LeadPort<'s>,
) -> Target<'s> {
    match cluster.snapshot.lookup::<Service>(namespace, name) {
        Lookup::Found(service) => Target::Service(service, port(service)),
        Lookup::Absent(absence) => Target::Missing(absence),
        Lookup::Unknown(gap) => Target::Unseen(gap),
    }
}

impl<'s> Lead<'s> {
    /// The Service, if it was read.
    pub fn service(&self) -> Option<Found<'s, Service>> {
        match &self.target {
            Target::Service(service, _) => Some(*service),
            Target::Missing(_) | Target::Unseen(_) => None,
        }
    }

    /// The segments from the reference on.
    pub(crate) fn behind(
        &self,
        backends: &Backends<'_, 's>,
        consumer: Consumer,
        proxy: Option<&Arc<Proxy<'s>>>,
    ) -> (Vec<Arc<Segment>>, Option<Dormant>) {
        let mut reference = Segment::new(SegmentName::Reference, Some(self.door.clone()));
        reference.evaluated(self.referred());
        for check in backends.checks.door.lead {
            check(self, &mut reference);
        }
        let stops = reference.state() == PathState::Blocked;
        let mut segments = vec![Arc::new(reference)];
        let Target::Service(service, port) = &self.target else { return (segments, None) };
        if stops {
            return (segments, None);
        }
        let port = match port {
            LeadPort::Declared(port) if port.name.is_empty() => port.port.known().map(|number| Port::Number(*number)),
            LeadPort::Declared(port) => Some(Port::Name(port.name.clone())),
            LeadPort::Missing | LeadPort::Unknown(_) | LeadPort::Refused | LeadPort::RefusedUnless(_) => None,
        };
        let behind = backends.of(*service, port.as_ref(), consumer, proxy);
        segments.extend(behind.segments);
        (segments, behind.dormant)
    }

    fn referred(&self) -> String {
        match &self.target {
            Target::Service(service, LeadPort::Declared(port)) => {
                format!("Service {} declares {}", cut(&service.metadata.name), port.describe())
            }
            Target::Service(service, _) => format!("Service {} exists", cut(&service.metadata.name)),
            Target::Missing(_) | Target::Unseen(_) => "the reference was looked up".to_owned(),
        }
    }
}
