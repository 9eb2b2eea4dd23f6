//! Plain exports: what the input itself proves.

use kubereach_reports::report::CoverageState::{Complete, Forbidden, NotCollected, NotServed, Partial};

use crate::{file, list, one, pod, read, state, stored, tar, typed};

fn svc(namespace: &str, name: &str) -> String {
    stored("v1", "Service", namespace, name)
}

/// What every cluster has.
fn kubernetes() -> String {
    svc("default", "kubernetes")
}

#[test]
fn a_list_of_several_namespaces_speaks_for_the_cluster() {
    let snapshot = one(&[file("svc.yaml", &list(&[kubernetes(), svc("shop", "web"), svc("bill", "api")]))]);
    assert_eq!(state(&snapshot, "Service", None), Complete);
    assert_eq!(state(&snapshot, "Service", Some("third")), Complete);
    assert_eq!(state(&snapshot, "Pod", Some("shop")), NotCollected);
}

#[test]
fn a_list_of_one_namespace_speaks_for_it_alone() {
    let snapshot = one(&[file("svc.yaml", &list(&[svc("shop", "web"), svc("shop", "api")]))]);
    assert_eq!(state(&snapshot, "Service", Some("shop")), Complete);
    assert_eq!(state(&snapshot, "Service", Some("bill")), NotCollected);
}

#[test]
fn another_kind_of_the_same_list_may_show_the_scope() {
    let snapshot =
        one(&[file("all.yaml", &list(&[kubernetes(), svc("shop", "web"), pod("shop", "a"), pod("bill", "b")]))]);
    assert_eq!(state(&snapshot, "Service", Some("bill")), Complete);
    assert_eq!(
        state(&snapshot, "networking.k8s.io/Ingress", Some("shop")),
        NotCollected,
        "kubectl get all has no Ingresses"
    );
}

#[test]
fn what_no_api_server_printed_proves_nothing() {
    let made = r#"{"apiVersion":"v1","kind":"Service","metadata":{"name":"web","namespace":"shop"}}"#.to_owned();
    let snapshot = one(&[file("svc.yaml", &list(&[made.clone(), svc("shop", "api")]))]);
    assert_eq!(state(&snapshot, "Service", Some("shop")), NotCollected);
    let snapshot = one(&[file("web.yaml", &made)]);
    assert_eq!(state(&snapshot, "Service", Some("shop")), NotCollected);
    assert!(snapshot.is_manifests());
    let snapshot = one(&[file("web.yaml", &svc("shop", "web"))]);
    assert_eq!(state(&snapshot, "Service", Some("shop")), Partial, "one object of an API server, picked by hand");
}

#[test]
fn an_empty_list_needs_a_kind_and_a_scope() {
    let empty = list(&[]);
    let everywhere = file("d/svc.yaml", &list(&[kubernetes(), svc("shop", "web"), svc("bill", "api")]));
    let here = file("d/svc.yaml", &list(&[svc("shop", "web")]));
    let slices = "discovery.k8s.io/EndpointSlice";
    // The name says the kind; the lists beside it say the scope.
    assert_eq!(state(&one(&[everywhere.clone(), file("d/endpointslices.yaml", &empty)]), slices, None), Complete);
    let snapshot = one(&[here.clone(), file("d/endpointslices.yaml", &empty)]);
    assert_eq!(state(&snapshot, slices, Some("shop")), Complete);
    assert_eq!(state(&snapshot, slices, Some("bill")), NotCollected);
    // From another folder it may be of another namespace.
    let snapshot = one(&[everywhere.clone(), file("e/endpointslices.yaml", &empty)]);
    assert_eq!(state(&snapshot, slices, Some("shop")), NotCollected);
    // A name that says nothing.
    let snapshot = one(&[everywhere, file("d/result.yaml", &empty)]);
    assert_eq!(state(&snapshot, slices, Some("shop")), NotCollected);
    // Lists of different single namespaces do not say which one it was.
    let snapshot = one(&[here, file("d/bill.yaml", &list(&[svc("bill", "api")])), file("d/netpol.yaml", &empty)]);
    assert_eq!(state(&snapshot, "networking.k8s.io/NetworkPolicy", Some("shop")), NotCollected);
    // Its own type will do.
    let snapshot = one(&[file("x.json", &typed("networking.k8s.io/v1", "Ingress", &[]))]);
    assert_eq!(state(&snapshot, "networking.k8s.io/Ingress", None), Complete);
    // A group that has a kind of the same name.
    let snapshot =
        one(&[tar("d.tar", &[("config.openshift.io/ingresses.yaml", &empty), ("x.yaml", &list(&[kubernetes()]))])]);
    assert_eq!(state(&snapshot, "networking.k8s.io/Ingress", None), NotCollected);
}

#[test]
fn a_folder_or_a_name_may_say_the_namespace() {
    let empty = list(&[]);
    let snapshot = one(&[tar(
        "d.tar",
        &[
            ("shop/services.yaml", &list(&[svc("shop", "web")])),
            ("bill/services.yaml", &list(&[svc("bill", "api")])),
            ("shop/netpol.yaml", &empty),
            ("bill-ingress.yaml", &empty),
        ],
    )]);
    assert_eq!(state(&snapshot, "networking.k8s.io/NetworkPolicy", Some("shop")), Complete);
    assert_eq!(state(&snapshot, "networking.k8s.io/NetworkPolicy", Some("bill")), NotCollected);
    assert_eq!(state(&snapshot, "networking.k8s.io/Ingress", Some("bill")), Complete);
}

#[test]
fn a_page_of_a_list_is_partial() {
    let page = typed("v1", "Service", &[svc("shop", "web")])
        .replace(r#""resourceVersion":"9""#, r#""continue":"abc","remainingItemCount":4"#);
    let intake = read(&[file("svc.json", &page)]);
    assert_eq!(state(&intake.snapshots[0], "Service", Some("shop")), Partial);
    assert!(intake.problems[0].message.contains('4'), "{:?}", intake.problems);
}

#[test]
fn captured_errors_are_heard() {
    let intake = read(&[file(
        "all.yaml",
        &format!(
            "{}\nError from server (Forbidden): secrets is forbidden: User \"dev\" cannot list resource \"secrets\" in API group \"\" in the namespace \"shop\"\nerror: the server doesn't have a resource type \"httproutes\"\n",
            list(&[svc("shop", "web")])
        ),
    )]);
    let snapshot = &intake.snapshots[0];
    assert_eq!(state(snapshot, "Service", Some("shop")), Complete);
    assert_eq!(state(snapshot, "Secret", Some("shop")), Forbidden);
    assert_eq!(state(snapshot, "Secret", Some("bill")), NotCollected);
    assert_eq!(state(snapshot, "gateway.networking.k8s.io/HTTPRoute", None), NotServed);
    assert_eq!(intake.problems.len(), 2);
}

#[test]
fn that_a_version_is_not_served_says_nothing_about_the_kind() {
    let raw = "Error from server (NotFound): the server could not find the requested resource\n";
    let snapshot = one(&[
        file("d/svc.yaml", &list(&[svc("shop", "web")])),
        file("d/tcproutes.yaml", raw),
        file("d/ingress.yaml", raw),
    ]);
    assert_eq!(state(&snapshot, "gateway.networking.k8s.io/TCPRoute", None), NotCollected);
    assert_eq!(state(&snapshot, "networking.k8s.io/Ingress", None), NotCollected);
}

#[test]
fn tables_are_said_and_hold_nothing() {
    let table = r#"{"kind":"Table","apiVersion":"meta.k8s.io/v1","rows":[{"object":{"metadata":{"name":"web"}}}]}"#;
    let intake = read(&[file("d/pods.json", table), file("d/svc.yaml", &list(&[svc("shop", "web")]))]);
    assert_eq!(state(&intake.snapshots[0], "Pod", Some("shop")), NotCollected);
    assert!(intake.problems[0].message.contains("-o yaml"), "{:?}", intake.problems);
}

#[test]
fn an_object_that_cannot_be_read_is_not_absent() {
    let broken = svc("shop", "odd").replace(r#""metadata":{"#, r#""spec":{"ports":"none"},"metadata":{"#);
    let mut options = kubereach_intake::IntakeOptions::default();
    options.assume_complete.extend(kubereach_model::snapshot::Assumption::parse("*").unwrap());
    let inputs = [file("svc.json", &list(&[svc("shop", "web"), svc("bill", "api"), broken]))];
    let intake = kubereach_intake::read(&inputs, &options, &kubereach_intake::progress::Silent).unwrap();
    let snapshot = &intake.snapshots[0];
    assert_eq!(snapshot.services.len(), 2);
    assert_eq!(state(snapshot, "Service", Some("shop")), Partial, "even though everything was declared complete");
    assert_eq!(state(snapshot, "Service", Some("bill")), Complete);
    assert_eq!(intake.problems.len(), 1);
    assert!(intake.problems[0].line.is_some());
}

#[test]
fn every_kind_has_a_record_even_where_nothing_is_known() {
    let snapshot = one(&[file("svc.yaml", &list(&[svc("shop", "web")]))]);
    let kinds: Vec<String> = snapshot.coverage.records().map(|(kind, ..)| kind.display()).collect();
    for kind in [
        "Pod",
        "Secret",
        "discovery.k8s.io/EndpointSlice",
        "gateway.networking.k8s.io/HTTPRoute",
        "cilium.io/CiliumNetworkPolicy",
    ] {
        assert!(kinds.contains(&kind.to_owned()), "{kind}");
    }
}

#[test]
fn a_list_that_breaks_is_partial() {
    let whole = list(&[svc("shop", "web"), svc("bill", "api"), svc("shop", "odd")]);
    for broken in [
        whole.replace(r#""name":"odd","#, r#""name":odd,"#),
        whole[..whole.len() - 40].to_owned(),
        whole.replace("},{", "} {"),
    ] {
        let snapshot = one(&[file("svc.json", &broken)]);
        assert!(!snapshot.services.is_empty(), "{broken}");
        assert_ne!(state(&snapshot, "Service", Some("shop")), Complete, "{broken}");
    }
}

#[test]
fn a_list_is_as_whole_as_what_else_was_read_lets_it_be() {
    let services = |all: &[String]| state(&one(&[file("svc.yaml", &list(all))]), "Service", Some("bill"));
    assert_eq!(services(&[svc("shop", "web"), svc("bill", "api")]), Partial, "every cluster has default/kubernetes");
    assert_eq!(services(&[kubernetes(), svc("shop", "web"), svc("bill", "api")]), Complete);
    // Made up, or made of several: without a namespace `default` nothing is to be expected in it.
    let namespaces = ["shop", "bill"].map(|ns| stored("v1", "Namespace", "", ns));
    assert_eq!(services(&[&namespaces[..], &[svc("shop", "web"), svc("bill", "api")]].concat()), Complete);
}

#[test]
fn kinds_alternate_only_where_objects_were_asked_for_by_name() {
    let ingress = |name: &str| stored("networking.k8s.io/v1", "Ingress", "shop", name);
    let named = list(&[ingress("a"), svc("shop", "b"), ingress("c")]);
    assert_eq!(state(&one(&[file("x.yaml", &named)]), "Service", Some("shop")), Partial);
    let listed = list(&[ingress("a"), ingress("c"), svc("shop", "b")]);
    assert_eq!(state(&one(&[file("x.yaml", &listed)]), "Service", Some("shop")), Complete);
    let pairs: Vec<String> = (0..60).flat_map(|n| [ingress(&format!("i{n}")), svc("shop", &format!("s{n}"))]).collect();
    assert_eq!(state(&one(&[file("x.yaml", &list(&pairs))]), "Service", Some("shop")), Complete, "nobody types these");
}

#[test]
fn an_owner_that_is_not_in_its_list_shows_that_the_list_is_filtered() {
    let owned = pod("shop", "web-1").replace(
        r#""resourceVersion":"7","#,
        r#""resourceVersion":"7","ownerReferences":[{"apiVersion":"apps/v1","kind":"StatefulSet","name":"web","uid":"1","controller":true}],"#,
    );
    let set = |name: &str| stored("apps/v1", "StatefulSet", "shop", name);
    let of = |sets: &[String]| {
        let snapshot =
            one(&[file("d/pods.yaml", &list(std::slice::from_ref(&owned))), file("d/sts.yaml", &list(sets))]);
        state(&snapshot, "apps/StatefulSet", Some("shop"))
    };
    assert_eq!(of(&[set("db")]), Partial);
    assert_eq!(of(&[set("db"), set("web")]), Complete);
}

#[test]
fn definitions_without_that_of_an_object_that_was_read_are_not_all() {
    let crd = |group: &str, kind: &str, plural: &str| {
        stored("apiextensions.k8s.io/v1", "CustomResourceDefinition", "", &format!("{plural}.{group}")).replace(
            r#""metadata""#,
            &format!(r#""spec":{{"group":"{group}","names":{{"kind":"{kind}","plural":"{plural}"}}}},"metadata""#),
        )
    };
    let route = file("d/httproutes.yaml", &list(&[stored("gateway.networking.k8s.io/v1", "HTTPRoute", "shop", "web")]));
    let gateways = crd("gateway.networking.k8s.io", "Gateway", "gateways");
    let routes = crd("gateway.networking.k8s.io", "HTTPRoute", "httproutes");
    let of = |crds: &[String]| {
        let snapshot = one(&[file("d/crds.yaml", &list(crds)), route.clone()]);
        state(&snapshot, "gateway.networking.k8s.io/GRPCRoute", None)
    };
    assert_eq!(of(std::slice::from_ref(&gateways)), NotCollected);
    assert_eq!(of(&[gateways, routes]), NotServed);
}

#[test]
fn a_snapshot_that_accounts_for_its_lists_is_taken_at_its_word() {
    let deployment = stored("apps/v1", "Deployment", "shop", "web").replace(
        r#""metadata""#,
        r#""spec":{"replicas":2,"selector":{"matchLabels":{"app":"web"}}},"status":{"replicas":2,"readyReplicas":2},"metadata""#,
    );
    let of = |record: &str| {
        let snapshot = one(&[tar(
            "s.tar",
            &[
                ("coverage.json", record),
                ("d/pods.json", &list(&[pod("shop", "db-0")])),
                ("d/deploy.json", &list(std::slice::from_ref(&deployment))),
            ],
        )]);
        state(&snapshot, "Pod", Some("shop"))
    };
    let record = r#"{"apiVersion":"kubereach/v1","kind":"Snapshot","takenAt":"2026-01-02T03:04:05Z","lists":[
        {"group":"","kind":"Pod","state":"complete","reason":"listed","source":"/api/v1/pods","objects":1}]}"#;
    assert_eq!(of(record), Complete, "a pod that came or went between two lists");
    assert_eq!(of("{}"), Partial);
}
