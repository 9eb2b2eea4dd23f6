//! Can traffic get to this app and, if not, exactly where and why does it break?
//!
//! `kubereach` judges from a snapshot of a Kubernetes cluster: an exported dump, a support bundle, manifests before a
//! deploy. This crate is the program `kubereach` and a small library around the same engine:
//!
//! ```text
//!  inputs ──▶ Analyzer ──▶ run()  ──▶ Report ──▶ render() ──▶ text, HTML, JSON, SARIF …
//!               │  ▲
//!               │  └─── observations: what the prober measured with a plan
//!               ├──▶ plan() ──▶ Plan ──▶ kubereach-prober
//!               └──▶ can()  ──▶ rows: may this source connect there, and which policies decide
//! ```
//!
//! # Example
//!
//! ```
//! use kubereach::report::Verdict;
//! use kubereach::{Analyzer, Input};
//!
//! # fn main() -> Result<(), kubereach::Error> {
//! let manifests = "
//! apiVersion: v1
//! kind: Service
//! metadata: {name: web, namespace: shop}
//! spec:
//!   selector: {app: web}
//!   ports: [{port: 80}]
//! ";
//! let report = Analyzer::new().input(Input::bytes("web.yaml", manifests)).assume_complete("*")?.run()?;
//!
//! let web = &report.subjects[0];
//! assert_eq!(web.verdict, Verdict::Broken);
//! assert_eq!(report.findings[0].code, "service/selects-no-pod");
//! assert_eq!(report.findings[0].location.as_ref().map(|place| place.line), Some(6));
//! # Ok(())
//! # }
//! ```
//!
//! What the verdicts promise, and the parts of which the engine is made: `docs/design.md` and `ARCHITECTURE.md` in the
//! repository. The inner crates (`kubereach-model`, `kubereach-intake`, `kubereach-engine`, `kubereach-live`) are where
//! the program is built; their interfaces change without notice.
#![forbid(unsafe_code)]

mod analyzer;
mod error;

pub use analyzer::Analyzer;
pub use error::Error;

pub use kubereach_engine::checks::catalogue;
pub use kubereach_engine::gate::Rules as Gate;
pub use kubereach_engine::observation::ObservationInput as Observations;
pub use kubereach_engine::question::Row as Answer;
pub use kubereach_intake::InputSpec as Input;
pub use kubereach_model::evidence::CatalogueEntry;
pub use kubereach_prober::Plan;
pub use kubereach_reports::render;
pub use kubereach_reports::report;
