//! What a change does: manifests applied over a snapshot, judged before and after, and compared.
//!
//! - [`apply`] makes the snapshot that would be there after the manifests were applied (its kind says
//!   what becomes of one object, [`simulate`] what the control plane makes of the pods);
//! - [`compare()`] says of two reports which problems were introduced, fixed, or only came into or out of
//!   sight: a pure function;
//! - [`behind`] names the edit behind an introduced problem.

mod apply;
mod behind;
mod compare;
mod problem;
mod prune;
mod requests;
mod run;
mod simulate;
mod templates;

pub use apply::{Applied, Key, apply};
pub use compare::compare;
pub use prune::Prune;
pub use run::{ChangeError, analyze_diff, analyze_diff_with, analyze_on_top_of};
pub use templates::Template;
