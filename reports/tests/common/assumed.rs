//! Reports that rest on what was not read.

use kubereach_reports::report::CoverageState::*;
use kubereach_reports::report::*;

use super::build::*;

/// Network policies of five namespaces, and Secrets that two checks missed; a class that only a path names which
/// carries nothing.
pub fn assumptions() -> Vec<Assumption> {
    let policies = Assumption {
        id: "policy.not-collected-1".to_owned(),
        code: "policy/not-collected".to_owned(),
        segment: SegmentName::Policy,
        kind: "NetworkPolicy".to_owned(),
        group: None,
        namespaces: ids(&["infra", "jobs", "shop", "web", "<b>x</b>"]),
        text: "network policies were not read".to_owned(),
        reason: "the input holds no list of NetworkPolicy objects".to_owned(),
        command: "kubectl get networkpolicies.networking.k8s.io -A -o yaml > networkpolicies.yaml".to_owned(),
        could: "turn this traffic away".to_owned(),
        subjects: 3,
    };
    let unseen = Assumption {
        id: "tls.secret-unseen-2".to_owned(),
        code: "tls/secret-unseen".to_owned(),
        segment: SegmentName::Tls,
        kind: "Secret".to_owned(),
        group: None,
        namespaces: ids(&["shop"]),
        text: "TLS Secrets were not read".to_owned(),
        reason: "a support bundle holds no Secrets".to_owned(),
        command: "kubectl get secrets -n shop --field-selector type=kubernetes.io/tls".to_owned(),
        could: "keep TLS clients out (missing, expired or for another name)".to_owned(),
        subjects: 1,
    };
    let masked = Assumption {
        id: "tls.certificate-masked-3".to_owned(),
        code: "tls/certificate-masked".to_owned(),
        reason: "the collector masked it".to_owned(),
        ..unseen.clone()
    };
    let idle = Assumption {
        id: "gateway.class-unseen-4".to_owned(),
        code: "gateway/class-unseen".to_owned(),
        segment: SegmentName::Controller,
        kind: "GatewayClass".to_owned(),
        group: None,
        namespaces: Vec::new(),
        text: "the Gateway classes of the cluster are not in the input".to_owned(),
        reason: String::new(),
        command: "kubectl get gatewayclasses.gateway.networking.k8s.io".to_owned(),
        could: "lack the class".to_owned(),
        subjects: 0,
    };
    vec![policies, unseen, masked, idle]
}

fn names(segment: &mut Segment, assumptions: &[&str]) {
    segment.assumptions = ids(assumptions);
}

/// A broken Service, a degraded Ingress that rests on both, two Services that rest on policies, and one that rests on
/// nothing.
pub fn assumed() -> Report {
    let mut report = empty();
    report.snapshot.inputs = vec![Input {
        path: "all.yaml".to_owned(),
        layout: "plain".to_owned(),
        taken_at: None,
        objects: 12,
        skipped: 0,
        facts: Vec::new(),
        cluster: None,
    }];
    report.snapshot.coverage = vec![
        coverage("NetworkPolicy", "", NotCollected, 0, "the input holds no list of NetworkPolicy objects"),
        coverage("Secret", "shop", NotCollected, 0, "a support bundle holds no Secrets"),
        coverage("Node", "", NotCollected, 0, "the input holds no list of Node objects"),
        coverage("Service", "", Complete, 4, "a list of all namespaces"),
    ];
    report.assumptions = assumptions();
    let policy = "policy.not-collected-1";
    let (unseen, masked) = ("tls.secret-unseen-2", "tls.certificate-masked-3");

    let mut broken = finding(
        "f1",
        "service/no-ready-endpoints",
        Effect::Blocks,
        SegmentName::Endpoints,
        object("Service", "shop", "cart"),
        "none of the 2 pods behind it is ready",
    );
    broken.fingerprint = "a:1".to_owned();
    let mut narrowed = finding(
        "f2",
        "service/some-not-ready",
        Effect::Narrows,
        SegmentName::Endpoints,
        object("Service", "shop", "front"),
        "1 of 2 pods behind it are ready",
    );
    narrowed.fingerprint = "b:1".to_owned();
    report.findings = vec![broken, narrowed];

    let cluster_ip = |name: &str, state| {
        let service = object("Service", "shop", name);
        let mut path = path(&service.to_string(), "", "", backend("shop", name, 80));
        path.config = state;
        let found: &[&str] = if state == PathState::Blocked { &["f1"] } else { &[] };
        let mut admission = segment(SegmentName::Policy, PathState::Open, service.clone(), "no policy selects", &[]);
        names(&mut admission, &[policy]);
        path.segments = vec![segment(SegmentName::Endpoints, state, service, "2 addresses", found), admission];
        path
    };
    let mut cart = subject("Service", "shop", "cart");
    cart.verdict = Verdict::Broken;
    cart.config = ConfigVerdict::Broken;
    cart.headline = "No traffic gets through Service cart: none of the 2 pods behind it is ready.".to_owned();
    cart.findings = ids(&["f1"]);
    cart.paths = vec![cluster_ip("cart", PathState::Blocked)];

    let mut front = subject("Ingress", "shop", "front");
    front.verdict = Verdict::Degraded;
    front.config = ConfigVerdict::Degraded;
    front.headline =
        "Ingress front works only in part: 1 of 2 pods behind it are ready. Network policies were not read \
                      and TLS Secrets were not read."
            .to_owned();
    front.findings = ids(&["f2"]);
    front.assumptions = ids(&[policy, masked, unseen]);
    front.not_checked.push(UncheckedItem {
        what: "network policies were not read".to_owned(),
        why: "the input holds no list of NetworkPolicy objects".to_owned(),
    });
    let mut way = path("Ingress/shop/front", "shop.example", "/", backend("shop", "front", 80));
    way.config = PathState::Narrowed;
    way.assumptions = front.assumptions.clone();
    let service = object("Service", "shop", "front");
    let mut tls = segment(
        SegmentName::Tls,
        PathState::Open,
        object("Secret", "shop", "front-tls"),
        "Secret front-tls was not read",
        &[],
    );
    names(&mut tls, &[masked, unseen]);
    let mut admission = segment(SegmentName::Policy, PathState::Open, service.clone(), "no policy selects", &[]);
    names(&mut admission, &[policy]);
    let ready = segment(SegmentName::Endpoints, PathState::Narrowed, service, "1 of 2 addresses ready", &["f2"]);
    way.segments = vec![ready, admission, tls];
    let mut idle = path("Gateway/shop/edge", "idle.example", "/", backend("shop", "front", 80));
    idle.dormant = true;
    idle.dormant_reason = Some("weight 0".to_owned());
    let gateway = object("Gateway", "shop", "edge");
    let mut class = segment(SegmentName::Controller, PathState::Open, gateway, "class public", &[]);
    names(&mut class, &["gateway.class-unseen-4"]);
    idle.segments = vec![class];
    front.paths = vec![way, idle];

    let resting = |name: &str| {
        let mut service = subject("Service", "shop", name);
        service.headline = format!(
            "No fault was found in what was read of Service {name}; network policies were not read. It was not tested \
             with live traffic."
        );
        service.assumptions = ids(&[policy]);
        let mut path = cluster_ip(name, PathState::Open);
        path.assumptions = service.assumptions.clone();
        service.paths = vec![path];
        service
    };
    report.subjects = vec![cart, front, resting("search"), resting("web"), subject("Service", "infra", "dns")];
    finish(report)
}

/// The same report, where every subject, path and segment rests on everything that was not read.
pub fn on_assumptions(mut report: Report) -> Report {
    report.assumptions = assumptions();
    let all: Vec<String> = report.assumptions.iter().map(|assumption| assumption.id.clone()).collect();
    for subject in &mut report.subjects {
        subject.assumptions.clone_from(&all);
        for path in &mut subject.paths {
            path.assumptions.clone_from(&all);
            for segment in &mut path.segments {
                segment.assumptions.clone_from(&all);
            }
        }
    }
    report
}
