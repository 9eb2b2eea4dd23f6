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
