//! The subjects of the sample report, one function per situation.

use kubereach_reports::report::*;

use super::build::*;

pub(super) fn broken_ingress() -> Subject {
    let entry = object("Ingress", "shop", "web");
    let opening = |path: &mut Path| {
        path.segments.extend([
            segment(SegmentName::Address, PathState::Open, entry.clone(), "status.loadBalancer has 203.0.113.7", &[]),
            segment(
                SegmentName::Controller,
                PathState::Open,
                object("IngressClass", "", "nginx"),
                "controller observed: 2 ready Pods",
                &[],
            ),
            segment(
                SegmentName::Rule,
                PathState::Open,
                entry.clone(),
                "no other Ingress claims this host and path",
                &[],
            ),
        ]);
    };
    let mut cart = path("Ingress/shop/web", "shop.example", "/cart", backend("shop", "cart", 80));
    opening(&mut cart);
    cart.segments.push(segment(
        SegmentName::Service,
        PathState::Blocked,
        object("Service", "shop", "cart"),
        "does not exist",
        &["f1"],
    ));
    cart.segments.push(segment(SegmentName::Endpoints, PathState::Unknown, object("Service", "shop", "cart"), "", &[]));
    cart.config = PathState::Blocked;
    let mut pay = path("Ingress/shop/web", "shop.example", "/pay", backend("shop", "pay", 8080));
    opening(&mut pay);
    pay.segments.push(segment(
        SegmentName::Service,
        PathState::Open,
        object("Service", "shop", "pay"),
        "exists, port 8080 declared",
        &[],
    ));
    pay.segments.push(segment(
        SegmentName::Endpoints,
        PathState::Blocked,
        object("Service", "shop", "pay"),
        "0 of 2 addresses ready (Endpoints)",
        &["f2"],
    ));
    pay.config = PathState::Blocked;
    Subject {
        verdict: Verdict::Broken,
        config: ConfigVerdict::Broken,
        headline: "Nothing that shop.example offers can be reached: one part points to a Service that does not exist, the other has no running Pod.".to_owned(),
        reason: "Both paths are blocked: Service shop/cart is missing, Service shop/pay has 0 of 2 Pods ready.".to_owned(),
        broken_at: Some(BrokenAt { segment: SegmentName::Service, object: object("Service", "shop", "cart") }),
        next: Some(NextStep {
            action: "See which Services exist in shop, then create cart or correct the Ingress.".to_owned(),
            command: Some("kubectl get services -n shop".to_owned()),
        }),
        paths: vec![cart, pay],
        findings: ids(&["f1", "f2"]),
        ..subject("Ingress", "shop", "web")
    }
}

pub(super) fn degraded_ingress() -> Subject {
    let mut base = broken_ingress();
    "storefront".clone_into(&mut base.name);
    base.cluster = Some("prod".to_owned());
    base.verdict = Verdict::Degraded;
    base.config = ConfigVerdict::Degraded;
    base.headline =
        "Requests for /cart fail, everything else on shop.example is open in the configuration (not tested)."
            .to_owned();
    base.reason = "1 of 14 paths is blocked: Service shop/cart does not exist.".to_owned();
    base.findings = ids(&["f1", "f4"]);
    let mut broken = base.paths.swap_remove(0);
    rename(&mut broken, "storefront");
    base.paths = vec![broken];
    for i in 0..13 {
        let mut open = path(
            "Ingress/shop/storefront",
            "shop.example",
            &format!("/area-{i:02}"),
            backend("shop", &format!("area-{i:02}"), 80),
        );
        let entry = object("Ingress", "shop", "storefront");
        let to = object("Service", "shop", &format!("area-{i:02}"));
        open.segments = vec![
            segment(
                SegmentName::Address,
                if i == 3 { PathState::Narrowed } else { PathState::Open },
                entry.clone(),
                "status.loadBalancer has 203.0.113.7",
                if i == 3 { &["f4"] } else { &[] },
            ),
            segment(SegmentName::Rule, PathState::Open, entry, "", &[]),
            segment(SegmentName::Service, PathState::Open, to.clone(), "exists", &[]),
            segment(SegmentName::Endpoints, PathState::Open, to, "3 of 3 addresses ready (Endpoints)", &[]),
        ];
        open.config = if i == 3 { PathState::Narrowed } else { PathState::Open };
        base.paths.push(open);
    }
    base
}

pub(super) fn rename(path: &mut Path, name: &str) {
    path.entry = format!("Ingress/shop/{name}");
    for segment in &mut path.segments {
        if let Some(object) = segment.object.as_mut().filter(|object| object.kind == "Ingress") {
            name.clone_into(&mut object.name);
        }
    }
}

pub(super) fn unknown_gateway_route() -> Subject {
    let gateway = object("Gateway", "infra", "edge");
    let route = object("HTTPRoute", "shop", "api");
    let target = object("Service", "shop", "web");
    let mut main = path("Gateway/infra/edge", "api.shop.example", "/v1", backend("shop", "web", 80));
    main.listener = Some("https".to_owned());
    main.config = PathState::Unknown;
    main.segments = vec![
        segment(
            SegmentName::Controller,
            PathState::Unknown,
            gateway.clone(),
            "GatewayClass edge was not collected",
            &["f3"],
        ),
        segment(SegmentName::Listener, PathState::Open, gateway, "https:443 accepts HTTPRoutes of shop", &[]),
        segment(SegmentName::Rule, PathState::Open, route.clone(), "attached, host matches", &[]),
        segment(SegmentName::Reference, PathState::Open, route, "same namespace", &[]),
        segment(SegmentName::Service, PathState::Open, target.clone(), "exists", &[]),
        segment(SegmentName::Endpoints, PathState::Open, target.clone(), "3 of 3 addresses ready (Endpoints)", &[]),
        segment(SegmentName::Policy, PathState::Unknown, target, "", &["f5"]),
    ];
    let mut canary = main.clone();
    canary.id.push_str("|canary");
    canary.backend = backend("shop", "web-canary", 80);
    canary.dormant = true;
    canary.dormant_reason = Some("weight 0 beside a backend that carries the traffic".to_owned());
    Subject {
        verdict: Verdict::Unknown,
        config: ConfigVerdict::Unknown,
        headline: "It cannot be told whether anything serves this route: the class of its Gateway was not collected."
            .to_owned(),
        reason: "Gateway infra/edge names GatewayClass edge, and GatewayClasses were not collected.".to_owned(),
        unknown_class: Some(UnknownClass::Investigate),
        next: Some(NextStep {
            action: "Collect the GatewayClasses and judge again.".to_owned(),
            command: Some("kubectl get gatewayclass -o yaml".to_owned()),
        }),
        paths: vec![main, canary],
        findings: ids(&["f3"]),
        not_checked: vec![
            UncheckedItem { what: "network policy".to_owned(), why: "not evaluated by this version".to_owned() },
            UncheckedItem {
                what: "TLS certificate of edge-tls".to_owned(),
                why: "Secrets were not collected".to_owned(),
            },
            UncheckedItem { what: "live traffic".to_owned(), why: "no measurements were given".to_owned() },
        ],
        ..subject("HTTPRoute", "shop", "api")
    }
}

pub(super) fn unknown_by_design() -> Subject {
    let service = object("Service", "infra", "external-db");
    let mut only = path("Service/infra/external-db", "", "", backend("infra", "external-db", 5432));
    only.listener = Some("cluster-ip".to_owned());
    only.config = PathState::Unknown;
    only.segments = vec![
        segment(SegmentName::Service, PathState::Open, service.clone(), "exists", &[]),
        segment(
            SegmentName::Endpoints,
            PathState::Unknown,
            service,
            "addresses are kept by hand, outside the snapshot",
            &[],
        ),
    ];
    Subject {
        verdict: Verdict::Unknown,
        config: ConfigVerdict::Unknown,
        headline: "The addresses behind this Service are kept by hand and cannot be judged from here.".to_owned(),
        unknown_class: Some(UnknownClass::ByDesign),
        paths: vec![only],
        ..subject("Service", "infra", "external-db")
    }
}

pub(super) fn scaled_to_zero() -> Subject {
    let service = object("Service", "shop", "reports");
    let mut only = path("Service/shop/reports", "", "", backend("shop", "reports", 80));
    only.listener = Some("cluster-ip".to_owned());
    only.dormant = true;
    only.dormant_reason = Some("Deployment shop/reports is scaled to zero on purpose".to_owned());
    only.config = PathState::Blocked;
    only.segments = vec![
        segment(SegmentName::Service, PathState::Open, service.clone(), "exists", &[]),
        segment(SegmentName::Endpoints, PathState::Blocked, service, "0 replicas wanted", &["f6"]),
    ];
    Subject {
        verdict: Verdict::Degraded,
        config: ConfigVerdict::Degraded,
        headline: "Scaled to zero on purpose: nothing runs behind this Service, and nothing is meant to.".to_owned(),
        next: Some(NextStep {
            action: "Scale it up if it should run.".to_owned(),
            command: Some("kubectl scale -n shop deploy/reports --replicas=1".to_owned()),
        }),
        paths: vec![only],
        findings: ids(&["f6"]),
        ..subject("Service", "shop", "reports")
    }
}

pub(super) fn crashing_service() -> Subject {
    let service = object("Service", "shop", "pay");
    let mut only = path("Service/shop/pay", "", "", backend("shop", "pay", 8080));
    only.listener = Some("cluster-ip".to_owned());
    only.config = PathState::Blocked;
    only.segments = vec![
        segment(SegmentName::Address, PathState::Open, service.clone(), "10.96.0.12", &[]),
        segment(SegmentName::Service, PathState::Open, service.clone(), "exists", &[]),
        segment(
            SegmentName::Endpoints,
            PathState::Blocked,
            service.clone(),
            "0 of 2 addresses ready (Endpoints)",
            &["f2"],
        ),
        segment(SegmentName::Port, PathState::Open, service, "8080 is containerPort http", &[]),
    ];
    Subject {
        verdict: Verdict::Broken,
        config: ConfigVerdict::Broken,
        headline: "Nothing answers behind this Service: both of its Pods keep crashing.".to_owned(),
        reason: "0 of 2 Pods are ready; container app is in CrashLoopBackOff.".to_owned(),
        broken_at: Some(BrokenAt { segment: SegmentName::Endpoints, object: object("Pod", "shop", "pay-7d9c5-x2x1z") }),
        next: Some(NextStep {
            action: "Read the log of the container's last run.".to_owned(),
            command: Some("kubectl logs -n shop deploy/pay -c app --previous".to_owned()),
        }),
        paths: vec![only],
        entry_problems: ids(&["f4"]),
        findings: ids(&["f2"]),
        ..subject("Service", "shop", "pay")
    }
}

pub(super) fn other_cluster() -> Subject {
    Subject { cluster: Some("edge-1".to_owned()), ..broken_ingress() }
}

/// A config-ok subject.
pub(super) fn fine(kind: &str, namespace: &str, name: &str) -> Subject {
    let target = if kind == "Service" { name } else { "web" };
    let this = object(kind, namespace, name);
    let mut only = path(&format!("{kind}/{namespace}/{name}"), "", "", backend(namespace, target, 80));
    only.listener = Some(if kind == "Service" { "cluster-ip" } else { "http" }.to_owned());
    only.segments = vec![
        segment(SegmentName::Address, PathState::Open, this, "10.96.0.10", &[]),
        segment(SegmentName::Service, PathState::Open, object("Service", namespace, target), "exists", &[]),
        segment(
            SegmentName::Endpoints,
            PathState::Open,
            object("Service", namespace, target),
            "2 of 2 addresses ready (EndpointSlices)",
            &[],
        ),
    ];
    Subject { paths: vec![only], ..subject(kind, namespace, name) }
}

pub(super) fn long_name() -> Subject {
    let name = format!("{}-end", "very-long-name-".repeat(16));
    Subject {
        verdict: Verdict::Unknown,
        config: ConfigVerdict::Unknown,
        headline: format!("The object {name} could not be judged."),
        unknown_class: Some(UnknownClass::Investigate),
        ..fine("Service", "shop", &name)
    }
}

/// A broken subject whose every word is hostile.
pub(super) fn hostile_broken(i: usize, name: &str, findings: &mut Vec<Finding>) -> Subject {
    let id = format!("h{i}");
    findings.push(Finding {
        cause: name.to_owned(),
        action: name.to_owned(),
        command: format!("kubectl get pods -n {name}"),
        basis: name.to_owned(),
        location: Some(Location { path: name.to_owned(), line: 1, column: 1, ..Location::default() }),
        related: vec![Related { object: object(name, name, name), role: name.to_owned() }],
        ..finding(&id, name, Effect::Blocks, SegmentName::Service, object(name, name, name), name)
    });
    let mut only = path(&format!("Service/evil/{name}"), name, name, backend("evil", name, 80));
    only.listener = Some(name.to_owned());
    only.config = PathState::Blocked;
    only.segments = vec![segment(SegmentName::Service, PathState::Blocked, object(name, name, name), name, &[&id])];
    Subject {
        verdict: Verdict::Broken,
        config: ConfigVerdict::Broken,
        headline: format!("Hostile words: {name}"),
        reason: name.to_owned(),
        broken_at: Some(BrokenAt { segment: SegmentName::Service, object: object(name, name, name) }),
        next: Some(NextStep { action: name.to_owned(), command: Some(format!("kubectl describe {name}")) }),
        paths: vec![only],
        findings: vec![id],
        not_checked: vec![UncheckedItem { what: name.to_owned(), why: name.to_owned() }],
        ..subject("Service", "evil", name)
    }
}
