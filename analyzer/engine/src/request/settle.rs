//! From the rule that takes a request to what the client gets: what the paths behind the rule came to.

use std::sync::Arc;

use kubereach_reports::report::{Backend, ConfigVerdict, Effect, PathState, Port, SegmentName};
use serde_json::Value;

use super::Requests;
use super::data::{Answer, BackendRow, Because, RedirectRow, Word};
use crate::evaluate::door::answer::{Share, Taken};
use crate::judgement::config_verdict;
use crate::resolve::request::Request;
use kubereach_model::evidence::{Assumptions, Dormant, Finding, Path, Segment, SubjectPaths};

/// So many pods of a backend are named.
const PODS: usize = 5;

/// How much of the way is asked about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Scope {
    /// What the specs say: who serves the door, at which address, and what was reported of it is assumed.
    Specs,
    /// All of it.
    Whole,
}

/// Findings that repeat what controllers report. What the specs say is asked apart from them.
const REPORTED: &[&str] = &[
    "gateway/condition-false",
    "gateway/pending",
    "gateway/status-stale",
    "route/condition-false",
    "route/controllers-disagree",
    "route/not-reconciled",
    "route/status-stale",
    "route/attached-lag",
    // The specs let a controller refuse it; that it does not is assumed.
    "route/filter-doubtful",
    "backend-tls/condition-false",
];

/// What stands in the way of one path.
struct Way {
    state: PathState,
    /// The findings that say so; the first segment's that blocks.
    findings: Vec<Arc<Finding>>,
    /// Where it stops.
    stops_at: Option<SegmentName>,
    /// Why nothing flows on purpose.
    at_zero: Option<String>,
}

/// Segments in the order in which a request meets them.
const ORDER: [SegmentName; 10] = [
    SegmentName::Address,
    SegmentName::Controller,
    SegmentName::Listener,
    SegmentName::Tls,
    SegmentName::Rule,
    SegmentName::Reference,
    SegmentName::Service,
    SegmentName::Endpoints,
    SegmentName::Port,
    SegmentName::Policy,
];

const fn is_front(segment: SegmentName) -> bool {
    matches!(segment, SegmentName::Address | SegmentName::Controller)
}

const fn is_before_backends(segment: SegmentName) -> bool {
    is_front(segment) || matches!(segment, SegmentName::Listener | SegmentName::Tls | SegmentName::Rule)
}

/// Does the finding speak of the way behind the door, and not of TLS towards the client?
fn is_behind(finding: &Finding) -> bool {
    finding.code().starts_with("backend-tls/") || finding.code().starts_with("route/")
}

/// The redirect itself is the answer; where it leads is followed apart.
const LOOP: &str = "route/redirect-loop";

/// `redirects`: the rule answers by itself, and what lies behind it plays no part.
fn way(path: &Path, scope: Scope, request: &Request, redirects: bool) -> Way {
    let mut unknown: Vec<Arc<Finding>> = Vec::new();
    let (mut unevaluated, mut narrowed) = (false, Vec::new());
    for name in ORDER {
        for segment in path.segments.iter().filter(|s| s.name == name && s.is_counted()) {
            if (scope == Scope::Specs && is_front(name)) || (redirects && !is_before_backends(name)) {
                continue;
            }
            // Certificates towards clients play no part in a plain request.
            let plain = name == SegmentName::Tls && !request.speech.is_tls() && request.speech.is_http();
            let counts = |f: &&Arc<Finding>| {
                let reported = scope != Scope::Whole && REPORTED.contains(&f.code());
                let circles = redirects && f.code() == LOOP;
                let passed_by = plain && !is_behind(f);
                !reported && !circles && !passed_by
            };
            let with = |effect: Effect| -> Vec<Arc<Finding>> {
                segment.findings().iter().filter(counts).filter(|f| f.effect() == effect).cloned().collect()
            };
            let walls = with(Effect::Blocks);
            if !walls.is_empty() {
                return Way {
                    state: PathState::Blocked,
                    findings: walls,
                    stops_at: Some(name),
                    at_zero: at_zero(path),
                };
            }
            unknown.extend(with(Effect::Inconclusive));
            unevaluated |= !plain && !is_evaluated(segment);
            narrowed.extend(with(Effect::Narrows));
        }
    }
    let at_zero = at_zero(path);
    if !unknown.is_empty() || unevaluated {
        return Way { state: PathState::Unknown, findings: unknown, stops_at: None, at_zero };
    }
    let state = if narrowed.is_empty() { PathState::Open } else { PathState::Narrowed };
    Way { state, findings: narrowed, stops_at: None, at_zero }
}

fn at_zero(path: &Path) -> Option<String> {
    match &path.dormant {
        Some(Dormant::ScaledToZero(reason)) => Some(reason.clone()),
        _ => None,
    }
}

/// A segment without findings is unknown only if nobody looked.
fn is_evaluated(segment: &Segment) -> bool {
    segment.state() != PathState::Unknown || segment.findings().iter().any(|f| f.effect() == Effect::Inconclusive)
}

fn reason(finding: &Finding) -> Because {
    Because {
        text: finding.message.clone(),
        segment: Some(finding.segment().word()),
        code: Some(finding.code()),
        object: Some(finding.object.clone()),
    }
}

/// What an HTTP client gets where the way stops there. Proxies differ in the number, not in the kind.
fn status(at: SegmentName, findings: &[Arc<Finding>], lost: &[u16]) -> Vec<u16> {
    match at {
        SegmentName::Rule if findings.iter().any(|f| f.code() == "route/host-not-served") => vec![404],
        SegmentName::Rule | SegmentName::Reference => lost.to_vec(),
        SegmentName::Service | SegmentName::Endpoints => vec![503],
        SegmentName::Port => vec![502, 503],
        SegmentName::Policy => vec![503, 504],
        SegmentName::Tls => vec![500, 502, 503],
        _ => Vec::new(),
    }
}

/// The word of a verdict.
pub(super) const fn verdict(subject: ConfigVerdict) -> &'static str {
    match subject {
        ConfigVerdict::Broken => "broken",
        ConfigVerdict::Degraded => "degraded",
        ConfigVerdict::Unknown => "unknown",
        ConfigVerdict::ConfigOk => "config-ok",
    }
}

const fn state_word(state: PathState) -> &'static str {
    match state {
        PathState::Blocked => "blocked",
        PathState::Unknown => "unknown",
        PathState::Narrowed => "narrowed",
        PathState::Open => "open",
    }
}

impl Requests<'_, '_> {
    /// What the client gets of the rule that takes its request.
    pub(super) fn settle(&self, taken: &Taken, request: &Request, scope: Scope) -> Answer {
        let Some(subject) = self.subject(&taken.entry) else {
            return Answer::bare(Word::Unknown, format!("{} was not evaluated", taken.entry));
        };
        if let Some(answer) = self.kept_out(taken, request, scope) {
            return answer;
        }
        let mut answer = if taken.redirect.is_some() || taken.reply.is_some() || taken.shares.is_empty() {
            self.without_backend(taken, subject, request, scope)
        } else {
            self.with_backends(taken, subject, request, scope)
        };
        answer.route = Some(taken.entry.to_string());
        answer.rule = taken.rule;
        answer.verdict = Some(verdict(config_verdict(&subject.paths)));
        answer.changes.clone_from(&taken.changes);
        let goes_on = matches!(answer.answer, Word::Backend | Word::Redirect) || taken.reply.is_some();
        if !taken.doubts.is_empty() && goes_on {
            answer.answer = Word::Unknown;
            answer.because = taken.doubts.iter().map(Because::plain).collect();
        }
        answer
    }

    /// What the object through which it came does to it, where that is anything.
    fn kept_out(&self, taken: &Taken, request: &Request, scope: Scope) -> Option<Answer> {
        let (object, listener) = taken.via.as_ref()?;
        let subject = self.subject(object)?;
        let path = subject.paths.iter().find(|path| path.key.listener.as_ref() == Some(listener))?;
        let way = way(path, scope, request, false);
        match way.state {
            PathState::Blocked => Some(walled(&way, taken, request)),
            PathState::Unknown => Some(undecided(&way)),
            PathState::Open | PathState::Narrowed => None,
        }
    }

    fn without_backend(&self, taken: &Taken, subject: &SubjectPaths, request: &Request, scope: Scope) -> Answer {
        let redirect = taken.redirect.as_ref();
        let own = || paths(taken, subject);
        let Some(path) = own().find(|p| p.key.backend.is_none()).or_else(|| own().next()) else {
            return Answer::bare(Word::Unknown, format!("not every path of {} is listed", taken.entry));
        };
        let way = way(path, scope, request, redirect.is_some() || taken.reply.is_some());
        let mut answer = match (way.state, redirect) {
            (PathState::Blocked, _) => walled(&way, taken, request),
            (PathState::Unknown, _) => undecided(&way),
            (_, None) if taken.reply.is_some() => {
                let (status, because) = taken.reply.clone().unwrap_or_default();
                Answer { status: vec![status], ..Answer::bare(Word::Response, because) }
            }
            (_, None) => Answer::bare(Word::Unknown, "the rule answers by itself in a way that is not evaluated"),
            (_, Some(location)) => {
                let mut answer = Answer::bare(Word::Redirect, String::new());
                answer.because.clear();
                answer.status = vec![location.status];
                answer.redirect = Some(RedirectRow::of(location));
                answer
            }
        };
        answer.assumptions = self.assumptions(&[path], scope);
        answer
    }

    fn with_backends(&self, taken: &Taken, subject: &SubjectPaths, request: &Request, scope: Scope) -> Answer {
        let total = taken.shares.iter().map(|s| s.weight).fold(0, i64::saturating_add);
        let carrying = |share: &&Share| share.weight > 0 || total == 0;
        let mut ways: Vec<(&Share, Way)> = Vec::new();
        let mut used: Vec<&Path> = Vec::new();
        let mut strangers = Vec::new();
        for share in taken.shares.iter().filter(carrying) {
            let own = |p: &&Path| p.key.backend.as_ref().is_some_and(|backend| is_meant(&share.backend, backend));
            let Some(path) = paths(taken, subject).find(own) else {
                return Answer::bare(Word::Unknown, format!("not every path of {} is listed", taken.entry));
            };
            used.push(path);
            let mut way = way(path, scope, request, false);
            if scope == Scope::Specs
                && way.state == PathState::Unknown
                && let Some((at, assumption)) =
                    self.at_a_stranger(path, &share.backend, way.findings.iter().map(AsRef::as_ref))
            {
                way = Way { state: PathState::Blocked, stops_at: Some(at), ..way };
                strangers.push(assumption);
            }
            ways.push((share, way));
        }
        let is = |state: PathState| ways.iter().filter(move |(_, way)| way.state == state);
        let flows = is(PathState::Open).chain(is(PathState::Narrowed)).count();
        let (blocked, unknown) = (is(PathState::Blocked).count(), is(PathState::Unknown).count());
        let mut answer = if flows > 0 {
            let mut answer = Answer::bare(Word::Backend, String::new());
            let ill = ways.iter().filter(|(_, way)| way.state != PathState::Open);
            answer.because = ill.flat_map(|(_, way)| way.findings.iter()).map(|f| reason(f)).collect();
            answer.because.dedup();
            answer.status =
                ways.iter().filter(|(_, w)| w.state == PathState::Blocked).flat_map(|(_, w)| codes(w, taken)).collect();
            answer.status.sort_unstable();
            answer.status.dedup();
            answer
        } else if unknown > 0 {
            let mut all = ways.iter().filter(|(_, way)| way.state == PathState::Unknown);
            let mut answer = all.next().map_or_else(|| Answer::bare(Word::Unknown, ""), |(_, way)| undecided(way));
            answer.because.extend(all.flat_map(|(_, way)| undecided(way).because));
            answer
        } else if blocked > 0 {
            let mut all = ways.iter();
            let mut answer =
                all.next().map_or_else(|| Answer::bare(Word::Unknown, ""), |(_, way)| walled(way, taken, request));
            for (_, way) in all {
                let other = walled(way, taken, request);
                answer.because.extend(other.because);
                answer.status.extend(other.status);
            }
            answer.status.sort_unstable();
            answer.status.dedup();
            answer
        } else {
            Answer::bare(Word::Unknown, "the rule leads nowhere that was evaluated")
        };
        answer.backends = ways
            .iter()
            .zip(&used)
            .map(|((share, way), path)| BackendRow {
                kind: share.backend.kind.clone(),
                namespace: share.backend.namespace.clone(),
                name: share.backend.name.clone(),
                port: path.key.backend.as_ref().and_then(|backend| backend.port.as_ref()).map(|port| match port {
                    Port::Number(number) => Value::from(*number),
                    Port::Name(name) => Value::from(name.as_str()),
                }),
                weight: share.weight,
                config: state_word(way.state),
                pods: if way.state == PathState::Blocked { Vec::new() } else { self.pods(&share.backend) },
            })
            .collect();
        answer.assumptions = self.assumptions(&used, scope);
        answer.assumptions.extend(strangers);
        answer
    }

    /// The first ready pods behind a Service, as the endpoints name them.
    fn pods(&self, backend: &Backend) -> Vec<String> {
        let view = (backend.kind == "Service").then(|| self.cluster.service_view(&backend.namespace, &backend.name));
        let mut pods: Vec<String> = Vec::new();
        for endpoint in view.flatten().into_iter().flat_map(|view| &view.endpoints) {
            let Some(pod) = endpoint.pod.filter(|_| endpoint.ready && endpoint.doubt.is_none()) else { continue };
            let name = format!("{}/{}", pod.metadata.namespace, pod.metadata.name);
            if !pods.contains(&name) {
                pods.push(name);
            }
            if pods.len() == PODS {
                break;
            }
        }
        pods
    }

    fn assumptions(&self, paths: &[&Path], scope: Scope) -> Vec<kubereach_reports::report::Assumption> {
        let mut all = Assumptions::default();
        paths.iter().flat_map(|path| path.assumptions()).for_each(|assumption| all.add(assumption));
        let mut rows = all.rows();
        rows.extend(super::assumed::of_backend_tls(paths));
        if scope == Scope::Specs {
            rows.extend(super::assumed::of_paths(paths, REPORTED));
        }
        rows
    }
}

/// A door that picks the port itself names none.
fn is_meant(share: &Backend, own: &Backend) -> bool {
    let port = share.port.is_none() || share.port == own.port;
    port && (&share.kind, &share.namespace, &share.name) == (&own.kind, &own.namespace, &own.name)
}

/// The paths that a rule makes.
pub(super) fn paths<'p>(taken: &'p Taken, subject: &'p SubjectPaths) -> impl Iterator<Item = &'p Path> {
    subject
        .paths
        .iter()
        .filter(|p| p.key.listener == taken.listener && p.key.host == taken.host && p.key.matches == taken.matches)
}

fn codes(way: &Way, taken: &Taken) -> Vec<u16> {
    way.stops_at.map_or_else(Vec::new, |at| status(at, &way.findings, taken.lost))
}

fn walled(way: &Way, taken: &Taken, request: &Request) -> Answer {
    let at = way.stops_at.unwrap_or(SegmentName::Rule);
    let before = match at {
        SegmentName::Address | SegmentName::Controller | SegmentName::Listener => true,
        SegmentName::Tls => !way.findings.iter().any(|f| is_behind(f)),
        _ => false,
    };
    let word = if before || taken.connection || !request.speech.is_http() { Word::Refused } else { Word::Response };
    let mut answer = Answer::bare(word, String::new());
    answer.because = way.findings.iter().map(|f| reason(f)).collect();
    answer.because.extend(way.at_zero.as_ref().map(Because::plain));
    if word == Word::Response {
        answer.status = status(at, &way.findings, taken.lost);
    }
    answer
}

fn undecided(way: &Way) -> Answer {
    let mut answer = Answer::bare(Word::Unknown, String::new());
    answer.because = way.findings.iter().map(|f| reason(f)).collect();
    if answer.because.is_empty() {
        answer.because.push(Because::plain("a part of the way was not evaluated"));
    }
    answer
}
