//! Partial permission is normal: what is refused is said in the server's words and never read as absent.

use super::kit::{ask, coverage, read, report, shop};
use crate::api::{Cluster, Rule};
use kubereach_live::cluster::Ask;

fn in_shop() -> Ask {
    Ask { namespaces: vec!["shop".to_owned()], ..ask() }
}

#[test]
fn an_admin_sees_everything_and_every_kind_is_accounted_for() {
    let api = Cluster::new(shop()).start();
    let report = report(&api, "admin", &ask());
    for kind in
        ["Service", "Pod", "EndpointSlice", "Ingress", "NetworkPolicy", "Secret", "ConfigMap", "Namespace", "Node"]
    {
        assert_eq!(coverage(&report, kind, None).0, "complete", "{kind}");
    }
    assert_eq!(coverage(&report, "HTTPRoute", None).0, "not-served");
    assert_eq!(report.summary.config_ok, 2, "{:#?}", report.subjects);
    assert_eq!(report.snapshot.inputs[0].layout, "live");
    assert!(report.snapshot.taken_at.is_some());
    // Read-only by construction.
    for request in api.log() {
        assert!(
            request.method == "GET" || (request.method == "POST" && request.path.ends_with("reviews")),
            "{} {}",
            request.method,
            request.path
        );
    }
}

#[test]
fn a_viewer_without_secrets_is_told_so_in_the_servers_words() {
    let rules = ["", "apps", "batch", "networking.k8s.io", "discovery.k8s.io", "autoscaling"]
        .into_iter()
        .flat_map(|group| {
            [
                "services",
                "pods",
                "endpoints",
                "endpointslices",
                "namespaces",
                "nodes",
                "ingresses",
                "configmaps",
                "networkpolicies",
            ]
            .map(|resource| Rule::on(group, resource, &["get", "list", "watch"]))
        })
        .collect();
    let api = Cluster::new(shop()).identity("viewer", rules).start();
    let report = report(&api, "viewer", &ask());
    let (state, reason) = coverage(&report, "Secret", None);
    assert_eq!(state, "forbidden");
    assert!(reason.contains("User \"viewer\" cannot list resource \"secrets\""), "{reason}");
    assert_eq!(coverage(&report, "Deployment", None).0, "forbidden");
    assert_eq!(coverage(&report, "Pod", None).0, "complete");
    assert_eq!(report.subjects.len(), 2);
}

#[test]
fn one_namespace_is_read_where_the_cluster_may_not_be() {
    let api = Cluster::new(shop()).identity("tenant", vec![Rule::in_namespace("shop")]).start();
    let report = report(&api, "tenant", &in_shop());
    assert_eq!(coverage(&report, "Pod", None).0, "forbidden");
    assert_eq!(coverage(&report, "Pod", Some("shop")).0, "complete");
    assert_eq!(coverage(&report, "Node", None).0, "forbidden");
    assert_eq!(report.subjects.len(), 1);
    assert_eq!(report.subjects[0].name, "shop-web");
    assert_eq!(report.summary.broken, 0, "{:#?}", report.subjects);
    let text = serde_json::to_string(&report).unwrap();
    assert!(!text.contains("vault"), "a name that may not be seen is in the report");
}

#[test]
fn without_a_list_of_namespaces_the_contexts_own_is_tried() {
    let api = Cluster::new(shop()).identity("tenant", vec![Rule::in_namespace("shop")]).start();
    let target =
        kubereach_live::cluster::Target { kubeconfig: Some(api.kubeconfig_in("tenant", "shop")), ..Default::default() };
    let options = kubereach_engine::AnalysisOptions::default();
    let silent = Box::new(kubereach_intake::progress::Silent);
    let intake = kubereach_live::cluster::read(&target, &ask(), &options.intake, silent).unwrap();
    let report = kubereach_engine::analyze_intake(&intake, &options);
    assert_eq!(coverage(&report, "Service", Some("shop")).0, "complete");
}

#[test]
fn every_namespace_one_by_one_is_the_whole_cluster() {
    let rules = vec![Rule::on("", "namespaces", &["list"]), Rule::in_namespace("shop"), Rule::in_namespace("vault")];
    let api = Cluster::new(shop()).identity("many", rules).start();
    let report = report(&api, "many", &ask());
    let (state, reason) = coverage(&report, "Service", None);
    assert_eq!(state, "complete", "{reason}");
    assert!(reason.contains("every namespace"), "{reason}");
    assert_eq!(report.subjects.len(), 2);
}

#[test]
fn the_powerless_are_told_why_nothing_could_be_read() {
    let api = Cluster::new(shop()).identity("nobody", Vec::new()).start();
    let error = read(&api, "nobody", &in_shop()).unwrap_err().to_string();
    assert!(error.contains("User \"nobody\" cannot list"), "{error}");
    assert!(!error.contains("vault"), "{error}");
}

#[test]
fn wrong_credentials_and_no_server_are_said() {
    let api = Cluster::new(shop()).start();
    let error = read(&api, "stranger", &ask()).unwrap_err().to_string();
    assert!(error.contains("credentials are not accepted"), "{error}");
    let gone = kubereach_live::cluster::Target {
        kubeconfig: {
            let path = api.folder().join("gone.yaml");
            let text = std::fs::read_to_string(api.kubeconfig("admin")).unwrap();
            std::fs::write(&path, text.replace(&api.address.to_string(), "127.0.0.1:1")).unwrap();
            Some(path)
        },
        ..Default::default()
    };
    let quick = Ask { timeout: std::time::Duration::from_secs(1), ..ask() };
    let silent = Box::new(kubereach_intake::progress::Silent);
    let error = kubereach_live::cluster::read(&gone, &quick, &kubereach_intake::IntakeOptions::default(), silent)
        .unwrap_err()
        .to_string();
    assert!(error.contains("127.0.0.1:1") && error.to_lowercase().contains("refused"), "{error}");
}

#[test]
fn impersonation_is_asked_for() {
    let api = Cluster::new(shop()).start();
    let mut target = super::kit::target(&api, "admin");
    target.as_user = Some("bob".to_owned());
    target.as_groups = vec!["devs".to_owned(), "ops".to_owned()];
    let silent = Box::new(kubereach_intake::progress::Silent);
    kubereach_live::cluster::read(&target, &ask(), &kubereach_intake::IntakeOptions::default(), silent).unwrap();
    for request in api.log() {
        assert_eq!(request.header("impersonate-user"), "bob", "{}", request.path);
        assert_eq!(request.header("impersonate-group"), "devs,ops", "{}", request.path);
    }
}
