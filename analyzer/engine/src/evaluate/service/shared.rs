//! What ports of one Service have in common: they lead to the same addresses mostly, and then the `service` and
//! `endpoints` segments are the same, however many ports and consumers there are.

use std::sync::{Arc, Mutex, PoisonError};

use crate::evaluate::service::context::{Context, Situation};
use crate::evaluate::service::{CheckTable, Consumer};
use crate::evaluate::service::{endpoints, own};
use kubereach_model::evidence::{Dormant, Segment};

/// On what a segment depends beside its Service. No check of these two segments looks at the port itself.
#[derive(PartialEq, Eq)]
struct Seen {
    listing: Vec<bool>,
    situation: Situation,
    /// Only the `service` segment asks who dials.
    consumer: Option<Consumer>,
}

type Known<T> = Mutex<Vec<(Seen, T)>>;

/// The segments of one Service that were worked out.
#[derive(Default)]
pub(crate) struct Shared {
    services: Known<Arc<Segment>>,
    endpoints: Known<(Arc<Segment>, Option<Dormant>)>,
}

impl Shared {
    /// The `service` segment.
    pub(crate) fn service(&self, checks: &CheckTable, cx: &Context<'_, '_>) -> Arc<Segment> {
        known(&self.services, cx, Some(cx.consumer), || Arc::new(own::segment(checks, cx)))
    }

    /// The `endpoints` segment, and whether it carries nothing on purpose.
    pub(crate) fn endpoints(&self, checks: &CheckTable, cx: &Context<'_, '_>) -> (Arc<Segment>, Option<Dormant>) {
        known(&self.endpoints, cx, None, || {
            let (segment, dormant) = endpoints::segment(checks, cx);
            (Arc::new(segment), dormant)
        })
    }
}

/// Held while it is worked out, so that nobody does it twice; working it out asks for nothing that is shared.
fn known<T: Clone>(
    known: &Known<T>,
    cx: &Context<'_, '_>,
    consumer: Option<Consumer>,
    work_out: impl FnOnce() -> T,
) -> T {
    let situation = cx.situation();
    let mut known = known.lock().unwrap_or_else(PoisonError::into_inner);
    let same =
        |seen: &Seen| seen.situation == situation && seen.consumer == consumer && seen.listing == cx.behind.listing;
    if let Some((_, found)) = known.iter().find(|(seen, _)| same(seen)) {
        return found.clone();
    }
    let found = work_out();
    known.push((Seen { listing: cx.behind.listing.clone(), situation, consumer }, found.clone()));
    found
}
