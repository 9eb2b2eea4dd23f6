//! `kubereach` judges from a snapshot of a Kubernetes cluster whether traffic can get to an app and,
//! if not, exactly where and why it breaks.
#![forbid(unsafe_code)]

pub mod fleet;

pub use kubereach_engine::{Filter, Options, analyze, analyze_intake, find_subject, judge_snapshot, plan_snapshot};
