//! Of which path a dial speaks, and which unknown of it the dial would settle, in words.

use kubereach_reports::report::{Effect, PathState, SegmentName};

use crate::evaluate::door::SERVICE;
use kubereach_model::evidence::Path;
use kubereach_model::evidence::command::cut;

/// `Ingress/shop/web shop.example Prefix /: …`: the path, and what is open about it.
pub(super) fn settles(path: &Path) -> String {
    let key = &path.key;
    // A listener of a Gateway is long and known by the route; a Service's door is not.
    let door = key.listener.as_deref().filter(|_| key.entry.kind == SERVICE.name);
    let port = key.backend.as_ref().filter(|_| key.entry.kind == SERVICE.name).and_then(|b| b.port.as_ref());
    let port = port.map(|p| format!("port {p}"));
    let parts = [door, port.as_deref(), key.host.as_deref(), key.matches.as_deref()];
    let mut name = key.entry.to_string();
    for part in parts.into_iter().flatten() {
        name.push(' ');
        name.push_str(part);
    }
    format!("{}: {}", cut(&name), open_question(path))
}

/// The sentence for a path: its doubt, its wall, what is missing of it, or that nothing was sent yet.
fn open_question(path: &Path) -> String {
    let first = |effect: Effect| {
        let counted = path.segments.iter().filter(|s| s.is_counted());
        let mut found = counted.flat_map(|s| s.findings()).filter(|f| f.effect() == effect);
        found.next().map(|f| cut(&f.message))
    };
    match path.state() {
        PathState::Unknown => {
            let unevaluated = || {
                let segment = path.segments.iter().find(|s| s.is_counted() && s.state() == PathState::Unknown);
                format!("{} was not evaluated", segment.map_or(SegmentName::Rule, |s| s.name))
            };
            format!("unknown: {}", first(Effect::Inconclusive).unwrap_or_else(unevaluated))
        }
        PathState::Blocked => format!("is it broken as configured: {}", first(Effect::Blocks).unwrap_or_default()),
        PathState::Narrowed => format!("how much passes: {}", first(Effect::Narrows).unwrap_or_default()),
        PathState::Open => match path.assumptions().next() {
            Some(assumption) => {
                format!("open as far as was read; {} and may {}", assumption.clause(), assumption.could)
            }
            None => "the configuration shows it open; nothing was sent yet".to_owned(),
        },
    }
}
