//! `observations.yaml` of a situation: what was measured, with paths by readable names.
//!
//! The format is described in `fixtures/README.md`. It becomes observations documents as a prober writes
//! them: layers, outcome, limit and causes follow from the class, by the prober's own table.

use std::collections::BTreeMap;
use std::net::SocketAddr;
use std::path::Path as FilePath;

use kubereach_intake::yaml;
use kubereach_prober::class::Class;
use kubereach_prober::layer::{HttpFacts, Layer};
use kubereach_prober::observations::{Attempt, Observations, Prober, ResultRow, Vantage};
use kubereach_prober::plan::{Limits, Span};
use kubereach_prober::words::{LayerName, Outcome, Purpose, Segment};
use kubereach_reports::report::{Path, Report};
use serde::Deserialize;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Run {
    vantage: serde_json::Value,
    #[serde(default = "at")]
    at: String,
    #[serde(default)]
    run: Option<String>,
    #[serde(default)]
    plan: String,
    rows: Vec<Row>,
}

fn at() -> String {
    "2026-02-01T00:00:00Z".to_owned()
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Row {
    path: Option<String>,
    #[serde(default)]
    also: Vec<String>,
    control: Option<String>,
    #[serde(default)]
    dial: String,
    #[serde(default)]
    span: Option<String>,
    class: String,
    outcome: Option<String>,
    status: Option<u16>,
    body: Option<String>,
    answered_by: Option<serde_json::Value>,
    peer: Option<SocketAddr>,
    /// Addresses of the same name that were tried before and did not answer.
    #[serde(default)]
    dead: Vec<SocketAddr>,
    #[serde(default)]
    tls: bool,
    #[serde(default)]
    guessed: bool,
    tried: Option<u32>,
    answered: Option<u32>,
    /// A first attempt that failed so, this long after the run began.
    first: Option<(String, u64)>,
    /// Take this row as it stands.
    raw: Option<serde_json::Value>,
}

/// The readable names of a path, the short one first: `Ingress/shop/web shop.example /cart`, and the same
/// with ` -> Service/shop/cart:80`.
pub fn names(path: &Path) -> [String; 2] {
    let parts = [Some(&path.entry), path.listener.as_ref(), path.host.as_ref(), path.matches.as_ref()];
    let short: Vec<&str> = parts.into_iter().flatten().map(String::as_str).filter(|p| !p.is_empty()).collect();
    let short = short.join(" ");
    let long = path.backend.as_ref().map_or_else(String::new, |b| {
        let port = b.port.as_ref().map_or_else(String::new, |p| format!(":{p}"));
        format!("{short} -> {}/{}/{}{port}", b.kind, b.namespace, b.name)
    });
    [short, long]
}

/// The ids of a report's paths by their readable names. A short name that several paths share is no name.
pub fn ids(report: &Report) -> BTreeMap<String, String> {
    let mut ids: BTreeMap<String, Option<String>> = BTreeMap::new();
    for path in report.subjects.iter().flat_map(|s| &s.paths) {
        for name in names(path) {
            let slot = ids.entry(name).or_insert_with(|| Some(path.id.clone()));
            if slot.as_ref() != Some(&path.id) {
                *slot = None;
            }
        }
    }
    ids.into_iter().filter_map(|(name, id)| Some((name, id?))).collect()
}

/// The files of a situation, each a name and its bytes; none where it has no `observations.yaml`. `ids` are those of
/// its paths.
pub fn files(folder: &FilePath, ids: &dyn Fn() -> BTreeMap<String, String>) -> Vec<(String, Vec<u8>)> {
    let Ok(text) = std::fs::read(folder.join("observations.yaml")) else { return Vec::new() };
    let runs: Vec<Run> = yaml::from_slice(&text, yaml::Slice::Document, yaml::tree::Bounds::default())
        .unwrap_or_else(|e| panic!("{}/observations.yaml: {e}", folder.display()));
    let ids = ids();
    runs.into_iter().enumerate().map(|(n, run)| (format!("run-{}.json", n + 1), json(run, &ids))).collect()
}

fn json(run: Run, ids: &BTreeMap<String, String>) -> Vec<u8> {
    let vantage: Vantage = serde_json::from_value(run.vantage).unwrap();
    let mut raw: Vec<serde_json::Value> = Vec::new();
    let results: Vec<ResultRow> = run
        .rows
        .into_iter()
        .filter_map(|mut row| match row.raw.take() {
            Some(mut value) => {
                if let Some(target) = value["target"].as_str() {
                    value["target"] = id(target, ids).into();
                }
                raw.push(value);
                None
            }
            None => Some(result(row, &run.at, ids)),
        })
        .collect();
    let observations = Observations {
        schema: kubereach_prober::OBSERVATIONS_SCHEMA.to_owned(),
        plan: run.plan,
        snapshot: String::new(),
        run: run.run,
        prober: Prober { version: "0.1.0".to_owned() },
        vantage,
        started_at: run.at.clone(),
        finished_at: run.at,
        limits: Limits::default(),
        cut_short: false,
        results,
    };
    let mut value = serde_json::to_value(&observations).unwrap();
    value["results"].as_array_mut().unwrap().extend(raw);
    serde_json::to_vec(&value).unwrap()
}

fn id(name: &str, ids: &BTreeMap<String, String>) -> String {
    // A name that begins with '?' is meant to match nothing.
    if name.starts_with('?') {
        return name.to_owned();
    }
    ids.get(name).unwrap_or_else(|| panic!("no path is called '{name}'; there are {:#?}", ids.keys())).clone()
}

fn result(row: Row, at: &str, ids: &BTreeMap<String, String>) -> ResultRow {
    let class = Class::from_word(&row.class).unwrap_or_else(|| panic!("no class {}", row.class));
    let outcome = row.outcome.as_deref().map_or(class.outcome(), |word| {
        *Outcome::ALL.iter().find(|o| o.word() == word).unwrap_or_else(|| panic!("no outcome {word}"))
    });
    let blames = matches!(outcome, Outcome::Unreachable | Outcome::ServerError);
    let layers = layers(&row, class);
    let passed = matches!(outcome, Outcome::Verified | Outcome::Reached);
    let tried = row.tried.unwrap_or(1);
    ResultRow {
        target: match (&row.path, &row.control) {
            (Some(path), None) => id(path, ids),
            (None, Some(control)) => control.clone(),
            _ => panic!("a row is of a path or a control"),
        },
        dial: row.dial,
        also: row.also.iter().map(|name| id(name, ids)).collect(),
        span: span(row.span.as_deref().unwrap_or("address-port")),
        purpose: if row.control.is_some() { Purpose::Control } else { Purpose::Path },
        guessed: row.guessed,
        failed_layer: layers.last().filter(|_| blames).map(|l| l.layer),
        layers,
        outcome,
        reason: class.rule().says.to_owned(),
        class: class.word().to_owned(),
        cap: class.cap(),
        causes: class.rule().causes.iter().map(|c| (*c).to_owned()).collect(),
        tried,
        answered: row.answered.unwrap_or(if passed { tried } else { 0 }),
        others: row
            .first
            .into_iter()
            .map(|(class, at_ms)| Attempt {
                at_ms,
                outcome: Class::from_word(&class).unwrap().outcome(),
                class,
                why: "first".to_owned(),
                layers: Vec::new(),
            })
            .collect(),
        at: at.to_owned(),
        command: String::new(),
    }
}

fn span(text: &str) -> Span {
    let (from, to) = text.split_once('-').unwrap_or((text, text));
    let segment =
        |word: &str| *Segment::ALL.iter().find(|s| s.word() == word).unwrap_or_else(|| panic!("no segment {word}"));
    Span::new(segment(from), segment(to))
}

fn layers(row: &Row, class: Class) -> Vec<Layer> {
    let of = |prefix: &str| *LayerName::ALL.iter().find(|l| l.word() == prefix).unwrap_or(&LayerName::Tcp);
    let last = of(row.class.split('.').next().unwrap());
    let with_peer =
        |layer: LayerName, class: Class, peer: Option<SocketAddr>| Layer { peer, ..Layer::new(layer, class, 3) };
    let mut layers: Vec<Layer> =
        row.dead.iter().map(|peer| with_peer(LayerName::Tcp, Class::TcpTimeout, Some(*peer))).collect();
    if last > LayerName::Tcp && last != LayerName::Udp {
        layers.push(with_peer(LayerName::Tcp, Class::TcpOk, row.peer));
    }
    if (row.tls || row.class.starts_with("tls.")) && last > LayerName::Tls {
        layers.push(with_peer(LayerName::Tls, Class::TlsOk, row.peer));
    }
    let mut layer = with_peer(last, class, row.peer);
    layer.status = row.status;
    if row.status.is_some() {
        layer.http = Some(HttpFacts { body_sha256: row.body.clone(), ..HttpFacts::default() });
    }
    layer.answered_by = row.answered_by.clone().map(|by| serde_json::from_value(by).unwrap());
    layers.push(layer);
    layers
}
