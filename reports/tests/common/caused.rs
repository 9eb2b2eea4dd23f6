//! A report that leads with causes.

use kubereach_reports::report::*;

use super::build::*;

fn taken(kind: &str, name: &str, verdict: Verdict) -> CauseSubject {
    CauseSubject {
        kind: kind.to_owned(),
        namespace: "shop".to_owned(),
        name: name.to_owned(),
        group: None,
        verdict,
        alone: true,
    }
}

fn step(action: &str, command: &str) -> Option<NextStep> {
    Some(NextStep { action: action.to_owned(), command: Some(command.to_owned()) })
}

/// A node that takes Services down with their hosts, a Secret, a lot of small ones, and policies that were not read.
pub fn caused() -> Report {
    let mut report = super::assumed();
    let node = Cause {
        id: "node/node-1".to_owned(),
        object: Some(object("Node", "", "node-1")),
        missing: None,
        cluster: None,
        verdict: Verdict::Broken,
        findings: ids(&["f1"]),
        assumptions: Vec::new(),
        headline: "Node node-1 is not ready".to_owned(),
        evidence: "Its kubelet stopped posting node status.".to_owned(),
        subjects: ["cart", "pay", "search", "stock"].map(|name| taken("Service", name, Verdict::Broken)).to_vec(),
        hosts: vec!["shop.example".to_owned(), "pay.example".to_owned()],
        next: step("Find out why the kubelet of node-1 reports nothing.", "kubectl describe node node-1"),
        otherwise: None,
    };
    let secret = Cause {
        id: "secret/shop/front-tls".to_owned(),
        object: Some(object("Secret", "shop", "front-tls")),
        verdict: Verdict::Degraded,
        findings: ids(&["f2"]),
        headline: "Secret shop/front-tls holds a certificate that expired on 2026-01-01".to_owned(),
        evidence: String::new(),
        subjects: vec![taken("Ingress", "front", Verdict::Degraded)],
        hosts: vec!["shop.example".to_owned()],
        next: step("Renew the certificate.", "kubectl delete certificate front -n shop"),
        ..node.clone()
    };
    let unread = Cause {
        id: "unread/NetworkPolicy".to_owned(),
        object: None,
        missing: Some("NetworkPolicy".to_owned()),
        verdict: Verdict::Unknown,
        findings: Vec::new(),
        assumptions: ids(&["policy.not-collected-1"]),
        headline: "NetworkPolicies of 5 namespaces were not read".to_owned(),
        evidence: String::new(),
        subjects: vec![taken("Service", "web", Verdict::Unknown)],
        hosts: Vec::new(),
        next: step("Collect the policies as well.", "kubectl get networkpolicies -A -o yaml > networkpolicies.yaml"),
        ..node.clone()
    };
    let mut causes = vec![node, secret.clone(), unread];
    causes.extend((0..3).map(|n| Cause {
        id: format!("pod/shop/job-{n}"),
        object: Some(object("Pod", "shop", &format!("job-{n}"))),
        headline: format!("Pod job-{n} cannot pull its image"),
        subjects: Vec::new(),
        hosts: Vec::new(),
        next: step("Correct the name of the image.", "kubectl describe pod job -n shop"),
        ..secret.clone()
    }));
    report.causes = causes;
    report
}
