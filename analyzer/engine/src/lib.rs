//! What a snapshot shows: where traffic is declared to go, what stands in its way, and the verdicts.
//!
//! The modules stand in the order in which data flows; none looks at a later one.
#![forbid(unsafe_code)]

pub mod resolve;

pub mod policy;

pub mod evaluate;

pub mod observation;

pub mod checks;

pub mod plan;

pub mod question;

pub mod judgement;

pub mod request;

pub mod report;

pub mod gate;

pub mod causes;

pub mod analysis;

pub mod asked;

pub mod change;

pub mod fix;

pub use analysis::{AnalysisOptions, Filter, analyze, analyze_intake, find_subject, judge_snapshot, plan_snapshot};
