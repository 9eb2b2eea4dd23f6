//! Which checks are asked about the `policy` segment, and about what.

use kubereach_reports::report::ObjectRef;

use super::{CallerContext, Context, EgressContext, OutsideContext, PolicyContext};
use crate::policy::Unread;
use crate::policy::third_party::ThirdParty;
use kubereach_model::evidence::{Assumption, Finding, Segment};

/// The checks of the `policy` segment, each list in the order in which it is asked.
#[derive(Debug)]
pub struct CheckTable {
    /// Of a path that ends at this object, where it is not known which port it leads to.
    pub without_port: &'static [fn(&ObjectRef) -> Finding],
    /// Of each kind that was not all read and may hold a policy that matters, for a path that ends at this object.
    pub unread: &'static [fn(&Unread, &ObjectRef) -> Assumption],
    /// Of each policy of another system that may touch one of the pods.
    pub third_party: &'static [fn(&ThirdParty<'_>) -> Finding],
    /// Of what says by which way connections of one of the pods leave the cluster.
    pub ways_out: &'static [fn(&ThirdParty<'_>) -> Finding],
    /// Of whom the pods behind a port admit.
    pub admission: &'static [fn(&Context<'_, '_>) -> Option<Finding>],
    /// Of what the pods behind a port may reach themselves.
    pub egress: &'static [fn(&EgressContext<'_, '_>) -> Option<Finding>],
    /// Of each policy that selects one of the pods.
    pub selecting: &'static [fn(&PolicyContext<'_, '_>, &mut Segment)],
    /// Of each policy of the namespace that selects no pod at present.
    pub selecting_nobody: &'static [fn(&PolicyContext<'_, '_>) -> Option<Finding>],
    /// Of callers that are known; the segment is what it is without them.
    pub caller: &'static [fn(&CallerContext<'_, '_>, &Segment) -> Option<Finding>],
    /// Of who comes from outside by a node port or load balancer.
    pub from_outside: &'static [fn(&OutsideContext<'_, '_>) -> Option<Finding>],
}
