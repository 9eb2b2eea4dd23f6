//! Doors from the API server: admission webhooks, conversion webhooks and aggregated APIs, whose Service the API server
//! itself dials (`docs/semantics/api-server.md`).

mod call;
mod subject;

use std::sync::Arc;

use kubereach_reports::report::ObjectRef;
use rayon::prelude::*;

use super::answer::Handled;
use super::spoken::Spoken;
use super::{Around, Door, FrontDoor, Kind, OpenDoor};
use crate::evaluate::Cluster;
use crate::evaluate::service::Backends;
use crate::resolve::plumbing::api_server_callers;
use crate::resolve::request::Request;
use kubereach_model::evidence::{Finding, Path, Segment, SubjectPaths};

pub use call::{Call, CallContext, Caller};

/// Whom the API server asks.
#[derive(Debug)]
pub(super) struct ApiServer;

/// A check that looks at one call.
pub type CallCheck = fn(&CallContext<'_, '_>, &mut Segment);
/// A check that looks at an object with all of its paths.
pub type CallerCheck = fn(&Caller<'_>, &[Path]) -> Option<Finding>;

/// The checks of what the API server asks.
#[derive(Debug)]
pub struct CheckTable {
    /// Of the `rule` segment.
    pub rule: &'static [CallCheck],
    /// Of the `tls` segment.
    pub tls: &'static [CallCheck],
    /// Beside the paths.
    pub notes: &'static [CallerCheck],
}

impl Door for ApiServer {
    fn kinds(&self) -> &'static [Kind] {
        const ADMISSION: &str = "admissionregistration.k8s.io";
        const KINDS: [Kind; 4] = [
            Kind::leading(ADMISSION, "ValidatingWebhookConfiguration"),
            Kind::leading(ADMISSION, "MutatingWebhookConfiguration"),
            Kind::leading("apiextensions.k8s.io", "CustomResourceDefinition"),
            Kind::leading("apiregistration.k8s.io", "APIService"),
        ];
        &KINDS
    }

    fn subjects(&self, backends: &Backends<'_, '_>) -> Vec<SubjectPaths> {
        let callers = call::all(backends.cluster.snapshot);
        if callers.is_empty() {
            return Vec::new();
        }
        let proxy = api_server_callers(backends.cluster).map(Arc::new);
        callers.par_iter().filter_map(|caller| subject::subject(backends, caller, proxy.as_ref())).collect()
    }

    fn open<'w>(&self, _: &'w Cluster<'_>) -> Box<dyn OpenDoor + 'w> {
        Box::new(Closed)
    }
}

/// Nobody but the API server comes in here.
struct Closed;

impl OpenDoor for Closed {
    fn front(&self, _: &Path, _: &dyn Around) -> Result<FrontDoor, String> {
        Err("only the API server asks here".to_owned())
    }

    fn speaks(&self, _: &ObjectRef) -> Option<Spoken> {
        None
    }

    fn answer(&self, _: &Request, _: Option<&ObjectRef>) -> Option<Vec<Handled>> {
        Some(Vec::new())
    }
}
