//! Resources: a source's report and coverage, and the pages of the codes.

use kubereach_engine::checks::catalogue;
use rmcp::model::{JsonObject, Resource, ResourceTemplate};
use serde_json::{Map, Value};

use crate::fit::{Part, fit};
use crate::quote::{QUOTED, set_apart};
use crate::source::Source;
use crate::tools::{Desk, TOOLS, page};

/// The scheme of every address.
const SCHEME: &str = "kubereach://";
/// Stands where the id of a source stands otherwise.
pub(crate) const CODES: &str = "codes";
/// What resources are.
const JSON: &str = "application/json";
/// A resource is read whole by its client: it is larger than an answer, and bounded as well.
const MOST: usize = 1024 * 1024;

/// The addresses with a part to fill in: address, name, title, what it is.
pub(crate) const TEMPLATES: [(&str, &str, &str, &str); 3] = [
    (
        "kubereach://{source}/report",
        "report",
        "Report of a source",
        "The JSON report, worst first; cut to whole items where it is large",
    ),
    (
        "kubereach://{source}/coverage",
        "coverage",
        "Coverage of a source",
        "What was read per kind and namespace, and what was not, with the reason",
    ),
    (
        "kubereach://codes/{+code}",
        "code",
        "Page of a code",
        "What a finding's code means, with the public source of the rule",
    ),
];

/// The resources of the sources there are.
pub(crate) fn list(sources: &[Source]) -> Vec<Resource> {
    let of_source = |source: &Source| {
        TEMPLATES
            .iter()
            .take(2)
            .map(|(_, name, title, about)| {
                let uri = format!("{SCHEME}{}/{name}", source.id);
                Resource::new(uri, format!("{}-{name}", source.id))
                    .with_title(format!("{title} {}", source.id))
                    .with_description(*about)
                    .with_mime_type(JSON)
            })
            .collect::<Vec<_>>()
    };
    sources.iter().flat_map(of_source).collect()
}

/// The addresses with a part to fill in.
pub(crate) fn templates() -> Vec<ResourceTemplate> {
    let template = |(uri, name, title, about): &(&str, &str, &str, &str)| {
        ResourceTemplate::new(*uri, *name).with_title(*title).with_description(*about).with_mime_type(JSON)
    };
    TEMPLATES.iter().map(template).collect()
}

/// The text of a resource; none where there is no such.
pub(crate) fn read(desk: &Desk<'_>, uri: &str) -> Option<Result<String, String>> {
    let (first, rest) = uri.strip_prefix(SCHEME)?.split_once('/')?;
    if first == CODES {
        let code = rest.replace("%2F", "/").replace("%2f", "/");
        let entry = catalogue().get(code.as_str()).copied()?;
        return Some(serde_json::to_string_pretty(&page(entry)).map_err(|error| error.to_string()));
    }
    let source = desk.sources.iter().find(|source| source.id == first)?;
    match rest {
        "report" => Some(report(desk, source)),
        "coverage" => Some(coverage(desk, source)),
        _ => None,
    }
}

fn report(desk: &Desk<'_>, source: &Source) -> Result<String, String> {
    let loaded = source.load(&desk.watched)?;
    let mut value = serde_json::to_value(&loaded.report).map_err(|error| error.to_string())?;
    set_words_apart(&mut value);
    set_apart(&mut value, &loaded.odd);
    bounded(value, &["causes", "subjects", "findings", "assumptions"])
}

fn coverage(desk: &Desk<'_>, source: &Source) -> Result<String, String> {
    let tool = TOOLS.iter().find(|tool| tool.name == "coverage").ok_or("there is no coverage")?;
    let arguments = JsonObject::from_iter([("source".to_owned(), Value::from(source.id.clone()))]);
    let answer = (tool.run)(desk, arguments)?;
    let mut value = answer.value;
    set_apart(&mut value, answer.about.as_ref().map_or(&[], |loaded| loaded.odd.as_slice()));
    bounded(value, answer.lists)
}

fn bounded(value: Value, lists: &[&str]) -> Result<String, String> {
    let mut value = fit(value, lists, &Part { most: MOST, from: 0, question: 0 });
    if let Some(Value::Object(truncated)) = value.get_mut("truncated") {
        // A resource has no next page: overview and diagnose have.
        truncated.remove("cursor");
    }
    serde_json::to_string(&value).map_err(|error| error.to_string())
}

/// In a report some fields are the cluster's words as a whole: source lines, what servers answered, reasons of people
/// who accepted a finding, what a collector wrote down.
fn set_words_apart(value: &mut Value) {
    match value {
        Value::Array(items) => items.iter_mut().for_each(set_words_apart),
        Value::Object(map) => {
            map.remove("frame");
            let words: &[&str] = if map.contains_key("vantage") {
                &["source", "evidence", "reason"]
            } else if map.contains_key("by") {
                &["reason", "place"]
            } else if map.contains_key("layout") {
                &["facts"]
            } else {
                &[]
            };
            for field in words {
                move_to_quoted(map, field);
            }
            map.values_mut().for_each(set_words_apart);
        }
        _ => {}
    }
}

fn move_to_quoted(map: &mut Map<String, Value>, field: &str) {
    let moved = match map.remove(field) {
        Some(Value::Array(texts)) => texts,
        Some(text @ Value::String(_)) => vec![text],
        _ => return,
    };
    if let Value::Array(quoted) = map.entry(QUOTED).or_insert_with(|| Value::Array(Vec::new())) {
        quoted.extend(moved);
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::set_words_apart;

    #[test]
    fn what_is_the_clusters_as_a_whole_is_quoted() {
        let mut value = json!({"findings": [{"frame": {"lines": ["image: x"]}, "suppressed": {"by": "annotation", "reason": "all is well"}}],
            "by_vantage": [{"vantage": "in-cluster", "source": "app=web", "evidence": "say hello", "outcome": "reached"}],
            "inputs": [{"layout": "plain", "facts": ["of somebody"]}]});
        set_words_apart(&mut value);
        assert_eq!(value["findings"][0], json!({"suppressed": {"by": "annotation", "quoted": ["all is well"]}}));
        assert_eq!(value["by_vantage"][0]["quoted"], json!(["app=web", "say hello"]));
        assert_eq!(value["inputs"][0]["quoted"], json!(["of somebody"]));
    }
}
