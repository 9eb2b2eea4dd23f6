//! What lies behind the ports of Services, worked out once however many paths lead there.

use std::sync::{Arc, Mutex, PoisonError};

use kubereach_reports::report::Port;

use super::evaluate::{self, Shared};
use super::{BackendStretches, Consumer};
use crate::checks::policy;
use crate::resolve::service::ServiceView;
use crate::resolve::{World, dialers};
use kubereach_model::snapshot::Found;
use kubereach_model::snapshot::model::Service;

/// A reference to a port of a Service: which one, who uses it, and whose pods dial (where that is known).
struct Asked<'s> {
    port: Option<Port>,
    consumer: Consumer,
    dialer: Option<Arc<dialers::Front<'s>>>,
}

impl Asked<'_> {
    /// Front doors are told apart by their identity: two equal ones cost one evaluation more.
    fn is(&self, port: Option<&Port>, consumer: Consumer, dialer: Option<&Arc<dialers::Front<'_>>>) -> bool {
        let same_dialer = match (&self.dialer, dialer) {
            (Some(a), Some(b)) => std::ptr::addr_eq(Arc::as_ptr(a), Arc::as_ptr(b)),
            (None, None) => true,
            _ => false,
        };
        self.port.as_ref() == port && self.consumer == consumer && same_dialer
    }
}

/// Everything that was asked about one Service.
type OfService<'s> = Mutex<Vec<(Asked<'s>, BackendStretches)>>;

/// The backends of one snapshot.
pub struct Backends<'w, 's> {
    /// The snapshot.
    pub world: &'w World<'s>,
    /// In the order of the Services.
    known: Vec<OfService<'s>>,
    /// What the ports of each have in common; empty where everything is worked out for each port.
    shared: Vec<Shared>,
}

impl<'w, 's> Backends<'w, 's> {
    /// Nothing is worked out yet.
    pub fn new(world: &'w World<'s>) -> Self {
        let views = world.service_views();
        let shared = views.iter().map(|_| Shared::default()).collect();
        Self { world, known: views.iter().map(|_| Mutex::default()).collect(), shared }
    }

    /// Works everything out for each port.
    #[cfg(test)]
    pub(crate) fn unshared(world: &'w World<'s>) -> Self {
        Self { shared: Vec::new(), ..Self::new(world) }
    }

    /// What the ports of a Service have in common.
    pub(super) fn shared(&self, view: &ServiceView<'_>) -> Option<&Shared> {
        self.shared.get(view.position)
    }

    /// What lies behind a reference to `port` of a Service that was found. `port` is a port the Service
    /// declares (by number or name); `None` where the reference names none that could be resolved: then every
    /// segment but `service` stays unknown. An alias (ExternalName) is followed into its target; where it
    /// leads out of the cluster there is only the `service` stretch. The `policy` segment speaks of `dialer`
    /// where it is known.
    pub fn of(
        &self,
        service: Found<'s, Service>,
        port: Option<&Port>,
        consumer: Consumer,
        dialer: Option<&Arc<dialers::Front<'s>>>,
    ) -> BackendStretches {
        let none = BackendStretches { stretches: Vec::new(), dormant: None };
        let Some(view) = self.world.service_view(&service.metadata.namespace, &service.metadata.name) else {
            return none;
        };
        let Some(slot) = self.known.get(view.position) else { return none };
        // Held while it is worked out, so that nobody does it twice. Working it out asks for no other slot.
        let mut known = slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, found)) = known.iter().find(|(asked, _)| asked.is(port, consumer, dialer)) {
            return found.clone();
        }
        let found = evaluate::backend(self, view, port, consumer);
        let found = policy::through(self.world, view, port, dialer.map(AsRef::as_ref), found);
        let asked = Asked { port: port.cloned(), consumer, dialer: dialer.cloned() };
        known.push((asked, found.clone()));
        found
    }
}
