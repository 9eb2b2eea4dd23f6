//! Plain exports: what the input itself proves.

use kubereach_reports::report::CoverageState::{Complete, Forbidden, NotCollected, NotServed, Partial};

use crate::{file, list, one, pod, read, state, stored, tar, typed};

fn svc(namespace: &str, name: &str) -> String {
    stored("v1", "Service", namespace, name)
}

#[test]
fn a_list_of_several_namespaces_speaks_for_the_cluster() {
    let snapshot = one(&[file("svc.yaml", &list(&[svc("shop", "web"), svc("bill", "api")]))]);
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
    let snapshot = one(&[file("all.yaml", &list(&[svc("shop", "web"), pod("shop", "a"), pod("bill", "b")]))]);
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
    let everywhere = file("d/svc.yaml", &list(&[svc("shop", "web"), svc("bill", "api")]));
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
    let snapshot = one(&[file("x.json", &typed("v1", "Service", &[]))]);
    assert_eq!(state(&snapshot, "Service", None), Complete);
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
