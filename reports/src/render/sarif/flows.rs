//! The ways a finding stands in, hop by hop, as code flows.

use super::model::{CodeFlow, FlowLocation, Location, Message, ThreadFlow};
use super::place::{logical, physical};
use crate::render::RenderOptions;
use crate::render::index::Findings;
use crate::render::neutral::neutral;
use crate::render::text::chain_text;
use crate::report::{Finding, PathState, Report, Segment, Subject};

/// Ways that are written per result: a viewer shows one.
const FLOWS: usize = 3;

/// The flows of the subject's paths on which the finding stands. Every hop has a physical location,
/// because viewers leave a flow out otherwise: that of its own finding, else the result's.
pub(super) fn flows(
    report: &Report,
    subject: &Subject,
    finding: &Finding,
    index: &Findings<'_>,
    options: &RenderOptions,
) -> Vec<CodeFlow> {
    let on_it = |segment: &Segment| segment.findings.contains(&finding.id);
    let paths = subject.paths.iter().filter(|path| path.segments.iter().any(on_it));
    paths
        .take(FLOWS)
        .map(|path| {
            let locations = path.segments.iter().enumerate().map(|(n, segment)| {
                let of_segment = index.all(&segment.findings);
                let own = of_segment.iter().find(|f| f.location.is_some()).copied().unwrap_or(finding);
                FlowLocation {
                    location: Location {
                        message: Some(Message { text: words(segment) }),
                        physical_location: physical(report, own, options),
                        logical_locations: segment.object.iter().map(logical).collect(),
                    },
                    execution_order: n + 1,
                    importance: match segment.state {
                        PathState::Blocked | PathState::Narrowed => "essential",
                        PathState::Unknown => "important",
                        PathState::Open => "unimportant",
                    },
                }
            });
            CodeFlow {
                message: Message { text: neutral(&chain_text(path)).into_owned() },
                thread_flows: [ThreadFlow { locations: locations.collect() }],
            }
        })
        .collect()
}

fn words(segment: &Segment) -> String {
    let object = segment.object.as_ref().map_or_else(String::new, |object| format!(" {object}"));
    let evidence =
        if segment.evidence.is_empty() { String::new() } else { format!(" — {}", neutral(&segment.evidence)) };
    format!("{}{}: {}{evidence}", segment.segment, neutral(&object), segment.state)
}
