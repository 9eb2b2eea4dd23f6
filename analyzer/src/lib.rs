//! `kubereach` judges from a snapshot of a Kubernetes cluster whether traffic can get to an app and,
//! if not, exactly where and why it breaks.
//!
//! The modules stand in the order in which data flows; none looks back.
#![forbid(unsafe_code)]

pub mod intake;

pub mod snapshot;

pub mod live;

pub mod evidence;

pub mod policy;

pub mod paths;

pub mod checks;

pub mod plan;

pub mod job;

pub mod collect;

pub mod question;

pub mod observation;

pub mod judgement;

pub mod report;

pub mod gate;

pub mod change;

pub mod fleet;

pub mod run;

mod analysis;

mod url;

pub use analysis::{Filter, Options, analyze, analyze_intake, find_subject, judge_snapshot, plan_snapshot};
