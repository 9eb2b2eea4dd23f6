//! "Try a URL": a table of hosts and paths, and a form that answers from what stands in the page.

use std::collections::BTreeMap;

use minijinja::value::Serde;
use minijinja::{Value, context};
use serde::Serialize;
use serde_json::json;

use super::security;
use crate::render::RenderError;
use crate::render::neutral::neutral;
use crate::report::{Routing, RoutingAnswer, RoutingHost, RoutingPath, RoutingTo, ToPath};

/// A host for the script: `m` where rules look at more than the path, `k` why the table does not decide, and the paths
/// with their three answers.
#[derive(Serialize)]
struct Host<'r> {
    #[serde(skip_serializing_if = "Option::is_none")]
    m: Option<u8>,
    #[serde(skip_serializing_if = "Option::is_none")]
    k: Option<&'r str>,
    http: Vec<(&'r str, usize, usize, usize)>,
    https: Vec<(&'r str, usize, usize, usize)>,
}

/// The section's data.
pub(super) fn section(routing: &Routing) -> Result<Value, RenderError> {
    let hosts: BTreeMap<&str, Host<'_>> = routing.hosts.iter().map(|(name, of)| (name.as_str(), host(of))).collect();
    let answers: Vec<RoutingAnswer> = routing.answers.iter().map(shown).collect();
    let data = json!({ "hosts": hosts, "answers": answers, "left": routing.hosts_left_out > 0 });
    // In a tag, and so without anything that could end it.
    let data = serde_json::to_string(&data)?.replace('<', "\\u003c");
    let first = routing.hosts.keys().find(|host| !host.contains('*')).map_or("shop.example", String::as_str);
    Ok(context! {
        rows => Serde(&routing.rows),
        rows_left_out => routing.rows_left_out,
        hosts => routing.hosts.len(),
        hosts_left_out => routing.hosts_left_out,
        example => format!("https://{first}/"),
        data => Value::from_safe_string(data),
        script => Value::from_safe_string(security::REQUEST.to_owned()),
    })
}

fn host(of: &RoutingHost) -> Host<'_> {
    Host { m: of.more.then_some(1), k: of.ask.as_deref(), http: numbered(&of.http), https: numbered(&of.https) }
}

fn numbered(paths: &[RoutingPath]) -> Vec<(&str, usize, usize, usize)> {
    paths
        .iter()
        .map(|path| {
            let [here, behind, on] = path.answers;
            (path.path.as_str(), here, behind, on)
        })
        .collect()
}

/// What the script writes into the page is as neutral as what the template writes.
fn shown(answer: &RoutingAnswer) -> RoutingAnswer {
    let of = |text: &str| neutral(text).into_owned();
    let to = answer.to.as_ref().map(|to| RoutingTo {
        host: to.host.as_deref().map(of),
        scheme: of(&to.scheme),
        path: match &to.path {
            ToPath::Same => ToPath::Same,
            ToPath::Is(path) => ToPath::Is(of(path)),
            ToPath::Before(path) => ToPath::Before(of(path)),
        },
        ..to.clone()
    });
    let notes = answer.notes.iter().map(|note| of(note)).collect();
    RoutingAnswer { word: answer.word.clone(), line: of(&answer.line), to, notes }
}
