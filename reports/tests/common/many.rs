//! A report of a big cluster.

use kubereach_reports::report::*;

use super::build::*;
use super::sample::sample;

/// `n` subjects in one namespace per 100; one in `one_in` needs attention (0: none does).
pub fn many(n: usize, one_in: usize) -> Report {
    let mut report = empty();
    let template = sample();
    report.snapshot = template.snapshot.clone();
    report.findings = template.findings.iter().filter(|finding| finding.id.starts_with('f')).cloned().collect();
    let find = |name: &str| template.subjects.iter().find(|s| s.name == name).cloned().unwrap();
    let remarkable = [find("web"), find("storefront"), find("api"), find("pay")];
    let fine = find("checkout");
    for i in 0..n {
        let mut subject = if one_in > 0 && i % one_in == 0 {
            remarkable[(i / one_in) % remarkable.len()].clone()
        } else {
            fine.clone()
        };
        subject.namespace = format!("team-{:03}", i / 100);
        subject.name = format!("{}-{i:05}", subject.name);
        report.subjects.push(subject);
    }
    for kind in ["Service", "Pod", "EndpointSlice", "Ingress", "NetworkPolicy", "Secret"] {
        for i in 0..n / 100 {
            let state = if i % 10 == 0 { CoverageState::Forbidden } else { CoverageState::Complete };
            report.snapshot.coverage.push(coverage(kind, &format!("team-{i:03}"), state, i, "one list per namespace"));
        }
    }
    finish(report)
}

/// `n` subjects that all need attention, each with findings of its own: nothing is shared.
pub fn each_with_its_own(n: usize) -> Report {
    let mut report = many(n, 1);
    let shared = std::mem::take(&mut report.findings);
    for (i, subject) in report.subjects.iter_mut().enumerate() {
        let own = |id: &mut String| id.push_str(&format!("-{i:05}"));
        let segments = subject.paths.iter_mut().flat_map(|path| &mut path.segments);
        let of_segments = segments.flat_map(|segment| &mut segment.findings);
        let named = subject.findings.iter_mut().chain(&mut subject.entry_problems).chain(of_segments);
        let mut seen = std::collections::BTreeSet::new();
        for id in named.chain(&mut subject.primary) {
            let known = id.clone();
            own(id);
            if seen.insert(known.clone())
                && let Some(finding) = shared.iter().find(|finding| finding.id == known)
            {
                let mut finding = finding.clone();
                finding.id.clone_from(id);
                finding.fingerprint.clone_from(id);
                finding.message = format!("{} ({i})", finding.message);
                report.findings.push(finding);
            }
        }
    }
    report.findings.sort_by(|a, b| (a.effect, &a.code, &a.id).cmp(&(b.effect, &b.code, &b.id)));
    report
}

/// The same with a root cause for all that needs attention, and one for each of them.
pub fn with_causes(mut report: Report) -> Report {
    let cause = |id: String, headline: String| Cause {
        id,
        object: Some(object("Node", "", "node-1")),
        missing: None,
        cluster: None,
        verdict: Verdict::Broken,
        findings: Vec::new(),
        assumptions: Vec::new(),
        headline,
        evidence: "Kubelet stopped posting node status.".to_owned(),
        subjects: Vec::new(),
        hosts: Vec::new(),
        next: Some(NextStep {
            action: "See what is wrong with it.".to_owned(),
            command: Some("kubectl describe node node-1".to_owned()),
        }),
        otherwise: None,
    };
    let mut all = cause("all".to_owned(), "Node node-1 is not ready".to_owned());
    let mut each = Vec::new();
    for (i, subject) in report.subjects.iter().enumerate() {
        if !matches!(subject.verdict, Verdict::Broken | Verdict::Degraded | Verdict::Unknown) {
            continue;
        }
        let own = CauseSubject {
            kind: subject.kind.clone(),
            namespace: subject.namespace.clone(),
            name: subject.name.clone(),
            group: subject.group.clone(),
            verdict: subject.verdict,
            alone: false,
        };
        all.subjects.push(own.clone());
        all.hosts.push(format!("host-{i:05}.example.com"));
        let mut one =
            cause(format!("one-{i}"), format!("Pod {}-{i} of {} is not ready", subject.name, subject.namespace));
        one.verdict = subject.verdict;
        one.cluster.clone_from(&subject.cluster);
        one.subjects.push(own);
        each.push(one);
    }
    report.causes.push(all);
    report.causes.append(&mut each);
    report
}
