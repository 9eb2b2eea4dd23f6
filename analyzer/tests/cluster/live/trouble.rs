//! Servers fail in every way; a list that failed is never an empty one.

use std::time::{Duration, Instant};

use kubereach_live::cluster::Ask;
use serde_json::{Value, json};

use super::kit::{ask, coverage, object, report, shop};
use crate::api::{Api, Cluster, Fault};

fn many(pods: usize) -> Vec<Value> {
    let mut all = shop();
    for n in 0..pods {
        let status =
            json!({"status": {"phase": "Running", "conditions": [{"type": "Ready", "status": "True"}]}, "spec": {}});
        all.push(object("v1", "Pod", "shop", &format!("bulk-{n:05}"), status));
    }
    all
}

fn pods(api: &Api) -> Vec<crate::api::Request> {
    api.log().into_iter().filter(|r| r.path == "/api/v1/pods").collect()
}

#[test]
fn large_lists_come_in_pages() {
    let api = Cluster::new(many(1_700)).start();
    let report = report(&api, "admin", &ask());
    let row = report.snapshot.coverage.iter().find(|c| c.kind == "Pod").unwrap();
    assert_eq!((row.state.word(), row.objects), ("complete", 1_702));
    assert_eq!(pods(&api).len(), 4);
    assert!(pods(&api).iter().all(|r| r.query["limit"] == "500"));
}

#[test]
fn an_expired_token_restarts_the_list_and_counts_nothing_twice() {
    let api = Cluster::new(many(1_700)).trouble("/api/v1/pods?continue", Fault::Expired, 1).start();
    let report = report(&api, "admin", &ask());
    let row = report.snapshot.coverage.iter().find(|c| c.kind == "Pod").unwrap();
    assert_eq!((row.state.word(), row.objects), ("complete", 1_702));
    assert_eq!(report.snapshot.problems, []);
}

#[test]
fn a_list_that_always_expires_is_read_in_one_page() {
    let api = Cluster::new(many(30_000)).trouble("/api/v1/pods?continue", Fault::Expired, 1_000).start();
    let report = report(&api, "admin", &ask());
    assert_eq!(coverage(&report, "Pod", None).0, "complete");
    assert_eq!(pods(&api).last().unwrap().query["limit"], "0");
}

#[test]
fn busy_servers_are_asked_again_when_they_say() {
    let api = Cluster::new(shop())
        .trouble("/api/v1/pods", Fault::Status(429, Some(1)), 2)
        .trouble("/api/v1/services", Fault::Status(500, None), 1)
        .trouble("/api/v1/nodes", Fault::Status(503, None), 1)
        .trouble("endpointslices", Fault::Cut, 1)
        .trouble("ingresses", Fault::Hangup, 1)
        .trouble("networkpolicies", Fault::Malformed, 1)
        .start();
    let begun = Instant::now();
    let report = report(&api, "admin", &ask());
    assert!(begun.elapsed() >= Duration::from_secs(2), "Retry-After was not kept");
    for kind in ["Pod", "Service", "Node", "EndpointSlice", "Ingress", "NetworkPolicy"] {
        assert_eq!(coverage(&report, kind, None).0, "complete", "{kind}");
    }
    assert_eq!(report.summary.config_ok, 2);
}

#[test]
fn what_fails_for_good_is_not_collected_and_nothing_is_called_missing() {
    for fault in [Fault::Status(500, None), Fault::Cut, Fault::Hangup, Fault::Malformed, Fault::Status(404, None)] {
        let api = Cluster::new(shop())
            .trouble("endpoint", fault.clone(), 10_000)
            .trouble("/api/v1/pods", fault.clone(), 10_000)
            .start();
        let report = report(&api, "admin", &ask());
        let (state, reason) = coverage(&report, "EndpointSlice", None);
        assert_eq!(state, "not-collected", "{fault:?}: {reason}");
        assert!(!reason.is_empty());
        assert_eq!(report.summary.broken, 0, "{fault:?}: {:#?}", report.subjects);
        assert!(report.summary.unknown > 0, "{fault:?}");
    }
}

#[test]
fn a_list_that_breaks_off_is_partial() {
    let api = Cluster::new(many(1_700)).trouble("/api/v1/pods?continue", Fault::Status(500, None), 1_000).start();
    let report = report(&api, "admin", &ask());
    let (state, reason) = coverage(&report, "Pod", None);
    assert_eq!(state, "partial");
    assert!(reason.contains("after 500 objects") && reason.contains("500"), "{reason}");
}

#[test]
fn the_deadline_ends_the_whole() {
    let api = Cluster::new(shop()).trouble("/api/v1/pods", Fault::Slow(Duration::from_secs(30)), 1_000).start();
    let begun = Instant::now();
    let report = report(&api, "admin", &Ask { timeout: Duration::from_secs(2), ..ask() });
    assert!(begun.elapsed() < Duration::from_secs(8), "{:?}", begun.elapsed());
    let (state, reason) = coverage(&report, "Pod", None);
    assert_eq!(state, "not-collected");
    assert!(reason.contains("--timeout"), "{reason}");
    assert_eq!(coverage(&report, "Service", None).0, "complete");
    assert_eq!(report.summary.broken, 0);
}

#[test]
fn servers_without_aggregated_discovery_are_asked_group_by_group() {
    let mut cluster = Cluster::new(shop());
    cluster.aggregated = false;
    let api = cluster.start();
    let report = report(&api, "admin", &ask());
    assert_eq!(coverage(&report, "EndpointSlice", None).0, "complete");
    assert_eq!(coverage(&report, "HTTPRoute", None).0, "not-served");
    assert_eq!(report.summary.config_ok, 2);
}

#[test]
fn a_group_that_does_not_answer_is_not_called_absent() {
    let mut cluster = Cluster::new(shop()).trouble("/apis/networking.k8s.io/v1", Fault::Status(503, None), 1_000);
    cluster.aggregated = false;
    let api = cluster.start();
    let report = report(&api, "admin", &ask());
    let (state, reason) = coverage(&report, "NetworkPolicy", None);
    assert_eq!(state, "not-collected", "{reason}");
}

#[test]
fn hostile_names_stay_names() {
    let mut all = shop();
    all.push(object("v1", "Namespace", "", "../../api/v1/nodes?x=", json!({})));
    all.push(object("v1", "Service", "shop", "\u{1b}[31mred", json!({"spec": {"ports": [{"port": 80}]}})));
    let rules = vec![crate::api::Rule::on("", "namespaces", &["list"]), crate::api::Rule::in_namespace("shop")];
    let api = Cluster::new(all).identity("many", rules).start();
    report(&api, "many", &ask());
    for request in api.log() {
        assert!(!request.query.contains_key("x"), "{request:?}");
    }
}

#[test]
fn what_others_answer_in_the_api_servers_place_is_never_an_empty_list() {
    let html = ("content-type", "text/html");
    for (name, fault) in [
        ("a login page", Fault::ThirdParty(200, vec![html], "<html>Log in</html>")),
        ("a redirect", Fault::ThirdParty(302, vec![html, ("location", "https://login.example/")], "")),
        ("a proxy", Fault::ThirdParty(502, vec![html], "<html>502 Bad Gateway</html>")),
        ("another object", Fault::ThirdParty(200, vec![("content-type", "application/json")], "{\"kind\": \"Pod\"}")),
        ("an array", Fault::ThirdParty(200, vec![("content-type", "application/json")], "[]")),
        ("broken gzip", Fault::ThirdParty(200, vec![("content-encoding", "gzip")], "not compressed")),
        ("the end of a session", Fault::ThirdParty(401, vec![html], "Unauthorized")),
        ("a list without end", Fault::Endless),
    ] {
        let api = Cluster::new(shop())
            .trouble("endpoint", fault.clone(), 10_000)
            .trouble("/api/v1/pods", fault.clone(), 10_000)
            .start();
        let report = report(&api, "admin", &ask());
        for kind in ["EndpointSlice", "Pod"] {
            let (state, reason) = coverage(&report, kind, None);
            assert!(state == "not-collected" || state == "partial", "{name}: {kind} is {state}: {reason}");
            assert!(!reason.is_empty() && !reason.contains("<html>Log in"), "{name}: {reason}");
        }
        assert_eq!(report.summary.broken, 0, "{name}: {:#?}", report.subjects);
        // What came before a list broke off is there all the same.
        assert_eq!(report.summary.config_ok, if matches!(fault, Fault::Endless) { 2 } else { 0 }, "{name}");
        // Nobody is sent on to where a redirect leads, with the credentials.
        assert!(api.log().iter().all(|r| r.path.starts_with("/api") || r.path == "/version"), "{name}");
    }
}

#[test]
fn a_date_to_come_back_at_is_kept_too() {
    let soon = jiff::Timestamp::now() + Duration::from_secs(3);
    let date = soon.strftime("%a, %d %b %Y %H:%M:%S GMT").to_string();
    let date: &'static str = Box::leak(date.into_boxed_str());
    let busy = Fault::ThirdParty(429, vec![("retry-after", date)], "Too many requests, please try again later.");
    let api = Cluster::new(shop()).trouble("/api/v1/pods", busy, 1).start();
    let begun = Instant::now();
    let report = report(&api, "admin", &ask());
    assert_eq!(coverage(&report, "Pod", None).0, "complete");
    assert!(begun.elapsed() >= Duration::from_secs(1), "Retry-After was not kept");
}

#[test]
fn a_server_that_asks_for_more_patience_than_there_is_ends_at_the_deadline() {
    let api = Cluster::new(shop()).trouble("/api/v1/pods", Fault::Status(429, Some(3_600)), 10_000).start();
    let report = report(&api, "admin", &Ask { timeout: Duration::from_secs(3), ..ask() });
    let (state, reason) = coverage(&report, "Pod", None);
    assert_eq!(state, "not-collected", "{reason}");
    assert!(reason.contains("--timeout"), "{reason}");
    assert_eq!(coverage(&report, "Service", None).0, "complete");
}

#[test]
fn progress_tells_which_list_is_read_and_how_much_came() {
    use std::sync::{Arc, Mutex};
    #[derive(Default, Clone)]
    struct Told(Arc<Mutex<(Vec<String>, u64, u64)>>);
    impl kubereach_intake::progress::Progress for Told {
        fn bytes(&self, count: u64) {
            self.0.lock().unwrap().1 += count;
        }
        fn objects(&self, count: u64) {
            self.0.lock().unwrap().2 += count;
        }
        fn member(&self, path: &str) {
            self.0.lock().unwrap().0.push(path.to_owned());
        }
    }
    let api = Cluster::new(many(600)).start();
    let told = Told::default();
    let options = kubereach_intake::IntakeOptions::default();
    kubereach_live::cluster::read(&super::kit::target(&api, "admin"), &ask(), &options, Box::new(told.clone()))
        .unwrap();
    let (lists, bytes, objects) = told.0.lock().unwrap().clone();
    assert!(lists.iter().any(|list| list == "/api/v1/pods"), "{lists:?}");
    assert!(bytes > 10_000 && objects >= 609, "{bytes} bytes, {objects} objects");
}
