//! Several bundles, several clusters, and the same object twice.

use kubereach_intake::InputSpec;

use crate::{file, list, pod, read, stored, tar, typed};

fn system(uid: &str) -> String {
    stored("v1", "Namespace", "", "kube-system").replace("u-Namespace--kube-system", uid)
}

fn cluster(name: &str, uid: &str, pods: &[String]) -> InputSpec {
    tar(
        name,
        &[
            (
                "cluster-resources/namespaces.json",
                &typed("v1", "Namespace", &[system(uid), stored("v1", "Namespace", "", "shop").replace("u-", uid)]),
            ),
            ("cluster-resources/pods/shop.json", &typed("v1", "Pod", pods)),
        ],
    )
}

#[test]
fn bundles_of_one_cluster_are_one_snapshot() {
    let intake = read(&[
        cluster("a.tar", "1", &[pod("shop", "a")]),
        cluster("b.tar", "1", &[pod("shop", "b")]),
        file("c.yaml", &list(&[pod("shop", "c")])),
    ]);
    assert_eq!(intake.snapshots.len(), 1);
    assert_eq!(intake.snapshots[0].pods.len(), 3);
    assert_eq!(intake.snapshots[0].cluster, None);
    assert_eq!(intake.inputs.len(), 3);
}

#[test]
fn bundles_of_two_clusters_are_kept_apart() {
    let intake = read(&[
        cluster("d/prod.tar", "1", &[pod("shop", "a")]),
        cluster("d/test.tar", "2", &[pod("shop", "a")]),
        file("x.yaml", &list(&[pod("shop", "c")])),
    ]);
    let names: Vec<_> = intake.snapshots.iter().map(|s| (s.cluster.as_deref().unwrap_or("-"), s.pods.len())).collect();
    assert_eq!(names, [("prod", 1), ("test", 1), ("x", 1)]);
    assert_eq!(intake.problems.len(), 1, "the third cannot be told: {:?}", intake.problems);
    assert!(intake.inputs.iter().all(|i| i.cluster.is_some()));
}

#[test]
fn two_clusters_in_one_folder_of_exports_are_kept_apart() {
    let intake = read(&[tar(
        "d.tar",
        &[
            ("prod/ns.yaml", &list(&[system("1")])),
            ("prod/pods.yaml", &list(&[pod("shop", "a")])),
            ("test/ns.yaml", &list(&[system("2")])),
            ("test/pods.yaml", &list(&[pod("shop", "a"), pod("shop", "b")])),
        ],
    )]);
    let found: Vec<_> = intake.snapshots.iter().map(|s| (s.cluster.as_deref().unwrap_or("-"), s.pods.len())).collect();
    assert_eq!(found, [("prod", 1), ("test", 2)]);
}

#[test]
fn several_bundles_in_one_archive_are_all_read() {
    let pods = |name: &str| typed("v1", "Pod", &[pod("shop", name)]);
    let intake = read(&[tar(
        "all.tar",
        &[
            ("one/cluster-resources/pods/shop.json", &pods("a")),
            ("two/cluster-resources/pods/shop.json", &pods("b")),
            ("two/deep/cluster-resources/pods/shop.json", &pods("not-of-the-bundle")),
            ("svc.yaml", &list(&[stored("v1", "Service", "shop", "web")])),
        ],
    )]);
    assert_eq!(intake.snapshots.len(), 1);
    assert_eq!(intake.snapshots[0].pods.len(), 2, "of nested ones the outermost counts");
    assert_eq!(intake.snapshots[0].services.len(), 1);
    let layouts: Vec<&str> = intake.inputs.iter().map(|i| i.layout.as_str()).collect();
    assert_eq!(layouts, ["plain", "troubleshoot", "troubleshoot"]);
}

#[test]
fn duplicates_are_said_once_per_pair_of_files() {
    let newer = |name: &str| pod("shop", name).replace(r#""resourceVersion":"7""#, r#""resourceVersion":"8""#);
    let inputs = [
        file("a.yaml", &list(&[pod("shop", "a"), pod("shop", "b")])),
        file("b.yaml", &list(&[newer("a"), newer("b")])),
    ];
    let intake = read(&inputs);
    assert_eq!(intake.snapshots[0].pods.len(), 2);
    assert_eq!(intake.problems.len(), 1, "{:?}", intake.problems);
    assert_eq!(intake.problems[0].path, "a.yaml", "the copy that was dropped");
    assert!(intake.problems[0].message.contains("2 Pod objects"), "{:?}", intake.problems);
}

#[test]
fn the_order_of_inputs_does_not_matter() {
    let mut inputs = vec![
        cluster("a.tar", "1", &[pod("shop", "a"), pod("shop", "b")]),
        file("b.yaml", &list(&[pod("shop", "a"), pod("bill", "c")])),
        file("c.yaml", &list(&[pod("shop", "a").replace("u-", "other-")])),
        file("d.yaml", &list(&[])),
    ];
    let show = |inputs: &[InputSpec]| {
        let intake = read(inputs);
        let snapshots: Vec<_> =
            intake.snapshots.iter().map(|s| format!("{:?}", (&s.pods, &s.coverage, &s.cluster, s.taken_at))).collect();
        (snapshots, intake.inputs, intake.problems)
    };
    let first = show(&inputs);
    for _ in 0..inputs.len() {
        inputs.rotate_left(1);
        assert_eq!(first, show(&inputs));
    }
    inputs.reverse();
    assert_eq!(first, show(&inputs));
}
