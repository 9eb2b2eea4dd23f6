//! Reports of one cause with much behind it, and of a shop where several things are wrong.

use kubereach_reports::report::*;

use super::build::*;

const TEAMS: [&str; 5] = ["shop", "billing", "search", "auth", "media"];

/// What is wrong with the way to an app, where something is: the stretch, its evidence, the finding.
type Fault<'a> = Option<(SegmentName, PathState, &'a str, &'a str)>;

fn stretches(entry: &ObjectRef, class: &str, service: &ObjectRef, ready: &str, fault: Fault<'_>) -> Vec<Segment> {
    let mut all = vec![
        segment(SegmentName::Address, PathState::Open, entry.clone(), "address 203.0.113.10 published", &[]),
        segment(
            SegmentName::Controller,
            PathState::Open,
            object("IngressClass", "", class),
            "class nginx: a ready controller pod was read",
            &[],
        ),
        segment(SegmentName::Rule, PathState::Open, entry.clone(), "no other Ingress claims this host and path", &[]),
        segment(SegmentName::Service, PathState::Open, service.clone(), "ClusterIP, selects app", &[]),
        segment(SegmentName::Endpoints, PathState::Open, service.clone(), ready, &[]),
        segment(SegmentName::Port, PathState::Open, service.clone(), "port http (80/TCP) leads to 8080", &[]),
        segment(
            SegmentName::Policy,
            PathState::Open,
            service.clone(),
            "no network policy restricts who may connect",
            &[],
        ),
    ];
    if let Some((name, state, evidence, id)) = fault {
        for stretch in all.iter_mut().filter(|stretch| stretch.segment == name) {
            stretch.state = state;
            evidence.clone_into(&mut stretch.evidence);
            stretch.findings = ids(&[id]);
        }
    }
    all
}

/// What comes of a subject all of whose paths are in this state.
fn judged(subject: &mut Subject, state: PathState, headline: &str, finding: &str, next: &NextStep) {
    (subject.verdict, subject.config) = match state {
        PathState::Blocked => (Verdict::Broken, ConfigVerdict::Broken),
        PathState::Narrowed => (Verdict::Degraded, ConfigVerdict::Degraded),
        PathState::Unknown => (Verdict::Unknown, ConfigVerdict::Unknown),
        PathState::Open => return,
    };
    headline.clone_into(&mut subject.headline);
    subject.next = Some(next.clone());
    subject.findings = ids(&[finding]);
    subject.primary = Some(finding.to_owned());
}

fn next(action: &str, command: &str) -> NextStep {
    NextStep { action: action.to_owned(), command: Some(command.to_owned()) }
}

fn of(subject: &Subject, alone: bool) -> CauseSubject {
    CauseSubject {
        kind: subject.kind.clone(),
        namespace: subject.namespace.clone(),
        name: subject.name.clone(),
        group: None,
        verdict: subject.verdict,
        alone,
    }
}

struct App<'a> {
    number: usize,
    ready: &'a str,
    door: Fault<'a>,
    inside: Fault<'a>,
}

/// An Ingress and its Service; what is wrong with both.
fn app(app: &App<'_>, next: &NextStep) -> [Subject; 2] {
    let team = TEAMS[app.number % TEAMS.len()];
    let (door, name) = (format!("web-{:03}", app.number), format!("app-{:03}", app.number));
    let (entry, service) = (object("Ingress", team, &door), object("Service", team, &name));
    let host = format!("{door}.example.com");
    let mut from_outside = path(&format!("Ingress/{team}/{door}"), &host, "/", backend(team, &name, 80));
    from_outside.segments = stretches(&entry, "nginx", &service, app.ready, app.door);
    let mut from_inside = path(&format!("Service/{team}/{name}"), "", "", backend(team, &name, 80));
    from_inside.listener = Some("cluster-ip".to_owned());
    from_inside.segments = stretches(&service, "nginx", &service, app.ready, app.inside).split_off(3);
    let mut subjects = [subject("Ingress", team, &door), subject("Service", team, &name)];
    for (subject, (mut path, fault)) in subjects.iter_mut().zip([(from_outside, app.door), (from_inside, app.inside)]) {
        if let Some((_, state, evidence, id)) = fault {
            path.config = state;
            let headline = format!("{} {} is down: {evidence}", subject.kind, subject.name);
            judged(subject, state, &headline, id, next);
        }
        subject.paths = vec![path];
    }
    subjects
}

fn cause(id: &str, culprit: Option<ObjectRef>, headline: &str, evidence: &str, step: &NextStep) -> Cause {
    Cause {
        id: id.to_owned(),
        object: culprit,
        missing: None,
        cluster: None,
        verdict: Verdict::Broken,
        findings: Vec::new(),
        assumptions: Vec::new(),
        headline: headline.to_owned(),
        evidence: evidence.to_owned(),
        subjects: Vec::new(),
        hosts: Vec::new(),
        next: Some(step.clone()),
        otherwise: None,
    }
}

/// Takes all that is broken on itself.
fn take_down(report: &mut Report, mut cause: Cause, finding: &str) {
    let hit = || report.subjects.iter().filter(|subject| subject.findings.iter().any(|id| id == finding));
    cause.subjects = hit().map(|subject| of(subject, true)).collect();
    cause.verdict = hit().map(|subject| subject.verdict).min().unwrap_or(Verdict::ConfigOk);
    cause.hosts = hit().flat_map(|subject| &subject.paths).filter_map(|path| path.host.clone()).collect();
    cause.hosts.sort();
    cause.hosts.dedup();
    cause.findings = ids(&[finding]);
    report.causes.push(cause);
}

fn described(finding: Finding, action: &str, command: &str, basis: &str) -> Finding {
    let location = Location {
        path: "dumps/2026-01-02/customer-4711/cluster.yaml".to_owned(),
        line: 41,
        column: 5,
        ..Location::default()
    };
    Finding {
        action: action.to_owned(),
        command: command.to_owned(),
        basis: basis.to_owned(),
        location: Some(location),
        ..finding
    }
}

/// One node is not ready: 100 of 150 apps have their only pod on it, so that 200 doors and Services are down.
pub fn node_down() -> Report {
    let step = next("See what is wrong with the node.", "kubectl describe node node-1");
    let mut report = empty();
    for number in 0..150 {
        let evidence = "its only pod is on node-1, which is not ready";
        let fault = (number < 100).then_some((SegmentName::Endpoints, PathState::Blocked, evidence, "node"));
        let ready = "1 of 1 addresses ready (EndpointSlices)";
        report.subjects.extend(app(&App { number, ready, door: fault, inside: fault }, &step));
    }
    let found = finding(
        "node",
        "node/not-ready",
        Effect::Blocks,
        SegmentName::Endpoints,
        object("Node", "", "node-1"),
        "node-1 is not ready",
    );
    let basis = "status.conditions of Node node-1";
    report.findings.push(described(found, &step.action, "kubectl describe node node-1", basis));
    let mut report = finish(report);
    let evidence = "Kubelet stopped posting node status.";
    let cause = cause("node/node-1", Some(object("Node", "", "node-1")), "Node node-1 is not ready", evidence, &step);
    take_down(&mut report, cause, "node");
    report
}

/// 200 Ingresses name a class that does not exist; their Services are in order.
pub fn class_missing() -> Report {
    let step = next(
        "Install the controller of this class, or name one of the classes that exist.",
        "kubectl get ingressclass",
    );
    let mut report = empty();
    for number in 0..200 {
        let fault = (SegmentName::Controller, PathState::Blocked, "IngressClass 'nginx' does not exist", "class");
        let ready = "2 of 2 addresses ready (EndpointSlices)";
        report.subjects.extend(app(&App { number, ready, door: Some(fault), inside: None }, &step));
    }
    let found = finding(
        "class",
        "ingress/class-missing",
        Effect::Blocks,
        SegmentName::Controller,
        object("IngressClass", "", "nginx"),
        "IngressClass 'nginx' does not exist",
    );
    report.findings.push(described(
        found,
        &step.action,
        "kubectl get ingressclass",
        "the list of IngressClasses is complete",
    ));
    let mut report = finish(report);
    let headline = "IngressClass 'nginx' does not exist, so no controller serves 200 Ingresses";
    let evidence = "The cluster has one class: traefik.";
    let cause = cause("class/nginx", Some(object("IngressClass", "", "nginx")), headline, evidence, &step);
    take_down(&mut report, cause, "class");
    report
}

/// A policy lets nobody in, unless one of Calico's that was not read does: 60 apps are not judged.
pub fn deny_all() -> Report {
    let step = next(
        "Add Calico's policies to the input.",
        "kubectl get globalnetworkpolicies.crd.projectcalico.org -o yaml > calico.yaml",
    );
    let mut report = empty();
    for number in 0..60 {
        let evidence =
            "policy deny-all lets nobody in on 8080/TCP, unless a Calico GlobalNetworkPolicy, which was not read, does";
        let fault = Some((SegmentName::Policy, PathState::Unknown, evidence, "deny"));
        let ready = "2 of 2 addresses ready (EndpointSlices)";
        report.subjects.extend(app(&App { number, ready, door: fault, inside: fault }, &step));
    }
    for subject in &mut report.subjects {
        subject.headline = format!(
            "{} {} was not judged: policy deny-all closes it, unless Calico opens it",
            subject.kind, subject.name
        );
    }
    let found = finding(
        "deny",
        "policy/undecidable",
        Effect::Inconclusive,
        SegmentName::Policy,
        object("NetworkPolicy", "shop", "deny-all"),
        "policy deny-all lets nobody in on 8080/TCP",
    );
    report.findings.push(described(
        found,
        &step.action,
        "kubectl get globalnetworkpolicies",
        "GlobalNetworkPolicy: not collected",
    ));
    report.snapshot.coverage.push(coverage(
        "GlobalNetworkPolicy",
        "",
        CoverageState::NotCollected,
        0,
        "no file of the dump holds them",
    ));
    let mut report = finish(report);
    let headline = "Policy deny-all closes all apps to the ingress controller, unless a Calico policy that was not read opens them";
    let evidence = "deny-all selects every pod and has no rule.";
    let mut cause = cause("policy/deny-all", None, headline, evidence, &step);
    cause.otherwise = Some(Summary { broken: 120, ..Summary::default() });
    take_down(&mut report, cause, "deny");
    report
}

/// Ten Services and doors of a shop, as a support bundle shows them: one app is out of memory, another runs on one of
/// its two pods, a certificate and some addresses were not read.
pub fn shop() -> Report {
    let mut report = empty();
    let bundle = "fixtures/bundles/support-bundle-2026-01-02T03_04_05.tar.gz";
    report.snapshot.taken_at = Some("2026-01-02T03:04:05Z".to_owned());
    report.snapshot.inputs.push(Input {
        path: bundle.to_owned(),
        layout: "troubleshoot".to_owned(),
        taken_at: Some("2026-01-02T03:04:05Z".to_owned()),
        objects: 134,
        skipped: 31,
        facts: vec!["Kubernetes v1.33.2".to_owned()],
        cluster: None,
    });
    report.snapshot.coverage = vec![
        coverage("Service", "shop", CoverageState::Complete, 5, "cluster-resources/services/shop.json"),
        coverage("Secret", "", CoverageState::NotCollected, 0, "no collector takes Secrets"),
        coverage("EndpointSlice", "billing", CoverageState::Forbidden, 0, "the collector was refused"),
        coverage("GRPCRoute", "", CoverageState::NotServed, 0, "the cluster does not have it"),
    ];
    let memory = next(
        "Raise its memory limit, or find what uses the memory.",
        "kubectl logs cart-1c42ddc02-6fz9d -n shop -c cart --previous",
    );
    let probe = next("See why the probe fails.", "kubectl describe pod search-241932906-zt5rc -n shop");
    let secret = next(
        "Ask for the certificate.",
        "kubectl get secret account-tls -n shop -o jsonpath='{.data.tls\\.crt}' | base64 -d | openssl x509 -noout -subject -dates",
    );
    let slices = next(
        "Let the collector list EndpointSlices in billing.",
        "kubectl get endpointslices -n billing -o yaml > billing.yaml",
    );
    let out_of_memory =
        Some((SegmentName::Endpoints, PathState::Blocked, "0 of 2 addresses ready (EndpointSlices)", "memory"));
    let half = Some((SegmentName::Endpoints, PathState::Narrowed, "1 of 2 addresses ready (EndpointSlices)", "probe"));
    let unread = Some((SegmentName::Endpoints, PathState::Unknown, "its addresses were not read", "slices"));
    let service = |namespace: &str, name: &str, fault: Fault<'_>, headline: &str, step: &NextStep| {
        let own = object("Service", namespace, name);
        let mut way = path(&format!("Service/{namespace}/{name}"), "", "", backend(namespace, name, 8080));
        way.listener = Some("cluster-ip".to_owned());
        way.segments = stretches(&own, "nginx", &own, "2 of 2 addresses ready (EndpointSlices)", fault).split_off(3);
        let mut made = subject("Service", namespace, name);
        if let Some((_, state, _, id)) = fault {
            way.config = state;
            judged(&mut made, state, headline, id, step);
        }
        made.paths = vec![way];
        made
    };
    let way = |ingress: &str, host: &str, matches: &str, to: &str, fault: Fault<'_>| {
        let entry = object("Ingress", "shop", ingress);
        let mut way = path(&format!("Ingress/shop/{ingress}"), host, matches, backend("shop", to, 8080));
        let service = object("Service", "shop", to);
        way.segments = stretches(&entry, "nginx", &service, "2 of 2 addresses ready (EndpointSlices)", fault);
        if let Some((_, state, ..)) = fault {
            way.config = state;
        }
        way
    };
    let mut front = subject("Ingress", "shop", "shop");
    judged(
        &mut front,
        PathState::Narrowed,
        "shop.example/cart is down (Service cart has no ready pod); shop.example/ is open",
        "memory",
        &memory,
    );
    front.paths = vec![
        way("shop", "shop.example", "Prefix /cart", "cart", out_of_memory),
        way("shop", "shop.example", "Prefix /", "web", None),
    ];
    let unseen = Some((SegmentName::Address, PathState::Unknown, "the certificate account-tls was not read", "secret"));
    let mut account = subject("Ingress", "shop", "account");
    judged(
        &mut account,
        PathState::Unknown,
        "Open as far as was read; the bundle holds no Secrets, so the certificate 'account-tls' was not judged",
        "secret",
        &secret,
    );
    account.paths = vec![way("account", "account.shop.example", "Prefix /", "web", unseen)];
    let edge = object("Gateway", "shop", "edge");
    let route = object("HTTPRoute", "shop", "api");
    let mut api = subject("HTTPRoute", "shop", "api");
    let mut to_api = path("HTTPRoute/shop/api", "api.shop.example", "/v1", backend("shop", "api", 9000));
    let own = object("Service", "shop", "api");
    to_api.segments = stretches(&route, "edge", &own, "2 of 2 addresses ready (EndpointSlices)", None);
    to_api.segments.insert(
        2,
        segment(SegmentName::Listener, PathState::Open, edge.clone(), "listener http: HTTP on port 80", &[]),
    );
    api.paths = vec![to_api];
    let mut gateway = subject("Gateway", "shop", "edge");
    let mut listener = path("Gateway/shop/edge", "api.shop.example", "", None);
    listener.listener = Some("http".to_owned());
    listener.segments =
        vec![segment(SegmentName::Listener, PathState::Open, edge, "listener http: HTTP on port 80", &[])];
    gateway.paths = vec![listener];
    report.subjects = vec![
        service(
            "shop",
            "cart",
            out_of_memory,
            "Service cart is down: both its pods were killed for lack of memory",
            &memory,
        ),
        service(
            "shop",
            "search",
            half,
            "Service search runs on 1 of its 2 pods: the other fails its readiness check (HTTP /ready)",
            &probe,
        ),
        service(
            "billing",
            "invoices",
            unread,
            "Not judged: the collector was not allowed to list EndpointSlices in billing",
            &slices,
        ),
        front,
        account,
        api,
        gateway,
        service("shop", "web", None, "", &memory),
        service("shop", "api", None, "", &memory),
        service("ingress-nginx", "ingress-nginx-controller-admission-webhook", None, "", &memory),
    ];
    let at = |member: &str, line: u32| {
        Some(Location {
            path: format!("{bundle}!support-bundle-2026-01-02T03_04_05/cluster-resources/{member}"),
            line,
            column: 5,
            ..Location::default()
        })
    };
    let mut found = |id: &str,
                     code: &str,
                     effect: Effect,
                     name: SegmentName,
                     about: ObjectRef,
                     message: &str,
                     place: Option<Location>,
                     step: &NextStep| {
        report.findings.push(Finding {
            action: step.action.clone(),
            command: step.command.clone().unwrap_or_default(),
            basis: format!("the EndpointSlices of the whole cluster [{bundle}!support-bundle-2026-01-02T03_04_05/cluster-resources/endpointslices/shop.json]"),
            location: place,
            ..finding(id, code, effect, name, about, message)
        });
    };
    found(
        "memory",
        "pod/out-of-memory",
        Effect::Blocks,
        SegmentName::Endpoints,
        object("Pod", "shop", "cart-1c42ddc02-6fz9d"),
        "container cart was killed for lack of memory, in both pods",
        at("pods/shop.json", 240),
        &memory,
    );
    found(
        "probe",
        "pod/probe-fails",
        Effect::Narrows,
        SegmentName::Endpoints,
        object("Pod", "shop", "search-241932906-zt5rc"),
        "the readiness check asks for HTTP /ready and fails",
        at("pods/shop.json", 510),
        &probe,
    );
    found(
        "secret",
        "tls/not-read",
        Effect::Inconclusive,
        SegmentName::Tls,
        object("Secret", "shop", "account-tls"),
        "the certificate was not read",
        at("ingress/shop.json", 12),
        &secret,
    );
    found(
        "slices",
        "service/not-read",
        Effect::Inconclusive,
        SegmentName::Endpoints,
        object("Service", "billing", "invoices"),
        "its addresses were not read",
        at("services/billing.json", 7),
        &slices,
    );
    let mut report = finish(report);
    let pod = |name: &str| Some(object("Pod", "shop", name));
    take_down(
        &mut report,
        cause(
            "pod/cart",
            pod("cart-1c42ddc02-6fz9d"),
            "Both pods of cart were killed for lack of memory",
            "OOMKilled, exit code 137, restarted 14 times: it exceeded its limit of 128Mi.",
            &memory,
        ),
        "memory",
    );
    take_down(
        &mut report,
        cause(
            "pod/search",
            pod("search-241932906-zt5rc"),
            "Pod search-241932906-zt5rc fails its readiness check",
            "Readiness probe failed: HTTP probe failed with statuscode: 503",
            &probe,
        ),
        "probe",
    );
    take_down(
        &mut report,
        cause(
            "gap/slices",
            None,
            "EndpointSlices of namespace billing were not read",
            "endpointslices.discovery.k8s.io is forbidden",
            &slices,
        ),
        "slices",
    );
    take_down(
        &mut report,
        cause("gap/secret", None, "The Secret account-tls was not read", "No collector takes Secrets.", &secret),
        "secret",
    );
    report
}
