//! Repairs that were proved, as SARIF fixes: only where the region of the finding is exactly what is replaced, in a file.
//!
//! Source: SARIF 2.1.0, sections 3.55 (fix), 3.56 (artifactChange) and 3.57 (replacement).

use serde::Serialize;

use super::model::{ArtifactLocation, Message, Region};
use super::place;
use crate::render::RenderOptions;
use crate::render::fix::{of_finding, proof};
use crate::render::neutral::neutral;
use crate::report::{Finding, Location, Replacement};

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Fix {
    description: Message,
    artifact_changes: [ArtifactChange; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct ArtifactChange {
    artifact_location: ArtifactLocation,
    replacements: [Change; 1],
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Change {
    deleted_region: Region,
    inserted_content: Content,
}

#[derive(Serialize)]
struct Content {
    text: String,
}

/// The repair of a finding; none where it is more than one word in the place of another.
pub(super) fn of(finding: &Finding, options: &RenderOptions) -> Vec<Fix> {
    fix(finding, options).into_iter().collect()
}

fn fix(finding: &Finding, options: &RenderOptions) -> Option<Fix> {
    let repair = of_finding(finding)?;
    let (location, replaced) = (repair.location.as_ref()?, repair.replaces.as_ref()?);
    let text = inserted(location, replaced)?;
    Some(Fix {
        description: Message { text: neutral(&format!("{} {}", repair.summary, proof(repair))).into_owned() },
        artifact_changes: [ArtifactChange {
            artifact_location: place::artifact(&location.path, options),
            replacements: [Change {
                deleted_region: Region {
                    start_line: location.line.max(1),
                    start_column: location.column.max(1),
                    end_column: location.end_column,
                },
                inserted_content: Content { text },
            }],
        }],
    })
}

/// What to write in the place of the region, in the quotes that stand there. None where the region is not the value
/// alone, where it is in no file of its own, or where a chart would write it again.
fn inserted(location: &Location, replaced: &Replacement) -> Option<String> {
    let exact = location.template.is_none()
        && !location.path.contains('!')
        && location.end_column.is_some_and(|end| end > location.column);
    let plain = |b: u8| b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_' | b'/');
    if !exact || !replaced.new.bytes().all(plain) {
        return None;
    }
    let quotes = ["", "\"", "'"];
    let quote = quotes.into_iter().find(|quote| replaced.shown == format!("{quote}{}{quote}", replaced.old))?;
    // Without quotes a text must not be taken for a number or a truth value, and a number stays one.
    let is_number = |text: &str| text.bytes().all(|b| b.is_ascii_digit());
    let is_word = |text: &str| {
        let special = ["true", "false", "null", "yes", "no", "on", "off", "y", "n"];
        text.starts_with(|c: char| c.is_ascii_alphabetic()) && !special.iter().any(|s| text.eq_ignore_ascii_case(s))
    };
    let fits = if is_number(&replaced.old) { is_number(&replaced.new) } else { is_word(&replaced.new) };
    if quote.is_empty() && !fits {
        return None;
    }
    Some(format!("{quote}{}{quote}", replaced.new))
}
