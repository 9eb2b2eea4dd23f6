//! The `policy` segment of a path from outside the cluster, by a node port or load balancer.

use std::sync::Arc;

use crate::evaluate::Cluster;
use crate::evaluate::policy::CheckTable;
use crate::evaluate::policy::targets::{Target, kinds_of_targets};
use crate::policy::{Connection, Direction, End, Protocol, SideAnswer};
use crate::resolve::service::{PortView, ServiceView};
use kubereach_model::evidence::Segment;
use kubereach_model::snapshot::model::ServicePort;

/// A port that is reached from outside the cluster.
#[derive(Debug)]
pub struct OutsideContext<'a, 's> {
    /// The cluster with its policies.
    pub cluster: &'a Cluster<'s>,
    /// The Service.
    pub view: &'a ServiceView<'s>,
    /// The port.
    pub port: &'a ServicePort,
    /// What lies behind it.
    pub behind: &'a PortView<'a, 's>,
    /// What the segment is for a caller who is not known.
    pub segment: &'a Segment,
}

impl<'s> OutsideContext<'_, 's> {
    /// The pods behind the port.
    pub fn targets(&self) -> Vec<Target<'s>> {
        kinds_of_targets(self.cluster, self.view, self.port, self.behind)
    }

    /// The protocol of the port.
    pub fn protocol(&self) -> Protocol {
        Protocol::of(&self.port.protocol).unwrap_or(Protocol::Tcp)
    }

    /// What the policies of each target say to one who connects.
    pub fn sides(&self, targets: &[Target<'s>], from: &End<'s>) -> Vec<SideAnswer<'s>> {
        let (policies, protocol) = (&self.cluster.policies().policies, self.protocol());
        let side = |target: &Target<'s>| {
            let selection = target.end.pod().map(|pod| policies.select(pod)).unwrap_or_default();
            let connection = Connection { from, to: &target.end, protocol, port: target.port, request: None };
            policies.side(&connection, Direction::Ingress, &selection)
        };
        targets.iter().map(side).collect()
    }
}

/// The `policy` segment as it is for who comes from outside, by a node port or load balancer, where `segment` is
/// what it is for a caller who is not known.
pub fn from_outside<'s>(
    checks: &CheckTable,
    cluster: &Cluster<'s>,
    view: &ServiceView<'s>,
    port: &ServicePort,
    behind: &PortView<'_, 's>,
    segment: &Arc<Segment>,
) -> Arc<Segment> {
    let cx = OutsideContext { cluster, view, port, behind, segment };
    let mut found = checks.from_outside.iter().filter_map(|check| check(&cx)).peekable();
    if found.peek().is_none() {
        return Arc::clone(segment);
    }
    let mut own = Segment::clone(segment);
    found.for_each(|finding| own.add(finding));
    Arc::new(own)
}
