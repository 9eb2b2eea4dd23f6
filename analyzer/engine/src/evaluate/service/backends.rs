//! What lies behind the ports of Services, worked out once however many paths lead there.

use std::sync::{Arc, Mutex, PoisonError};

use kubereach_reports::report::Port;

use super::Shared;
use crate::evaluate::policy::{self, CallersOf};
use crate::evaluate::service::{BackendSegments, Consumer};
use crate::evaluate::{CheckTable, Cluster};
use crate::resolve::proxy_pods;
use crate::resolve::service::ServiceView;
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::Service;

/// A reference to a port of a Service: which one, who uses it, and whose pods dial (where that is known).
struct Asked<'s> {
    port: Option<Port>,
    consumer: Consumer,
    proxy: Option<Arc<proxy_pods::Proxy<'s>>>,
}

impl Asked<'_> {
    /// Proxies are told apart by their identity: two equal ones cost one evaluation more.
    fn is(&self, port: Option<&Port>, consumer: Consumer, proxy: Option<&Arc<proxy_pods::Proxy<'_>>>) -> bool {
        let same_proxy = match (&self.proxy, proxy) {
            (Some(a), Some(b)) => std::ptr::addr_eq(Arc::as_ptr(a), Arc::as_ptr(b)),
            (None, None) => true,
            _ => false,
        };
        self.port.as_ref() == port && self.consumer == consumer && same_proxy
    }
}

/// Everything that was asked about one Service.
type OfService<'s> = Mutex<Vec<(Asked<'s>, BackendSegments)>>;

/// The backends of one snapshot.
pub struct Backends<'w, 's> {
    /// The snapshot.
    pub cluster: &'w Cluster<'s>,
    /// What is asked about them.
    pub checks: &'static CheckTable,
    callers: CallersOf<'s>,
    /// In the order of the Services.
    known: Vec<OfService<'s>>,
    /// What the ports of each have in common; empty where everything is worked out for each port.
    shared: Vec<Shared>,
}

impl<'w, 's> Backends<'w, 's> {
    /// Nothing is worked out yet.
    pub fn new(cluster: &'w Cluster<'s>, checks: &'static CheckTable) -> Self {
        let views = cluster.service_views();
        let shared = views.iter().map(|_| Shared::default()).collect();
        Self {
            cluster,
            checks,
            callers: CallersOf::default(),
            known: views.iter().map(|_| Mutex::default()).collect(),
            shared,
        }
    }

    /// Works everything out for each port.
    #[cfg(test)]
    pub(crate) fn unshared(cluster: &'w Cluster<'s>, checks: &'static CheckTable) -> Self {
        Self { shared: Vec::new(), ..Self::new(cluster, checks) }
    }

    /// What the ports of a Service have in common.
    pub(crate) fn shared(&self, view: &ServiceView<'_>) -> Option<&Shared> {
        self.shared.get(view.position)
    }

    /// What lies behind a reference to `port` of a Service that was found. `port` is a port the Service
    /// declares (by number or name); `None` where the reference names none that could be resolved: then every
    /// segment but `service` stays unknown. An alias (ExternalName) is followed into its target; where it
    /// leads out of the cluster there is only the `service` segment. The `policy` segment speaks of `proxy`
    /// where it is known.
    pub fn of(
        &self,
        service: Found<'s, Service>,
        port: Option<&Port>,
        consumer: Consumer,
        proxy: Option<&Arc<proxy_pods::Proxy<'s>>>,
    ) -> BackendSegments {
        let none = BackendSegments { segments: Vec::new(), dormant: None };
        let Some(view) = self.cluster.service_view(&service.metadata.namespace, &service.metadata.name) else {
            return none;
        };
        let Some(slot) = self.known.get(view.position) else { return none };
        // Held while it is worked out, so that nobody does it twice. Working it out asks for no other slot.
        let mut known = slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, found)) = known.iter().find(|(asked, _)| asked.is(port, consumer, proxy)) {
            return found.clone();
        }
        let found = super::backend(self, view, port, consumer);
        let caller = proxy.map(|proxy| (proxy.name, self.callers.of(self.cluster, proxy)));
        let caller = (caller, consumer != Consumer::ClusterIp);
        let found = policy::through(&self.checks.policy, self.cluster, view, port, caller, found);
        let asked = Asked { port: port.cloned(), consumer, proxy: proxy.cloned() };
        known.push((asked, found.clone()));
        found
    }
}
