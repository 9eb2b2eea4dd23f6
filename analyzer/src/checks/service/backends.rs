//! What lies behind the ports of Services, worked out once however many paths lead there.

use std::sync::{Arc, Mutex, PoisonError};

use kubereach_reports::report::Port;

use super::{BackendStretches, Consumer, evaluate};
use crate::checks::policy;
use crate::paths::{World, dialers};
use crate::snapshot::Found;
use crate::snapshot::model::Service;

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
}

impl<'w, 's> Backends<'w, 's> {
    /// Nothing is worked out yet.
    pub fn new(world: &'w World<'s>) -> Self {
        Self { world, known: world.snapshot.services.iter().map(|_| Mutex::default()).collect() }
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
        let (namespace, name) = (&service.metadata.namespace, &service.metadata.name);
        let work_out = || {
            let behind = evaluate::backend(self.world, namespace, name, port, consumer);
            policy::through(self.world, service, port, dialer.map(AsRef::as_ref), behind)
        };
        let slot = self.world.snapshot.services.position(namespace, name).and_then(|index| self.known.get(index));
        let Some(slot) = slot else { return work_out() };
        // Held while it is worked out, so that nobody does it twice. Working it out asks for no other slot.
        let mut known = slot.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some((_, found)) = known.iter().find(|(asked, _)| asked.is(port, consumer, dialer)) {
            return found.clone();
        }
        let found = work_out();
        let asked = Asked { port: port.cloned(), consumer, dialer: dialer.cloned() };
        known.push((asked, found.clone()));
        found
    }
}
