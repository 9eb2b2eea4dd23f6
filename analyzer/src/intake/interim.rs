//! Interim: plain inputs only, until the layouts stand. Replaced by `assemble.rs`.

use kubereach_reports::report::{CoverageState, Input, Location, Problem};

use super::progress::Progress;
use super::{Content, InputSpec, IntakeError, Limits, Origin, RawObject, scan};
use crate::evidence::FieldPath;
use crate::report::Locate;
use crate::snapshot::{AnyObject, Assumption, Builder, CoverageRecord, Decode, Snapshot};

/// How to read.
#[derive(Debug, Clone, Default)]
pub struct IntakeOptions {
    /// What `--assume-complete` declares.
    pub assume_complete: Vec<Assumption>,
    /// Namespace of manifests that name none; `default` if empty.
    pub default_namespace: String,
    /// Limits against hostile input.
    pub limits: Limits,
}

/// What was read.
#[derive(Debug)]
pub struct Intake {
    /// One per cluster.
    pub snapshots: Vec<Snapshot>,
    /// For the inventory.
    pub inputs: Vec<Input>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    origins: Vec<Origin>,
}

struct Raw<'a, 'b>(&'a RawObject<'b>);

impl Decode for Raw<'_, '_> {
    type Error = super::DecodeError;
    fn decode<T: serde::de::DeserializeOwned>(&self) -> Result<T, Self::Error> {
        self.0.decode()
    }
}

/// Reads inputs.
pub fn read(inputs: &[InputSpec], options: &IntakeOptions, progress: &dyn Progress) -> Result<Intake, IntakeError> {
    let decode = |raw: &RawObject<'_>| {
        AnyObject::decode(raw.api_version, raw.kind, &Raw(raw)).map_err(|error| raw.problem(&error))
    };
    let scan = scan(inputs, &options.limits, &|_| None, &decode, progress)?;
    let mut builder = Builder::default();
    options.default_namespace.clone_into(&mut builder.default_namespace);
    for assumption in &options.assume_complete {
        builder.coverage.assume(assumption.clone());
    }
    let mut intake = Intake { snapshots: Vec::new(), inputs: Vec::new(), problems: Vec::new(), origins: Vec::new() };
    for input in scan.inputs {
        intake.problems.extend(input.problems);
        let mut count = 0;
        for member in input.members {
            let Content::Documents(documents) = member.content else { continue };
            for object in documents.objects {
                match object.value {
                    Ok(any) => {
                        count += 1;
                        if object.list.is_some() && any.meta().is_stored() {
                            let record = CoverageRecord {
                                state: CoverageState::Complete,
                                reason: "a list of them was read".to_owned(),
                                source: member.path.clone(),
                            };
                            builder.coverage.record(any.group_kind(), None, record);
                        }
                        builder.push(any, u32::try_from(intake.origins.len()).unwrap_or(u32::MAX), false);
                        intake.origins.push(object.origin);
                    }
                    Err(problem) => intake.problems.push(problem),
                }
            }
        }
        intake.inputs.push(Input {
            path: input.name,
            layout: "plain".to_owned(),
            taken_at: None,
            objects: count,
            skipped: input.skipped,
            facts: Vec::new(),
            cluster: None,
        });
    }
    intake.snapshots.push(builder.build());
    Ok(intake)
}

impl Locate for Intake {
    fn locate(&self, requests: &[(u32, FieldPath)]) -> Vec<Option<Location>> {
        vec![None; requests.len()]
    }
}
