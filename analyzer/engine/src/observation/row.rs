//! From a row of a file to a sighting. Facts come first: what a row claims beyond its class and layers is
//! not taken from it, and a class this program does not know says nothing against a target.

use jiff::Timestamp;
use kubereach_prober::answered_by::Answerer;
use kubereach_prober::class::{self, Class};
use kubereach_prober::layer::Layer;
use kubereach_prober::observations::{Observations, ResultRow};
use kubereach_prober::words::{Cap, LayerName, LayerState, Outcome};

use super::{Doubt, Sighting, Source};

/// Attempts of a pod that began this recently may have met rules that were not programmed yet.
const YOUNG_MS: u64 = 15_000;
/// Longest text taken over from a row, in characters.
const LONGEST: usize = 300;
/// Most causes and addresses taken over from a row.
const MOST: usize = 8;

/// What a row says of any path it speaks for.
pub(super) fn sighting(row: &ResultRow, run: &Observations, source: &Source) -> Sighting {
    let class = class_of(row);
    let outcome = outcome(row, class);
    let at = time(&row.at).or_else(|| time(&run.started_at));
    let top = row.layers.iter().filter(|l| l.state == LayerState::Passed).map(|l| l.layer).max();
    let peer = row.layers.iter().rev().find_map(|layer| layer.peer);
    let dead = row
        .layers
        .iter()
        .filter(|l| l.layer == LayerName::Tcp && l.state == LayerState::Failed)
        .filter_map(|l| l.peer)
        .filter(|dead| Some(*dead) != peer)
        .take(MOST)
        .collect();
    let tested = outcome != Outcome::NotTested;
    let doubt = match (tested, row.guessed, at) {
        (false, ..) => Some(Doubt::NotTested),
        (true, true, _) => Some(Doubt::Guessed),
        (true, false, None) => Some(Doubt::NoTime),
        (true, false, Some(_)) => None,
    };
    let reason = match (row.outcome, outcome) {
        (claimed, Outcome::NotTested) if claimed != Outcome::NotTested => {
            format!("the row says {claimed}, which its layers do not show; {}", row.reason)
        }
        _ if row.reason.is_empty() => {
            class.map_or_else(|| "no reason is given".to_owned(), |class| class.rule().says.to_owned())
        }
        _ => row.reason.clone(),
    };
    Sighting {
        source: source.clone(),
        run: run.run.clone().unwrap_or_else(|| format!("{} {}", run.started_at, run.plan)),
        at,
        dial: cut(&row.dial),
        span: row.span,
        outcome,
        class: class.map_or("", Class::word).to_owned(),
        cap: cap(row, class),
        failed_layer: row.failed_layer.or_else(|| failed_layer(row, outcome)),
        reason: cut(&reason),
        causes: causes(row, class),
        tried: row.tried.max(1),
        answered: if row.tried == 0 {
            u32::from(matches!(outcome, Outcome::Verified | Outcome::Reached))
        } else {
            row.answered
        },
        late: late(row),
        top,
        tls: row.layers.iter().any(|l| l.layer == LayerName::Tls),
        peer,
        dead,
        doubt,
        entry_only: None,
        control: false,
        other_identity: None,
    }
}

/// The digest of no bytes at all: an older prober wrote none for an empty body.
const EMPTY: &str = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";

/// The answer of a row, where it was one over HTTP: status, digest of the body, and whether it shows that
/// something behind the entry gave it.
pub(super) fn answer(row: &ResultRow) -> Option<(u16, Option<&str>, bool)> {
    let layer = row.layers.iter().rev().find(|layer| layer.status.is_some())?;
    let body = layer.http.as_ref().and_then(|http| {
        let empty = http.body_bytes == 0 && !http.body_cut;
        http.body_sha256.as_deref().or_else(|| empty.then_some(EMPTY))
    });
    let behind = layer.answered_by.as_ref().is_some_and(|by| by.kind == Answerer::Backend);
    Some((layer.status?, body, behind))
}

/// RFC 3339.
pub(super) fn time(text: &str) -> Option<Timestamp> {
    text.parse().ok()
}

/// The class that decided: the row's, or its last layer's, or what the status it met is called.
fn class_of(row: &ResultRow) -> Option<Class> {
    let last = row.layers.last();
    let status =
        |layer: &Layer| layer.status.map(|status| class::http::class(status, layer.answered_by.as_ref(), false));
    Class::from_word(&row.class)
        .or_else(|| last.and_then(|layer| Class::from_word(&layer.class)))
        .or_else(|| last.and_then(status))
}

/// No row comes to more than its class does.
fn outcome(row: &ResultRow, class: Option<Class>) -> Outcome {
    let answered = row.layers.iter().any(|l| l.state == LayerState::Passed && l.layer > LayerName::Dns);
    let Some(class) = class else {
        // A failure of a kind this program does not know is no statement about the target.
        return if answered && matches!(row.outcome, Outcome::Reached | Outcome::Verified) {
            Outcome::Reached
        } else {
            Outcome::NotTested
        };
    };
    let shows = class.outcome();
    match row.outcome {
        Outcome::NotTested => Outcome::NotTested,
        // A name that resolves is never reachability.
        _ if class == Class::DnsOk || class == Class::DnsSlow || class == Class::DnsPartial => Outcome::NotTested,
        Outcome::Verified if shows == Outcome::Verified && answered => Outcome::Verified,
        Outcome::Verified | Outcome::Reached if answered => match shows {
            Outcome::Verified | Outcome::Reached => Outcome::Reached,
            // A guessed protocol or a certificate that clients of this segment do not verify.
            _ if row.outcome == Outcome::Reached => Outcome::Reached,
            other => other,
        },
        Outcome::Verified | Outcome::Reached => Outcome::NotTested,
        Outcome::ServerError if shows == Outcome::ServerError || row.answered > 0 => Outcome::ServerError,
        Outcome::Unreachable if shows == Outcome::Unreachable => Outcome::Unreachable,
        Outcome::ServerError | Outcome::Unreachable => Outcome::NotTested,
    }
}

/// The weaker of what the row and its class allow. A row that does not say is its class's.
fn cap(row: &ResultRow, class: Option<Class>) -> Cap {
    let of_class = class.map_or(Cap::Unknown, Class::cap);
    if row.cap == Cap::Nothing { of_class } else { row.cap.min(of_class) }
}

fn failed_layer(row: &ResultRow, outcome: Outcome) -> Option<LayerName> {
    let blames = matches!(outcome, Outcome::Unreachable | Outcome::ServerError);
    row.layers.last().filter(|layer| blames || layer.state == LayerState::Failed).map(|layer| layer.layer)
}

fn causes(row: &ResultRow, class: Option<Class>) -> Vec<String> {
    if row.causes.is_empty() {
        class.map(|class| class.rule().causes.iter().map(|cause| (*cause).to_owned()).collect()).unwrap_or_default()
    } else {
        row.causes.iter().take(MOST).map(|cause| cut(cause)).collect()
    }
}

/// Every failed attempt was a first one of a pod just started
/// (`docs/semantics/measurement.md#the-first-attempts-of-a-young-pod-prove-nothing`).
fn late(row: &ResultRow) -> bool {
    let passed = |outcome: Outcome| matches!(outcome, Outcome::Verified | Outcome::Reached);
    let mut failed = row.others.iter().filter(|attempt| !passed(attempt.outcome)).peekable();
    passed(row.outcome) && failed.peek().is_some() && failed.all(|a| a.why == "first" && a.at_ms < YOUNG_MS)
}

/// One line, not too long.
pub(super) fn cut(text: &str) -> String {
    let line = text.split_whitespace().collect::<Vec<_>>().join(" ");
    if line.chars().count() <= LONGEST { line } else { line.chars().take(LONGEST).chain("…".chars()).collect() }
}

/// Does this port speak HTTP or gRPC, as far as its name, its declared protocol or its number says?
pub(super) fn speaks_http(name: &str, app_protocol: Option<&str>, port: Option<u16>) -> bool {
    let said = |word: &str| {
        let word = word.to_ascii_lowercase();
        ["http", "grpc", "h2c"].iter().any(|prefix| word.starts_with(prefix))
            || word.ends_with("/h2c")
            || word.ends_with("/ws")
    };
    match (app_protocol, name) {
        (Some(protocol), _) => said(protocol),
        (None, "") => port.is_some_and(|port| matches!(port, 80 | 443 | 8080 | 8443)),
        (None, name) => said(name),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_outrank_numbers() {
        assert!(speaks_http("http-web", None, Some(9000)));
        assert!(speaks_http("", None, Some(80)));
        assert!(!speaks_http("mysql", None, Some(80)));
        assert!(!speaks_http("http", Some("redis"), Some(80)));
        assert!(speaks_http("x", Some("kubernetes.io/h2c"), None));
    }
}
