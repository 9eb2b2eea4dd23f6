//! `explain`: the page of a finding's code.

use kubereach_engine::checks::catalogue;
use kubereach_model::evidence::CatalogueEntry;
use kubereach_model::snapshot::nearest;
use kubereach_reports::report::SegmentName;
use rmcp::model::JsonObject;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::{Answer, Desk, Does, Entry, parse};
use crate::fit::Truncated;
use crate::schema;

pub(crate) const TOOL: Entry = Entry {
    name: "explain",
    title: "What a finding's code means",
    about: "The page of one code (area/what): what it means, when it is raised and when not, what follows for traffic, an example, and \
            the public source of the rule. Without a code the list of all; with a part of one those that contain it.",
    does: Does::Answers,
    paged: true,
    input: schema::input::<Input>,
    output: schema::output::<Output>,
    run,
    asks: None,
};

#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
struct Input {
    /// For example service/no-ready-endpoints, or a part of it
    code: Option<String>,
}

#[derive(Serialize, JsonSchema)]
struct Output {
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<Page>,
    /// Codes, where no single one was named
    codes: Vec<Line>,
    #[serde(skip_serializing_if = "Option::is_none")]
    truncated: Option<Truncated>,
}

/// A page of the catalogue
#[derive(Serialize, JsonSchema)]
pub(crate) struct Page {
    code: &'static str,
    title: &'static str,
    /// blocks, narrows, clouds (cannot be told), notes, or assumes
    effect: &'static str,
    segment: SegmentName,
    explanation: Vec<String>,
    example: Vec<&'static str>,
    sources: &'static [&'static str],
}

#[derive(Serialize, JsonSchema)]
struct Line {
    code: &'static str,
    effect: &'static str,
    title: &'static str,
}

/// The page of a code, for tools and resources.
pub(crate) fn page(entry: &CatalogueEntry) -> Page {
    // Paragraphs are cut to what an answer takes: as many pieces as there are sentences.
    let text = entry.text.explanation.split_whitespace().collect::<Vec<_>>().join(" ");
    let sentences = text.split_inclusive(". ").map(|sentence| sentence.trim_end().to_owned());
    Page {
        code: entry.text.code,
        title: entry.text.title,
        effect: entry.does(),
        segment: entry.text.segment,
        explanation: sentences.collect(),
        example: entry.text.example.lines().collect(),
        sources: entry.text.sources,
    }
}

/// The codes that contain a text, in order.
pub(crate) fn codes(part: &str) -> Vec<&'static str> {
    catalogue().keys().copied().filter(|code| code.contains(part)).collect()
}

fn run(_: &Desk<'_>, arguments: JsonObject) -> Result<Answer, String> {
    let ask: Input = parse(arguments)?;
    let catalogue = catalogue();
    let part = ask.code.unwrap_or_default().trim().to_ascii_lowercase();
    if let Some(entry) = catalogue.get(part.as_str()) {
        return ours(&Output { page: Some(page(entry)), codes: Vec::new(), truncated: None });
    }
    let lines: Vec<Line> = catalogue
        .values()
        .filter(|entry| entry.text.code.contains(&part))
        .map(|entry| Line { code: entry.text.code, effect: entry.does(), title: entry.text.title })
        .collect();
    if lines.is_empty() {
        let near = nearest(&part, catalogue.keys().copied());
        let near = near.map_or_else(String::new, |near| format!(", did you mean {near}?"));
        return Err(format!("there is no code '{part}'{near} Without a code explain lists all"));
    }
    ours(&Output { page: None, codes: lines, truncated: None })
}

fn ours(output: &Output) -> Result<Answer, String> {
    Ok(Answer { ours: true, ..Answer::of_nothing(output, &["codes"])? })
}
