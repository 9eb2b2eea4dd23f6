//! docs/rbac.yaml grants what a live read needs and nothing else.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use kubereach_engine::Filter;
use kubereach_engine::plan_snapshot;
use kubereach_live::cluster::{self, Ask, Resource};
use serde::Deserialize as _;
use serde_json::Value;

use super::kit::{ask, coverage, read, report, shop, target};
use crate::api::{Application, Cluster, Kind, Rule};

fn rules(out: &mut String, resources: &[Resource], verbs: &str) {
    let mut groups: BTreeMap<&str, Vec<&str>> = BTreeMap::new();
    for resource in resources {
        groups.entry(&resource.group).or_default().push(&resource.plural);
    }
    for (group, mut plurals) in groups {
        plurals.sort_unstable();
        plurals.dedup();
        let _ = writeln!(
            out,
            "  - apiGroups: [\"{group}\"]\n    resources: [{}]\n    verbs: [{verbs}]",
            plurals.join(", ")
        );
    }
}

fn rendered() -> String {
    let all = cluster::needed();
    let special = |r: &Resource| r.group.is_empty() && matches!(r.plural.as_str(), "secrets" | "configmaps");
    let plain: Vec<Resource> = all.iter().filter(|r| !special(r)).cloned().collect();
    let named: Vec<Resource> = plain.iter().filter(|r| r.namespaced).cloned().collect();
    let mut out = String::from(
        "# What `kubereach check --live` and `kubereach snapshot` ask an API server for: lists and gets, nothing else.\n\
         # Kinds that a cluster does not serve do no harm here. Reviews (who am I, may I) and discovery are granted to\n\
         # everybody who is authenticated (system:basic-user, system:discovery).\n\
         #\n\
         # This file is written by analyzer/tests/cluster/live/rbac.rs (KUBEREACH_BLESS=1), which also proves that it is enough.\n\
         #\n\
         # The ClusterRoles are for the whole cluster. The Roles name no namespace: they are made in the one that the file is\n\
         # applied to, and read that one alone.\n\
         #\n\
         #   kubectl apply -f rbac.yaml -n NAMESPACE\n\
         #   kubectl create clusterrolebinding kubereach --clusterrole=kubereach --user=YOU\n\
         #\n\
         # kubereach-secrets is apart, because RBAC cannot grant the names of Secrets without their content. Without it\n\
         # certificates are not judged, and that is what the report says. kubereach asks for names and types only; with\n\
         # --read-tls it gets the Secrets that an Ingress, Gateway or ListenerSet names for their certificate and key, and\n\
         # keeps the public certificates.\n\
         #\n\
         # kubereach-relay is apart, too: it is for --via apiserver, which has the API server pass GETs on to\n\
         # applications. Whoever has it can read whatever they serve over HTTP without credentials.\n\
         #\n\
         # kubereach-run is the only one that changes anything: it is for `kubereach run`, which creates a ConfigMap and\n\
         # a Job where it measures from, and deletes both. Bind it in those namespaces only, beside the roles for\n\
         # reading: whoever may create Jobs in a namespace can run programs there, as any of its service accounts.\n\
         #\n\
         #   kubectl create rolebinding kubereach-run --role=kubereach-run --user=YOU -n NAMESPACE\n",
    );
    let head = |out: &mut String, kind: &str, name: &str| {
        let _ = writeln!(
            out,
            "---\napiVersion: rbac.authorization.k8s.io/v1\nkind: {kind}\nmetadata: {{name: {name}}}\nrules:"
        );
    };
    let config_maps = "  - apiGroups: [\"\"]\n    resources: [configmaps]\n    verbs: [list, get]\n";
    let secrets = "  - apiGroups: [\"\"]\n    resources: [secrets]\n    verbs: [list, get]\n";
    head(&mut out, "ClusterRole", "kubereach");
    rules(&mut out, &plain, "list");
    out.push_str(config_maps);
    head(&mut out, "ClusterRole", "kubereach-secrets");
    out.push_str(secrets);
    head(&mut out, "ClusterRole", "kubereach-relay");
    out.push_str(RELAY);
    out.push_str(
        "---\n# For one namespace: kubectl create rolebinding kubereach --role=kubereach --user=YOU -n NAMESPACE",
    );
    out.push('\n');
    head(&mut out, "Role", "kubereach");
    rules(&mut out, &named, "list");
    out.push_str("  - apiGroups: [\"\"]\n    resources: [namespaces]\n    verbs: [get]\n");
    out.push_str(config_maps);
    head(&mut out, "Role", "kubereach-relay");
    out.push_str(RELAY);
    head(&mut out, "Role", "kubereach-run");
    out.push_str(&of_run());
    out.replace("YOU -n NAMESPACE\n---\n", "YOU -n NAMESPACE\n")
}

/// What `run` asks the API server whether it may, and nothing else.
fn of_run() -> String {
    let mut verbs: BTreeMap<(&str, &str), Vec<&str>> = BTreeMap::new();
    for need in kubereach_live::run::NEEDS {
        verbs.entry((need.group, need.resource)).or_default().push(need.verb);
    }
    let mut out = String::new();
    for ((group, resource), verbs) in verbs {
        let verbs = verbs.join(", ");
        let _ = writeln!(out, "  - apiGroups: [\"{group}\"]\n    resources: [{resource}]\n    verbs: [{verbs}]");
    }
    out
}

const RELAY: &str = "  - apiGroups: [\"\"]\n    resources: [services/proxy, pods/proxy]\n    verbs: [get]\n";

fn documents() -> Vec<Value> {
    let path = kubereach_testkit::repository().join("docs/rbac.yaml");
    let expected = rendered();
    if std::env::var_os("KUBEREACH_BLESS").is_some() {
        std::fs::write(&path, &expected).unwrap();
    }
    let text = std::fs::read_to_string(&path).unwrap();
    assert_eq!(text, expected, "docs/rbac.yaml is not what a live read needs: KUBEREACH_BLESS=1 writes it anew");
    serde_yaml::Deserializer::from_str(&text).map(|d| Value::deserialize(d).unwrap()).collect()
}

fn role<'d>(documents: &'d [Value], kind: &str, name: &str) -> &'d Value {
    documents.iter().find(|d| d["kind"] == kind && d["metadata"]["name"] == name).unwrap()
}

/// A server that has every kind.
fn everything() -> Cluster {
    let mut cluster = Cluster::new(shop());
    cluster.kinds = cluster::needed()
        .into_iter()
        .map(|r| Kind { group: r.group, version: r.version, kind: r.kind, plural: r.plural, namespaced: r.namespaced })
        .collect();
    cluster
}

#[test]
fn the_cluster_role_is_enough_for_everything() {
    let documents = documents();
    let mut rules = Rule::of_role(role(&documents, "ClusterRole", "kubereach"), None);
    for (token, secrets) in [("plain", false), ("with-secrets", true)] {
        if secrets {
            rules.extend(Rule::of_role(role(&documents, "ClusterRole", "kubereach-secrets"), None));
        }
        let api = everything().identity(token, rules.clone()).start();
        let report = report(&api, token, &ask());
        // Definitions are not asked for: discovery says which kinds there are.
        for row in report.snapshot.coverage.iter().filter(|row| row.kind != "CustomResourceDefinition") {
            let expected = match row.kind.as_str() {
                "Secret" if !secrets => "forbidden",
                _ => "complete",
            };
            assert_eq!(row.state.word(), expected, "{token}: {} {:?}: {}", row.kind, row.namespace, row.reason);
        }
        assert!(report.snapshot.coverage.len() > 60);
    }
}

#[test]
fn the_role_is_enough_for_its_namespace() {
    let documents = documents();
    let rules = Rule::of_role(role(&documents, "Role", "kubereach"), Some("shop"));
    let api = everything().identity("tenant", rules).start();
    let report = report(&api, "tenant", &Ask { namespaces: vec!["shop".to_owned()], ..ask() });
    for resource in cluster::needed().iter().filter(|r| r.namespaced && r.group.is_empty() && r.kind != "Secret") {
        assert_eq!(coverage(&report, &resource.kind, Some("shop")).0, "complete", "{}", resource.kind);
    }
    assert_eq!(coverage(&report, "Secret", None).0, "forbidden");
    assert_eq!(report.subjects.len(), 1);
    assert!(!serde_json::to_string(&report).unwrap().contains("vault"));
}

#[test]
fn nothing_but_lists_and_gets_is_granted_outside_of_run() {
    for document in documents() {
        let run = document["metadata"]["name"] == "kubereach-run";
        assert!(!run || document["kind"] == "Role", "never for a whole cluster");
        for rule in document["rules"].as_array().into_iter().flatten() {
            for verb in rule["verbs"].as_array().unwrap() {
                let ours = run && matches!(rule["resources"][0].as_str(), Some("jobs" | "configmaps"));
                let changes = ours && (verb == "create" || verb == "delete");
                assert!(verb == "list" || verb == "get" || changes, "{verb}");
            }
            assert!(!rule.to_string().contains('*'), "{rule}");
        }
    }
}

#[test]
fn the_relays_role_is_what_a_plan_needs_to_be_relayed() {
    let documents = documents();
    for (kind, namespace) in [("ClusterRole", None), ("Role", Some("shop"))] {
        let rules = Rule::of_role(role(&documents, kind, "kubereach-relay"), namespace);
        let answer = Application { status: 200, ..Application::default() };
        let api = ["shop-web:80", "shop-web-1:8080", "vault-web:80", "vault-web-1:8080"]
            .into_iter()
            .fold(everything().identity("relayer", rules), |cluster, id| cluster.application(id, answer.clone()))
            .start();
        let plan = plan_snapshot(&read(&api, "admin", &ask()).unwrap().snapshots[0], &Filter::default(), None);
        let seen = cluster::relay(&target(&api, "relayer"), &plan, cluster::RelayOptions::default()).unwrap();
        let answered = seen.results.iter().filter(|row| row.class == "http.ok").count();
        assert_eq!(answered, if namespace.is_some() { 2 } else { 4 }, "{kind}");
        let denied = seen.results.iter().filter(|row| row.class == "norun.rbac");
        assert!(denied.clone().count() == 4 - answered && denied.clone().all(|row| row.command.contains("/vault/")));
    }
}

#[test]
fn the_roles_are_made_in_the_namespace_that_the_file_is_applied_to() {
    // kubectl refuses an object of another namespace than -n names.
    assert!(documents().iter().all(|document| document["metadata"]["namespace"].is_null()));
}
