//! Short words for building reports in tests.

use kubereach_reports::report::*;

pub fn object(kind: &str, namespace: &str, name: &str) -> ObjectRef {
    let namespace = (!namespace.is_empty()).then(|| namespace.to_owned());
    ObjectRef { kind: kind.to_owned(), namespace, name: name.to_owned(), group: None }
}

pub fn segment(
    segment: SegmentName,
    state: PathState,
    object: ObjectRef,
    evidence: &str,
    findings: &[&str],
) -> Segment {
    Segment {
        segment,
        state,
        object: Some(object),
        evidence: evidence.to_owned(),
        measured: None,
        declared: false,
        findings: ids(findings),
        assumptions: Vec::new(),
    }
}

pub fn ids(ids: &[&str]) -> Vec<String> {
    ids.iter().map(|id| (*id).to_owned()).collect()
}

pub fn backend(namespace: &str, name: &str, port: u16) -> Option<Backend> {
    Some(Backend {
        kind: "Service".to_owned(),
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        port: Some(Port::Number(port)),
    })
}

/// An open, untested path without segments.
pub fn path(entry: &str, host: &str, matches: &str, to: Option<Backend>) -> Path {
    let some = |text: &str| (!text.is_empty()).then(|| text.to_owned());
    let backend = to.as_ref().map_or(String::new(), |b| format!("{}/{}", b.namespace, b.name));
    Path {
        id: format!("{entry}|{host}|{matches}|{backend}"),
        entry: entry.to_owned(),
        listener: None,
        host: some(host),
        matches: some(matches),
        dormant: false,
        dormant_reason: None,
        backend: to,
        config: PathState::Open,
        assumptions: Vec::new(),
        outcome: Outcome::NotTested,
        confidence: None,
        by_vantage: Vec::new(),
        effective: None,
        measured: Vec::new(),
        not_measured: Vec::new(),
        segments: Vec::new(),
    }
}

/// A config-ok Service subject with no paths.
pub fn subject(kind: &str, namespace: &str, name: &str) -> Subject {
    Subject {
        kind: kind.to_owned(),
        namespace: namespace.to_owned(),
        name: name.to_owned(),
        group: None,
        cluster: None,
        verdict: Verdict::ConfigOk,
        config: ConfigVerdict::ConfigOk,
        traffic: Traffic::NotTested,
        headline: "The configuration shows an open way; no request was sent, so it is not tested.".to_owned(),
        reason: String::new(),
        quoted: Vec::new(),
        unknown_class: None,
        broken_at: None,
        next: None,
        paths: Vec::new(),
        entry_problems: Vec::new(),
        findings: Vec::new(),
        not_checked: vec![UncheckedItem {
            what: "live traffic".to_owned(),
            why: "no measurements were given".to_owned(),
        }],
        not_proved: Vec::new(),
        next_test: None,
        assumptions: Vec::new(),
        primary: None,
        excused: false,
    }
}

pub fn finding(
    id: &str,
    code: &str,
    effect: Effect,
    segment: SegmentName,
    object: ObjectRef,
    message: &str,
) -> Finding {
    Finding {
        id: id.to_owned(),
        code: code.to_owned(),
        effect,
        segment,
        object,
        message: message.to_owned(),
        cause: String::new(),
        action: String::new(),
        command: String::new(),
        basis: String::new(),
        location: None,
        stands_in: None,
        frame: None,
        fingerprint: String::new(),
        suppressed: None,
        related: Vec::new(),
        quoted: Vec::new(),
        fix: None,
    }
}

/// Counts and sorts the subjects as the contract demands.
pub fn finish(mut report: Report) -> Report {
    report.subjects.sort_by(|a, b| {
        (a.verdict, &a.kind, &a.namespace, &a.name, &a.cluster).cmp(&(
            b.verdict,
            &b.kind,
            &b.namespace,
            &b.name,
            &b.cluster,
        ))
    });
    report.summary = Summary::default();
    for subject in &report.subjects {
        let n = match subject.verdict {
            Verdict::Healthy => &mut report.summary.healthy,
            Verdict::ConfigOk => &mut report.summary.config_ok,
            Verdict::Degraded => &mut report.summary.degraded,
            Verdict::Broken => &mut report.summary.broken,
            Verdict::Unknown => &mut report.summary.unknown,
        };
        *n += 1;
    }
    report
}

pub fn coverage(kind: &str, namespace: &str, state: CoverageState, objects: usize, reason: &str) -> Coverage {
    let namespace = (!namespace.is_empty()).then(|| namespace.to_owned());
    Coverage { kind: kind.to_owned(), namespace, state, reason: reason.to_owned(), objects }
}

pub fn empty() -> Report {
    Report {
        schema: SCHEMA.to_owned(),
        tool: Tool { name: "kubereach".to_owned(), version: "0.1.0".to_owned() },
        snapshot: SnapshotSummary::default(),
        summary: Summary::default(),
        change: None,
        causes: Vec::new(),
        subjects: Vec::new(),
        findings: Vec::new(),
        assumptions: Vec::new(),
        gate: None,
        routing: None,
    }
}
