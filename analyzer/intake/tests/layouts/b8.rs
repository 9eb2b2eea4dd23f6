//! "Not collected" and "collected and empty", per layout.

use kubereach_reports::report::CoverageState::{Complete, Forbidden, NotCollected, NotServed, Partial};

use crate::{list, one, pod, read, state, stored, tar, typed};

const GATEWAY: &str = "gateway.networking.k8s.io/Gateway";
const ROUTE: &str = "gateway.networking.k8s.io/HTTPRoute";
const SLICE: &str = "discovery.k8s.io/EndpointSlice";
const POLICY: &str = "networking.k8s.io/NetworkPolicy";
const INGRESS: &str = "networking.k8s.io/Ingress";

/// These namespaces and those that every cluster has.
fn namespaces(names: &[&str]) -> String {
    let all = ["default", "kube-system"].iter().chain(names);
    typed("v1", "Namespace", &all.map(|n| stored("v1", "Namespace", "", n)).collect::<Vec<_>>())
}

fn crd(group: &str, kind: &str, plural: &str) -> String {
    let head = stored("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", &format!("{plural}.{group}"));
    let head = head.trim_end_matches('}');
    format!(r#"{head}}},"spec":{{"group":"{group}","names":{{"kind":"{kind}","plural":"{plural}"}}}}}}"#)
}

const VERSION: &str = "apiVersion: troubleshoot.sh/v1beta2\nkind: SupportBundle\nspec:\n  versionNumber: v0.60.0\n";

#[test]
fn troubleshoot_built_in_kinds() {
    let snapshot = one(&[tar(
        "support-bundle.tar",
        &[
            ("b/version.yaml", VERSION),
            ("b/cluster-resources/namespaces.json", &namespaces(&["shop", "bill", "dark"])),
            ("b/cluster-resources/pods/shop.json", &typed("v1", "Pod", &[pod("shop", "web")])),
            (
                "b/cluster-resources/pods/bill.json",
                r#"{"kind":"PodList","apiVersion":"v1","metadata":{},"items":null}"#,
            ),
            ("b/cluster-resources/services/shop.json", &typed("v1", "Service", &[])),
            ("b/cluster-resources/services-errors.json", r#"{"bill":"services is forbidden: User \"x\" cannot list"}"#),
            ("b/cluster-resources/ingress/shop.json", "[]"),
            (
                "b/cluster-resources/ingress-errors.json",
                r#"{"bill":"the server could not find the requested resource"}"#,
            ),
            (
                "b/cluster-resources/network-policy-errors.json",
                r#"{"":"unable to retrieve the complete list of server APIs"}"#,
            ),
            (
                "b/cluster-resources/auth-cani-list/dark.json",
                r#"[{"verbs":["get","list"],"apiGroups":[""],"resources":["configmaps"]}]"#,
            ),
        ],
    )]);
    assert_eq!(state(&snapshot, "Pod", Some("shop")), Complete);
    assert_eq!(state(&snapshot, "Pod", Some("bill")), Complete, "items: null is an empty list");
    assert_eq!(state(&snapshot, "Pod", Some("dark")), Forbidden, "left out for want of permission");
    assert_eq!(state(&snapshot, "Pod", Some("no-such-namespace")), Complete, "all namespaces are known");
    assert_eq!(state(&snapshot, "Pod", None), Partial);
    assert_eq!(state(&snapshot, "Service", Some("shop")), Complete);
    assert_eq!(state(&snapshot, "Service", Some("bill")), Forbidden);
    assert_eq!(state(&snapshot, INGRESS, Some("shop")), Complete, "a bare empty array");
    assert_eq!(state(&snapshot, INGRESS, Some("bill")), NotCollected, "an old version of the API was asked for");
    assert_eq!(state(&snapshot, POLICY, Some("shop")), NotCollected, "the error is about every namespace");
    assert_eq!(state(&snapshot, SLICE, Some("shop")), NotCollected, "newer than the bundle");
    assert_eq!(state(&snapshot, "Secret", Some("shop")), NotCollected);
    assert_eq!(state(&snapshot, "Namespace", None), Complete);
    assert_eq!(state(&snapshot, "Node", None), NotCollected);
}

#[test]
fn troubleshoot_custom_kinds() {
    let group = "gateway.networking.k8s.io";
    let crds = typed(
        "apiextensions.k8s.io/v1",
        "CustomResourceDefinition",
        &[
            crd(group, "Gateway", "gateways"),
            crd(group, "HTTPRoute", "httproutes"),
            crd(group, "GRPCRoute", "grpcroutes"),
        ],
    );
    let errors = r#"{"grpcroutes.gateway.networking.k8s.io":"grpcroutes is forbidden"}"#;
    let gateway = stored("gateway.networking.k8s.io/v1", "Gateway", "shop", "edge");
    let all = namespaces(&["shop", "bill"]);
    let mut members = vec![
        ("version.yaml", VERSION),
        ("cluster-resources/namespaces.json", all.as_str()),
        ("cluster-resources/pods/shop.json", r#"{"kind":"PodList","apiVersion":"v1","items":[]}"#),
        ("cluster-resources/pods/bill.json", r#"{"kind":"PodList","apiVersion":"v1","items":[]}"#),
        ("cluster-resources/pods/default.json", r#"{"kind":"PodList","apiVersion":"v1","items":[]}"#),
        ("cluster-resources/pods/kube-system.json", r#"{"kind":"PodList","apiVersion":"v1","items":[]}"#),
        ("cluster-resources/custom-resource-definitions.json", &crds),
        ("cluster-resources/custom-resources/custom-resources-errors.json", errors),
    ];
    let array = format!("[{gateway}]");
    members.push(("cluster-resources/custom-resources/gateways.gateway.networking.k8s.io/shop.json", &array));
    let snapshot = one(&[tar("b.tar", &members)]);
    assert_eq!(state(&snapshot, GATEWAY, Some("shop")), Complete);
    assert_eq!(state(&snapshot, GATEWAY, Some("bill")), Complete, "installed, no error, in scope, no file");
    assert_eq!(state(&snapshot, ROUTE, None), Complete);
    assert_eq!(state(&snapshot, "gateway.networking.k8s.io/GRPCRoute", Some("shop")), Forbidden);
    assert_eq!(state(&snapshot, "gateway.networking.k8s.io/TLSRoute", None), NotServed);
    assert_eq!(state(&snapshot, "networking.istio.io/VirtualService", Some("shop")), NotServed);

    // The same, but the list of definitions failed: nothing can be concluded from silence.
    members.retain(|(path, _)| !path.ends_with("definitions.json"));
    members.push(("cluster-resources/custom-resource-definitions-errors.json", r#"["forbidden"]"#));
    let snapshot = one(&[tar("b.tar", &members)]);
    assert_eq!(state(&snapshot, GATEWAY, Some("shop")), Complete);
    assert_eq!(state(&snapshot, GATEWAY, Some("bill")), NotCollected);
    assert_eq!(state(&snapshot, ROUTE, Some("shop")), NotCollected);
}

#[test]
fn silence_of_a_truncated_bundle_proves_nothing() {
    let group = "gateway.networking.k8s.io";
    let crds = typed(
        "apiextensions.k8s.io/v1",
        "CustomResourceDefinition",
        &[crd(group, "Gateway", "gateways"), crd(group, "HTTPRoute", "httproutes")],
    );
    let gateway = format!("[{}]", stored("gateway.networking.k8s.io/v1", "Gateway", "shop", "edge"));
    let padding = "x".repeat(4000);
    let whole = tar(
        "b.tar",
        &[
            ("cluster-resources/namespaces.json", &namespaces(&["shop"])),
            ("cluster-resources/pods/shop.json", r#"{"kind":"PodList","apiVersion":"v1","items":[]}"#),
            ("cluster-resources/custom-resource-definitions.json", &crds),
            ("cluster-resources/custom-resources/gateways.gateway.networking.k8s.io/shop.json", &gateway),
            ("cluster-resources/zz.json", &format!("\"{padding}\"")),
        ],
    );
    let kubereach_intake::InputSpec::Bytes { name, bytes } = &whole else { unreachable!() };
    assert_eq!(state(&one(std::slice::from_ref(&whole)), ROUTE, Some("shop")), Complete);
    let cut = bytes.len() - 4096;
    let cut = kubereach_intake::InputSpec::Bytes { name: name.clone(), bytes: bytes[..cut].into() };
    let snapshot = one(&[cut]);
    assert_eq!(state(&snapshot, GATEWAY, Some("shop")), Complete, "this file was read whole");
    assert_eq!(state(&snapshot, ROUTE, Some("shop")), NotCollected);
}

#[test]
fn troubleshoot_shapes_of_older_versions() {
    let web = pod("shop", "web").replace(r#""apiVersion":"v1","kind":"Pod","#, "");
    let replica = stored("apps/v1", "ReplicaSet", "shop", "web-1");
    let namespace = stored("v1", "Namespace", "", "shop");
    for (namespaces, all) in [
        (namespaces(&["shop"]), true),
        // Of the namespaces in scope, which a list does not make all there are.
        (typed("v1", "Namespace", std::slice::from_ref(&namespace)), false),
        (format!("[{}]", namespace.replace(r#""apiVersion":"v1","kind":"Namespace","#, "")), false),
        (namespace.clone(), false),
    ] {
        let snapshot = one(&[tar(
            "b.tar",
            &[
                ("cluster-resources/namespaces.json", &namespaces),
                ("cluster-resources/pods/shop.json", &format!("[{web}]")),
                ("cluster-resources/services/shop.json", "null"),
                (
                    "cluster-resources/statefulsets-errors.json/shop.json",
                    &typed("apps/v1", "ReplicaSet", std::slice::from_ref(&replica)),
                ),
            ],
        )]);
        assert_eq!(snapshot.namespaces.len(), if all { 3 } else { 1 }, "{namespaces}");
        assert_eq!(snapshot.pods.len(), 1, "kind-less items of a bare array");
        assert_eq!(snapshot.workloads.len(), 1);
        assert_eq!(state(&snapshot, "Service", Some("shop")), Complete);
        assert_eq!(state(&snapshot, "apps/ReplicaSet", Some("shop")), Complete);
        let elsewhere = if all { Complete } else { NotCollected };
        assert_eq!(state(&snapshot, "Pod", Some("other")), elsewhere, "{namespaces}");
        assert_eq!(state(&snapshot, "Namespace", None), if all { Complete } else { Partial });
    }
}

#[test]
fn egctl_bundles_hold_custom_resources_only() {
    let gateway = format!("[{}]", stored("gateway.networking.k8s.io/v1", "Gateway", "shop", "edge"));
    let snapshot = one(&[tar(
        "eg.tar",
        &[
            ("x/cluster-resources/custom-resources/gateways.gateway.networking.k8s.io/shop.json", &gateway),
            ("x/cluster-resources/custom-resources/gateways.gateway.networking.k8s.io/shop.yaml", "- not: [valid"),
        ],
    )]);
    assert_eq!(snapshot.gateways.len(), 1);
    assert_eq!(state(&snapshot, GATEWAY, Some("shop")), Complete);
    assert_eq!(state(&snapshot, ROUTE, Some("shop")), NotCollected);
    assert_eq!(state(&snapshot, "Service", Some("shop")), NotCollected);
}

#[test]
fn must_gather_lists_of_a_namespace() {
    let root = "must-gather.local.1/quay-io-x-sha256-1/";
    let path = |rest: &str| format!("{root}{rest}");
    let intake = read(&[tar(
        "mg.tar",
        &[
            ("must-gather.local.1/must-gather.logs", "ok\n"),
            (
                "must-gather.local.1/timestamp",
                "2026-01-02 03:00:00 +0000 UTC m=+0.1\n2026-01-02 03:04:05 +0000 UTC m=+245\n",
            ),
            (&path("version"), "openshift/must-gather\n4.17\n"),
            (&path("namespaces/shop/core/pods.yaml"), &list(&[pod("shop", "web")])),
            (&path("namespaces/shop/pods/web/web.yaml"), &pod("shop", "web")),
            (&path("namespaces/shop/core/services.yaml"), &typed("v1", "Service", &[])),
            (&path("cluster-scoped-resources/core/nodes/n1.yaml"), &stored("v1", "Node", "", "n1")),
        ],
    )]);
    let snapshot = &intake.snapshots[0];
    assert_eq!(intake.inputs[0].layout, "must-gather");
    assert_eq!(intake.inputs[0].taken_at.as_deref(), Some("2026-01-02T03:04:05Z"));
    assert!(intake.problems.is_empty(), "the second copy of a pod is by design: {:?}", intake.problems);
    assert_eq!(state(snapshot, "Service", Some("shop")), Complete, "items: []");
    assert_eq!(state(snapshot, SLICE, Some("shop")), NotCollected, "no file");
    assert_eq!(state(snapshot, "Pod", Some("elsewhere")), NotCollected, "no folder of the namespace");
    assert_eq!(state(snapshot, "Node", None), Partial, "single objects");
    assert_eq!(state(snapshot, ROUTE, None), NotCollected);
}

#[test]
fn inspection_with_discovery_tells_not_installed_from_not_collected() {
    let discovery = "kind: APIGroupDiscoveryList\nitems:\n- metadata:\n    name: networking.k8s.io\n  versions:\n  - version: v1\n    resources:\n    - resource: ingresses\n      responseKind:\n        kind: Ingress\n    - resource: networkpolicies\n      responseKind:\n        kind: NetworkPolicy\n";
    let intake = read(&[tar(
        "i.tar",
        &[
            ("inspect.local.1/timestamp", "2026-01-02 03:00:00 +0000 UTC m=+0.1\n"),
            ("inspect.local.1/aggregated-discovery-apis.yaml", discovery),
            ("inspect.local.1/namespaces/shop/core/pods.yaml", &list(&[pod("shop", "web")])),
        ],
    )]);
    let snapshot = &intake.snapshots[0];
    assert_eq!(intake.inputs[0].layout, "inspect");
    assert_eq!(state(snapshot, ROUTE, None), NotServed);
    assert_eq!(state(snapshot, POLICY, Some("shop")), NotCollected);
    assert_eq!(intake.problems.len(), 1, "one time in the timestamp: not finished");
}

#[test]
fn sonobuoy_says_what_it_asked_for() {
    let log = r#"[
        {"queryobj":"namespaces","namespace":"","time":"2026-01-02T03:04:00Z"},
        {"queryobj":"pods","namespace":"shop","time":"2026-01-02T03:04:01Z"},
        {"queryobj":"services","namespace":"shop","time":"2026-01-02T03:04:05Z"},
        {"queryobj":"secrets","namespace":"shop","time":"2026-01-02T03:04:02Z","error":"secrets is forbidden"},
        {"queryobj":"configmaps","namespace":"shop","time":"2026-01-02T03:04:03Z","error":{}},
        {"queryobj":"gateways","namespace":"shop","time":"2026-01-02T03:04:04Z"}]"#;
    let members = |config: &'static str| {
        [
            ("meta/query-time.json", log.to_owned()),
            ("meta/config.json", config.to_owned()),
            ("serverversion.json", r#"{"gitVersion":"v1.32.0"}"#.to_owned()),
            // Discovery lacks the group: its server may not have answered.
            ("servergroups.json", r#"{"groups":[{"name":"apps"},{"name":"networking.istio.io"}]}"#.to_owned()),
            (
                "resources/cluster/core_v1_namespaces.json",
                typed("v1", "Namespace", &[stored("v1", "Namespace", "", "shop")]),
            ),
            ("resources/ns/shop/core_v1_pods.json", typed("v1", "Pod", &[pod("shop", "web")])),
        ]
    };
    let of = |config| {
        let members = members(config);
        let members: Vec<(&str, &str)> = members.iter().map(|(p, t)| (*p, t.as_str())).collect();
        one(&[tar("s.tar", &members)])
    };
    let snapshot = of(r#"{"Filters":{"Namespaces":".*","LabelSelector":""}}"#);
    assert_eq!(snapshot.taken_at.map(|t| t.to_string()).as_deref(), Some("2026-01-02T03:04:05Z"));
    assert_eq!(state(&snapshot, "Pod", None), Complete);
    assert_eq!(state(&snapshot, "Service", Some("shop")), Complete, "asked, no error, no file");
    assert_eq!(state(&snapshot, "Secret", Some("shop")), Forbidden);
    assert_eq!(state(&snapshot, "ConfigMap", Some("shop")), NotCollected, "an error that Go wrote as an empty object");
    assert_eq!(state(&snapshot, "Endpoints", Some("shop")), NotCollected, "no entry");
    assert_eq!(state(&snapshot, GATEWAY, Some("shop")), NotCollected, "three groups have a resource of that name");
    assert_eq!(state(&snapshot, "gateway.networking.k8s.io/TLSRoute", None), NotCollected, "nobody asked for it");
    let snapshot = of(r#"{"Filters":{"Namespaces":".*","LabelSelector":"app=web"}}"#);
    assert_eq!(state(&snapshot, "Pod", Some("shop")), Partial, "a label selector");
    assert_eq!(state(&snapshot, "Service", Some("shop")), Partial);
    let snapshot = of(r#"{"Filters":{"Namespaces":"shop"}}"#);
    assert_eq!(state(&snapshot, "Pod", Some("other")), NotCollected, "a filter on namespaces");
}

#[test]
fn sonobuoy_of_older_versions() {
    let snapshot = one(&[tar(
        "s.tar",
        &[
            (
                "meta/query-time.json",
                r#"[{"queryobj":"Pods","namespace":"shop"},{"queryobj":"Services","namespace":"shop"}]"#,
            ),
            (
                "resources/ns/shop/Pods.json",
                &format!("[{}]", pod("shop", "web").replace(r#""apiVersion":"v1","kind":"Pod","#, "")),
            ),
        ],
    )]);
    assert_eq!(snapshot.pods.len(), 1);
    assert_eq!(state(&snapshot, "Pod", Some("shop")), Complete);
    assert_eq!(state(&snapshot, "Service", Some("shop")), Complete);
}

#[test]
fn collectors_of_single_objects_prove_nothing() {
    let web = pod("shop", "web");
    let config = stored("v1", "ConfigMap", "shop", "a");
    let service = stored("v1", "Service", "shop", "web");
    for (layout, members) in [
        (
            "velero",
            vec![
                ("metadata/version", "1.1.0"),
                ("resources/pods/namespaces/shop/web.json", web.as_str()),
                ("resources/pods/v1-preferredversion/namespaces/shop/web.json", web.as_str()),
            ],
        ),
        (
            "crust-gather",
            vec![
                ("collected.timestamp", "2026-01-02T03:04:05Z"),
                ("version.yaml", "gitVersion: v1.32.0\n"),
                (
                    "apis.json",
                    r#"{"kind":"APIGroupDiscoveryList","items":[{"metadata":{"name":"apps"},"versions":[]}]}"#,
                ),
                ("namespaces/shop/v1/pod/web.yaml", &web),
            ],
        ),
        ("crashd", vec![("kubecapture/core_v1/shop/pods/web-20260102-030405.json", web.as_str())]),
        (
            "kube-dump",
            vec![
                ("shop/web_pods.yaml", web.as_str()),
                ("shop/web_services.yaml", &service),
                ("shop/a_configmaps.yaml", &config),
            ],
        ),
    ] {
        let intake = read(&[tar("b.tar", &members)]);
        let snapshot = &intake.snapshots[0];
        assert_eq!(intake.inputs[0].layout, layout);
        assert!(intake.problems.is_empty(), "{layout}: {:?}", intake.problems);
        assert_eq!(snapshot.pods.len(), 1, "{layout}");
        assert_eq!(state(snapshot, "Pod", Some("shop")), Partial, "{layout}");
        assert_eq!(
            state(snapshot, POLICY, Some("shop")),
            if layout == "crust-gather" { NotServed } else { NotCollected },
            "{layout}"
        );
        assert_eq!(state(snapshot, "Secret", Some("shop")), NotCollected, "{layout}");
        assert_eq!(
            state(snapshot, ROUTE, None),
            if layout == "crust-gather" { NotServed } else { NotCollected },
            "{layout}"
        );
    }
}

#[test]
fn rancher_leaves_out_empty_lists_and_writes_its_errors_down() {
    let secret = stored("v1", "Secret", "shop", "tls").replace('}', "") + r#"},"data":{}}"#;
    let snapshot = one(&[tar(
        "r.tar",
        &[
            ("s/metadata.yaml", "bundlename: s\nkubernetesversion: v1.32.0\n"),
            (
                "s/bundleGenerationError.log",
                "Failed to get /api/v1/namespaces/shop/configmaps: configmaps is forbidden\n",
            ),
            ("s/yamls/namespaced/shop/v1/pods.yaml", &list(&[pod("shop", "web")])),
            ("s/yamls/namespaced/shop/v1/secrets.yaml", &list(&[secret])),
        ],
    )]);
    assert_eq!(state(&snapshot, "Pod", Some("shop")), Complete);
    assert_eq!(state(&snapshot, "ConfigMap", Some("shop")), Forbidden);
    assert_eq!(state(&snapshot, "Service", Some("shop")), NotCollected, "empty and excluded look the same");
    assert_eq!(state(&snapshot, "Pod", Some("other")), NotCollected);
    let secret = snapshot.secrets.iter().next().unwrap();
    assert!(secret.stripped, "the collector empties Secrets: redacted, not empty");
}

#[test]
fn cilium_writes_a_file_for_an_empty_list() {
    let snapshot = one(&[tar(
        "c.tar",
        &[
            ("c/k8s-pods-20260102-030405.yaml", &typed("v1", "Pod", &[pod("shop", "web")])),
            ("c/ciliumingresses-20260102-030405.yaml", &typed("networking.k8s.io/v1", "Ingress", &[])),
            ("c/cilium-sysdump.log", "x\n"),
        ],
    )]);
    assert_eq!(state(&snapshot, "Pod", None), Complete);
    assert_eq!(state(&snapshot, INGRESS, None), Complete, "the name is misleading: all Ingresses");
    assert_eq!(state(&snapshot, "Service", None), NotCollected);
    assert_eq!(state(&snapshot, GATEWAY, None), NotCollected, "only with enable-gateway-api");
}

#[test]
fn cluster_info_collects_a_fixed_set() {
    let snapshot = one(&[tar(
        "d.tar",
        &[
            ("d/nodes.json", &typed("v1", "Node", &[stored("v1", "Node", "", "n1")])),
            ("d/shop/events.json", &typed("v1", "Event", &[])),
            ("d/shop/replication-controllers.json", &typed("v1", "ReplicationController", &[])),
            ("d/shop/services.json", r#"{"kind":"ServiceList","apiVersion":"v1","metadata":{},"items":null}"#),
        ],
    )]);
    assert_eq!(state(&snapshot, "Node", None), Complete);
    assert_eq!(state(&snapshot, "Service", Some("shop")), Complete);
    assert_eq!(state(&snapshot, "Pod", Some("shop")), NotCollected, "the dump ended before");
    assert_eq!(state(&snapshot, "Service", Some("other")), NotCollected);
    assert_eq!(state(&snapshot, SLICE, Some("shop")), NotCollected, "never collected");
}
