//! What to read, and which of it the server serves.

use std::time::Duration;

use kubereach_reports::report::CoverageState;

use super::discovery::{Discovered, Resource};
use kubereach_intake::layouts::kubereach::ListRecord;
use kubereach_model::snapshot::kinds::{self, KINDS, Kind};

/// What to read.
#[derive(Debug, Clone)]
pub struct Ask {
    /// `-n`: the namespaces to fall back to where the whole cluster may not be listed.
    pub namespaces: Vec<String>,
    /// Read these namespaces and no other (`snapshot -n`).
    pub only_namespaces: bool,
    /// `--kind`: these kinds and no other; empty for what judgement needs.
    pub kinds: Vec<String>,
    /// `--add`: kinds beyond those that judgement needs.
    pub add: Vec<Gvr>,
    /// Read the public certificates of the TLS Secrets that a path names.
    pub read_tls: bool,
    /// For the whole.
    pub timeout: Duration,
    /// Objects per page.
    pub page: usize,
    /// Requests at a time.
    pub parallel: usize,
}

impl Default for Ask {
    fn default() -> Self {
        Self {
            namespaces: Vec::new(),
            only_namespaces: false,
            kinds: Vec::new(),
            add: Vec::new(),
            read_tls: false,
            timeout: Duration::from_mins(5),
            page: 500,
            parallel: 8,
        }
    }
}

/// A resource as kubectl names it: `widgets.v1.example.com`, `widgets.example.com`, `leases.coordination.k8s.io`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Gvr {
    /// Name in URLs.
    pub plural: String,
    /// None for the server's preferred one.
    pub version: Option<String>,
    /// API group; empty for the core group.
    pub group: String,
}

impl std::str::FromStr for Gvr {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("'{text}' is no resource; write PLURAL.VERSION.GROUP, for example widgets.v1.example.com");
        let is_version = |part: &str| {
            let rest = part.strip_prefix('v').unwrap_or_default();
            rest.starts_with(|c: char| c.is_ascii_digit()) && rest.chars().all(|c| c.is_ascii_alphanumeric())
        };
        let text_ok =
            |part: &str| !part.is_empty() && part.chars().all(|c| c.is_ascii_alphanumeric() || "-.".contains(c));
        if !text_ok(text) {
            return Err(bad());
        }
        let (plural, rest) = text.split_once('.').unwrap_or((text, ""));
        let (version, group) = match rest.split_once('.') {
            Some((version, group)) if is_version(version) => (Some(version.to_owned()), group),
            None if is_version(rest) => (Some(rest.to_owned()), ""),
            _ => (None, rest),
        };
        if plural.is_empty() || text.ends_with('.') {
            return Err(bad());
        }
        Ok(Self { plural: plural.to_ascii_lowercase(), version, group: group.to_owned() })
    }
}

/// What will be read, and what is said of the rest.
#[derive(Debug, Default)]
pub(crate) struct Wanted {
    pub(crate) resources: Vec<Resource>,
    pub(crate) said: Vec<ListRecord>,
}

/// The kinds that a command line's `--kind` may name.
///
/// # Errors
/// The word that names none.
pub fn check_kinds(words: &[String]) -> Result<(), String> {
    match words.iter().find(|word| kinds::by_name(word).is_none()) {
        Some(word) => {
            Err(format!("'{word}' is no kind that judgement reads; for any other use --add PLURAL.VERSION.GROUP"))
        }
        None => Ok(()),
    }
}

/// Chooses the resources. Says of every known kind that is not read why not.
pub(crate) fn wanted(ask: &Ask, discovered: &Discovered) -> Wanted {
    let mut wanted = Wanted::default();
    let named: Vec<&Kind> = ask.kinds.iter().filter_map(|word| kinds::by_name(word)).collect();
    for kind in KINDS {
        let say = |state, reason: String| ListRecord {
            group: kind.group.to_owned(),
            kind: kind.kind.to_owned(),
            state: Some(state),
            reason,
            source: root_of(kind.group).to_owned(),
            ..ListRecord::default()
        };
        let mut versions = discovered.of(kind.group, kind.kind);
        let first = versions.clone().next();
        let Some(served) = versions.find(|r| r.version == kind.version).or(first) else {
            wanted.said.push(match discovered.silent.get(kind.group) {
                Some(why) => say(CoverageState::NotCollected, why.clone()),
                None if kind.group.is_empty() => {
                    say(CoverageState::NotCollected, "the API server's discovery does not name it".to_owned())
                }
                None if discovered.groups.contains(kind.group) => {
                    say(CoverageState::NotServed, format!("the API server serves no {} in {}", kind.kind, kind.group))
                }
                None => say(CoverageState::NotServed, format!("the API server has no API group {}", kind.group)),
            });
            continue;
        };
        if kind.shown_by_discovery && !named.contains(&kind) {
            // Discovery has told already which kinds there are.
            continue;
        }
        let refused = if !named.is_empty() && !named.contains(&kind) {
            Some("not among the kinds that were asked for (--kind)")
        } else if !served.listable {
            Some("the API server does not list it")
        } else {
            None
        };
        match refused {
            Some(why) => wanted.said.push(say(CoverageState::NotCollected, why.to_owned())),
            None => wanted.resources.push(served.clone()),
        }
    }
    for gvr in &ask.add {
        let fits = |r: &&Resource| {
            r.plural == gvr.plural
                && (r.group == gvr.group || gvr.group.is_empty() && gvr.version.is_none())
                && gvr.version.as_ref().is_none_or(|v| *v == r.version)
        };
        match discovered.resources.iter().find(fits) {
            Some(found) if wanted.resources.iter().any(|r| r.group == found.group && r.kind == found.kind) => {}
            Some(found) => {
                wanted.said.retain(|said| said.group != found.group || said.kind != found.kind);
                wanted.resources.push(found.clone());
            }
            None => wanted.said.push(ListRecord {
                group: gvr.group.clone(),
                kind: gvr.plural.clone(),
                state: Some(CoverageState::NotServed),
                reason: "the API server does not serve it (--add)".to_owned(),
                source: root_of(&gvr.group).to_owned(),
                ..ListRecord::default()
            }),
        }
    }
    wanted
}

fn root_of(group: &str) -> &'static str {
    if group.is_empty() { "/api" } else { "/apis" }
}

/// Every resource that judgement reads where the API server serves it, in its usual version.
pub fn needed() -> Vec<Resource> {
    let read = KINDS.iter().filter(|kind| !kind.shown_by_discovery);
    read.map(|kind| Resource {
        group: kind.group.to_owned(),
        version: kind.version.to_owned(),
        kind: kind.kind.to_owned(),
        plural: kind.plural.to_owned(),
        namespaced: kind.namespaced,
        listable: true,
    })
    .collect()
}

/// Groups that discovery must describe.
pub(crate) fn needs_group(ask: &Ask, group: &str) -> bool {
    KINDS.iter().any(|k| k.group == group) || ask.add.iter().any(|gvr| gvr.group == group || gvr.group.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn resources_are_named_as_kubectl_names_them() {
        let gvr = |text: &str| text.parse::<Gvr>();
        let is = |plural: &str, version: Option<&str>, group: &str| {
            Ok(Gvr { plural: plural.into(), version: version.map(Into::into), group: group.into() })
        };
        assert_eq!(gvr("widgets.v1.example.com"), is("widgets", Some("v1"), "example.com"));
        assert_eq!(gvr("Widgets.v1beta1.example.com"), is("widgets", Some("v1beta1"), "example.com"));
        assert_eq!(gvr("widgets.example.com"), is("widgets", None, "example.com"));
        assert_eq!(gvr("pods.v1"), is("pods", Some("v1"), ""));
        assert_eq!(gvr("leases"), is("leases", None, ""));
        for bad in ["", ".", "a/b", "widgets.", "..v1"] {
            assert!(gvr(bad).is_err(), "{bad}");
        }
    }
}
