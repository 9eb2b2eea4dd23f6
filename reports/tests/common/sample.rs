//! One report with every verdict, every kind of path and every hostile name.

use kubereach_reports::report::CoverageState::*;
use kubereach_reports::report::*;

use super::build::*;
use super::hostile;
use super::measured::*;
use super::subjects::*;

/// All verdicts, a multi-path Ingress with one broken backend, a Gateway behind a coverage gap,
/// dormant paths, measured paths, two clusters, hostile names.
pub fn sample() -> Report {
    let mut report = empty();
    snapshot(&mut report.snapshot);
    findings(&mut report.findings);
    report.subjects = vec![
        broken_ingress(),
        degraded_ingress(),
        unknown_gateway_route(),
        unknown_by_design(),
        scaled_to_zero(),
        crashing_service(),
        healthy_service(),
        contradicted(),
        unreachable_unplaced(),
        other_cluster(),
        fine("Service", "shop", "web"),
        fine("Service", "shop", "checkout"),
        fine("Service", "kube-system", "kube-dns"),
        fine("Ingress", "infra", "grafana"),
        fine("Gateway", "infra", "edge"),
        long_name(),
    ];
    for (i, name) in hostile::NAMES.iter().enumerate() {
        let mut subject =
            if i % 2 == 0 { fine("Service", "evil", name) } else { hostile_broken(i, name, &mut report.findings) };
        subject.namespace = if i % 3 == 0 { format!("evil {name}") } else { "evil".to_owned() };
        report.subjects.push(subject);
    }
    finish(report)
}

fn snapshot(snapshot: &mut SnapshotSummary) {
    snapshot.taken_at = Some("2026-01-02T03:04:05Z".to_owned());
    snapshot.inputs = vec![
        Input {
            path: "customer/bundle-<b>2026</b>.tar.gz".to_owned(),
            layout: "troubleshoot".to_owned(),
            taken_at: Some("2026-01-02T03:04:05Z".to_owned()),
            objects: 1234,
            skipped: 310,
            facts: vec!["Kubernetes v1.33.2".to_owned(), "collected by troubleshoot v0.119".to_owned()],
            cluster: Some("prod".to_owned()),
        },
        Input {
            path: "-".to_owned(),
            layout: "plain".to_owned(),
            taken_at: None,
            objects: 12,
            skipped: 0,
            facts: Vec::new(),
            cluster: Some("edge-1".to_owned()),
        },
    ];
    snapshot.problems = vec![
        Problem {
            path: "customer/bundle.tar.gz!cluster-resources/services/shop.json".to_owned(),
            line: Some(310),
            column: Some(4),
            message:
                "The list ends in the middle (`continue` token): taken as partial, the 500 Services in it were read."
                    .to_owned(),
        },
        Problem {
            path: "notes.yaml".to_owned(),
            line: None,
            column: None,
            message: "Not a Kubernetes object: left out. | <script>alert(9)</script>".to_owned(),
        },
    ];
    snapshot.not_evaluated = vec![NotEvaluated {
        kind: "networking.istio.io/VirtualService".to_owned(),
        objects: 3,
        meaning: "Traffic these objects lead is not judged; what stands behind them may be entered another way."
            .to_owned(),
    }];
    snapshot.coverage = vec![
        coverage("Service", "shop", Complete, 5, "cluster-resources/services/shop.json is a full list"),
        coverage("Service", "infra", Complete, 0, "cluster-resources/services/infra.json is a full list"),
        coverage("Service", "kube-system", Complete, 2, "cluster-resources/services/kube-system.json is a full list"),
        coverage("Pod", "shop", Complete, 9, "cluster-resources/pods/shop.json is a full list"),
        coverage(
            "Pod",
            "infra",
            Forbidden,
            0,
            "cluster-resources/pods-errors.json: pods is forbidden: User \"bundle\" cannot list resource \"pods\" in namespace \"infra\"",
        ),
        coverage("Pod", "kube-system", Partial, 500, "the list was paged and its end is missing"),
        coverage("EndpointSlice", "", NotCollected, 0, "no file of this bundle holds EndpointSlices"),
        coverage("Endpoints", "shop", Complete, 5, "cluster-resources/endpoints/shop.json is a full list"),
        coverage("Ingress", "", Complete, 3, "cluster-resources/ingress holds every namespace"),
        coverage("GatewayClass", "", NotCollected, 0, "the collector has no permission to list cluster-scoped kinds"),
        coverage("GRPCRoute", "", NotServed, 0, "cluster-resources/resources.json does not list it"),
        coverage("HTTPRoute", "", Complete, 2, "custom-resources/httproutes.yaml"),
    ];
}

fn findings(out: &mut Vec<Finding>) {
    out.push(Finding {
        cause: "The Ingress points to a Service of this name; the full list of Services in shop does not have one. A typing error or a rename that forgot the Ingress are the usual reasons.".to_owned(),
        action: "Create the Service, or point the Ingress to the right one.".to_owned(),
        command: "kubectl get services -n shop".to_owned(),
        basis: "cluster-resources/services/shop.json is the complete list of Services in shop (5 read)".to_owned(),
        location: Some(Location { path: "bundle.tar.gz!cluster-resources/ingress/shop.json".to_owned(), line: 41, column: 23, ..Location::default() }),
        related: vec![Related { object: object("Ingress", "shop", "web"), role: "the Ingress that refers to it".to_owned() }],
        ..finding("f1", "service/missing", Effect::Blocks, SegmentName::Service, object("Service", "shop", "cart"), "Service cart does not exist in namespace shop.")
    });
    out.push(Finding {
        cause: "The container `app` starts and ends again with exit code 1; its last log lines say why.".to_owned(),
        action: "Read the log of the container's last run.".to_owned(),
        command: "kubectl logs -n shop deploy/pay -c app --previous".to_owned(),
        basis: "status.containerStatuses of 2 Pods".to_owned(),
        ..finding(
            "f2",
            "endpoints/crash-loop",
            Effect::Blocks,
            SegmentName::Endpoints,
            object("Pod", "shop", "pay-7d9c5-x2x1z"),
            "0 of 2 Pods are ready: container app keeps crashing (CrashLoopBackOff).",
        )
    });
    out.push(Finding {
        cause: "GatewayClasses were not collected, so nobody can tell which controller serves this Gateway.".to_owned(),
        action: "Collect GatewayClasses as well.".to_owned(),
        command: "kubectl get gatewayclass -o yaml".to_owned(),
        basis: "GatewayClass: not collected".to_owned(),
        ..finding(
            "f3",
            "gateway/class-not-seen",
            Effect::Inconclusive,
            SegmentName::Controller,
            object("Gateway", "infra", "edge"),
            "Which controller serves this Gateway cannot be told.",
        )
    });
    out.push(finding(
        "f4",
        "ingress/no-address",
        Effect::Narrows,
        SegmentName::Address,
        object("Ingress", "shop", "legacy"),
        "The Ingress has no address yet.",
    ));
    out.push(finding(
        "f5",
        "policy/not-evaluated",
        Effect::Notes,
        SegmentName::Policy,
        object("Service", "shop", "web"),
        "Network policies were not evaluated.",
    ));
    out.push(Finding {
        cause: "The workload behind it was scaled to zero.".to_owned(),
        action: "Scale it up if it should run.".to_owned(),
        command: "kubectl scale -n shop deploy/reports --replicas=1".to_owned(),
        ..finding(
            "f6",
            "workload/scaled-to-zero",
            Effect::Notes,
            SegmentName::Endpoints,
            object("Deployment", "shop", "reports"),
            "Scaled to zero on purpose: 0 replicas wanted.",
        )
    });
}
