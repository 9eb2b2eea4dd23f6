//! Services: from the Service to the ready addresses and ports behind it.

use std::sync::Arc;

use kubereach_reports::report::{Port, SegmentName};

use crate::evidence::{Dormant, Entry, Stretch, Subject};
use crate::paths::World;
use crate::snapshot::Found;
use crate::snapshot::model::{Resource as _, Service};

/// The pages of this area.
pub static PAGES: &[&Entry] = &[];

/// Every subject of this area.
pub fn subjects(_world: &World<'_>) -> Vec<Subject> {
    Vec::new()
}

/// Who consumes the endpoints of a Service, where that changes which of them receive traffic.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Consumer {
    /// kube-proxy or its replacement, by the Service's cluster address: falls back to serving,
    /// terminating endpoints (KEP-1669).
    ClusterIp,
    /// A controller that reads EndpointSlices itself and dials only ready addresses (ingress-nginx and
    /// most Gateway implementations).
    ReadyEndpoints,
    /// ingress-nginx: as above, TCP only, and an unmatched slice port falls back to a numeric targetPort.
    IngressNginx,
    /// Not known which.
    Unknown,
}

/// The part of a path that lies behind the reference to a Service port.
#[derive(Debug, Clone)]
pub struct BackendStretches {
    /// `service`, `endpoints`, `port`, `policy`, in this order.
    pub stretches: Vec<Arc<Stretch>>,
    /// The workload behind it is scaled to zero on purpose.
    pub dormant: Option<Dormant>,
}

/// Evaluates what lies behind a reference to `port` of a Service that was found. `port` is a port the
/// Service declares (by number or name); `None` where the reference names none that could be resolved:
/// then every segment but `service` stays unknown.
pub fn backend(_world: &World<'_>, service: Found<'_, Service>, _port: Option<&Port>, _consumer: Consumer) -> BackendStretches {
    let object = service.object_ref();
    let stretches = [SegmentName::Service, SegmentName::Endpoints, SegmentName::Port]
        .map(|segment| Arc::new(Stretch::new(segment, Some(object.clone()))));
    BackendStretches { stretches: stretches.into(), dormant: None }
}
