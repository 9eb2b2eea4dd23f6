//! The evaluation of Gateways and of what is attached to them, as one flow: a [`gateway`] and its [`listener`]s with
//! their [`tls`]; the routes at them ([`attachment`]); their [`rule`]s; the [`backend`]s these lead to; the paths of
//! each [`route`]; and the Gateways as [`subject`]s. What is said about each is the business of the checks in the
//! [`CheckTable`], which look at a [`context`].

mod answer;
mod attachment;
mod backend;
mod backend_tls;
pub(crate) mod context;
mod door;
mod evaluation;
mod gateway;
mod limit;
mod listener;
pub(crate) mod precedence;
mod route;
mod rule;
pub(crate) mod status;
mod subject;
pub(crate) mod table;
mod tls;

use rayon::prelude::*;

use crate::evaluate::service::Backends;
use kubereach_model::evidence::SubjectPaths;

pub use table::CheckTable;

/// The door of this area.
pub(crate) static DOOR: door::GatewayDoor = door::GatewayDoor;

/// Every Gateway and every route.
pub(crate) fn subjects(backends: &Backends<'_, '_>) -> Vec<SubjectPaths> {
    let evaluation = evaluation::Evaluation::new(backends);
    let routes: Vec<route::Outcome> =
        (0..evaluation.routes.len()).into_par_iter().filter_map(|id| route::evaluate(&evaluation, id)).collect();
    let gateways = subject::gateways(&evaluation, &routes);
    gateways.into_iter().chain(routes.into_iter().map(|outcome| outcome.subject)).collect()
}
