//! Thirty questions that a model asks in an incident: each answer fits, and holds the fact that decides.

use serde_json::{Value, json};

use super::shop;

/// How large a result may be, whole.
const USUAL: usize = 24 * 1024;

/// A tool, its arguments, and what its answer must hold: a pointer and a part of what stands there.
type Question = (&'static str, Value, &'static [(&'static str, &'static str)]);

#[rustfmt::skip]
fn questions() -> Vec<Question> {
    let subject = |kind: &str, namespace: &str, name: &str| json!({"kind": kind, "namespace": namespace, "name": name});
    vec![
        ("sources", json!({}), &[("/sources/0/kind", "files")]),
        ("overview", json!({}), &[("/summary/broken", "1"), ("/summary/unknown", "1"), ("", "killed for lack of memory")]),
        ("overview", json!({"verdicts": ["broken"]}), &[("/subjects/0/name", "cart"), ("/subjects/0/broken_at/segment", "endpoints")]),
        ("overview", json!({"verdicts": ["unknown"]}), &[("/subjects/0/name", "invoices"), ("/subjects/0/why", "permission refused")]),
        ("overview", json!({"namespaces": ["billing"]}), &[("/subjects/0/verdict", "unknown")]),
        ("overview", json!({"kinds": ["gateways"]}), &[("/subjects/0/verdict", "config-ok")]),
        ("diagnose", subject("service", "shop", "cart"), &[("/verdict", "broken"), ("/why", "memory"), ("/next/command", "kubectl logs cart-"), ("/paths/0/config", "blocked")]),
        ("diagnose", subject("svc", "shop", "search"), &[("/verdict", "degraded"), ("", "readiness probe"), ("", "/ready")]),
        ("diagnose", subject("Ingress", "shop", "shop"), &[("/verdict", "degraded"), ("/says", "1 of 2 ways")]),
        ("diagnose", subject("ing", "shop", "account"), &[("/verdict", "config-ok"), ("/assumptions/0/says", "TLS Secrets were not read")]),
        ("diagnose", subject("Service", "billing", "invoices"), &[("/verdict", "unknown"), ("/why", "permission refused"), ("/next/command", "kubectl get endpointslices -n billing")]),
        ("diagnose", subject("Gateway", "shop", "edge"), &[("/verdict", "config-ok"), ("/traffic", "not-tested")]),
        ("diagnose", subject("httproutes", "shop", "api"), &[("/verdict", "config-ok"), ("/paths/0/segments", "")]),
        ("diagnose", subject("Service", "shop", "web"), &[("/verdict", "config-ok"), ("/not_checked", "")]),
        ("diagnose", subject("Service", "shop", "cartt"), &[("/found", "absent"), ("/says", "did you mean 'cart'")]),
        ("diagnose", subject("Service", "billing", "cart"), &[("/found", "absent"), ("/says", "-n shop")]),
        ("diagnose", subject("route.route.openshift.io", "shop", "web"), &[("/found", "unknown"), ("/verdict", "unknown"), ("/says", "proves nothing")]),
        ("request", json!({"url": "https://shop.example/cart"}), &[("/hops/0/answer", "response"), ("/hops/0/status/0", "503"), ("/hops/0/because/0/says", "none of the 2 pods")]),
        ("request", json!({"url": "http://api.shop.example/v1"}), &[("/hops/0/answer", "backend"), ("/hops/0/backends/0/name", "api"), ("/hops/0/door", "Gateway/shop/edge")]),
        ("request", json!({"url": "https://account.shop.example/"}), &[("/hops/0/answer", "backend"), ("/hops/0/assumptions/0/says", "TLS Secrets")]),
        ("request", json!({"url": "https://nowhere.example/"}), &[("/hops/0/answer", "unknown")]),
        ("request", json!({"url": "http://cart.shop.svc:80/"}), &[("/hops/0/answer", "refused"), ("/hops/0/because/0/says", "has no port 80")]),
        ("can_reach", json!({"from": "shop/deployment/web", "to": "shop/service/cart:8080"}), &[("/rows/0/answer", "")]),
        ("can_reach", json!({"from": "external", "to": "shop/service/web:80"}), &[("/rows/0/answer", "")]),
        ("coverage", json!({"states": ["forbidden"]}), &[("/coverage/0/state", "forbidden"), ("", "billing")]),
        ("coverage", json!({"kinds": ["Secret"]}), &[("/coverage/0/state", "not-collected"), ("/coverage/0/why", "support bundle")]),
        ("explain", json!({"code": "service/no-ready-endpoints"}), &[("/page/effect", "blocks"), ("/page/sources/0", "")]),
        ("explain", json!({"code": "out-of-memory"}), &[("/codes/0/code", "pod/out-of-memory")]),
        ("plan", json!({"names": ["cart"]}), &[("/targets/0/protocol", "")]),
        ("plan", json!({}), &[("/targets/0/id", "")]),
    ]
}

#[test]
fn the_answers_of_an_incident_fit_and_hold_the_fact_that_decides() {
    let mut client = shop();
    let questions = questions();
    assert_eq!(questions.len(), 30);
    let mut largest = 0;
    for (tool, arguments, facts) in questions {
        let result = client.call(tool, arguments.clone());
        let asked = format!("{tool} {arguments}");
        assert_ne!(result["isError"], true, "{asked}: {result:#}");
        let size = result.to_string().len();
        assert!(size <= USUAL, "{asked}: {size} bytes");
        largest = largest.max(size);
        let answer = &result["structuredContent"];
        for (place, part) in facts {
            let there = answer.pointer(place).unwrap_or_else(|| panic!("{asked}: no {place} in {answer:#}"));
            let text = there.as_str().map_or_else(|| there.to_string(), ToOwned::to_owned);
            assert!(!text.is_empty() && text.contains(part), "{asked}: {place} is {text}, without '{part}'");
        }
        // Whatever cannot be told says why.
        for row in answer.pointer("/subjects").and_then(Value::as_array).into_iter().flatten() {
            assert!(row["verdict"] != "unknown" || !row["why"].as_str().unwrap_or_default().is_empty(), "{row:#}");
        }
    }
    assert!(largest > 4_000, "{largest}");
}

#[test]
fn what_was_forbidden_is_never_missing() {
    let mut client = shop();
    let rows = client.tool("coverage", json!({"namespaces": ["billing"], "states": ["forbidden"]}));
    let kinds: Vec<&str> =
        rows["coverage"].as_array().unwrap().iter().map(|row| row["kind"].as_str().unwrap()).collect();
    assert!(kinds.contains(&"Pod") && kinds.contains(&"EndpointSlice"), "{kinds:?}");
    // Ingresses of billing were closed, too: nobody may say that there is none.
    for name in ["anything", "web"] {
        let answer = client.tool("diagnose", json!({"kind": "Ingress", "namespace": "billing", "name": name}));
        let closed = client.tool("coverage", json!({"kinds": ["Ingress"], "namespaces": ["billing"]}));
        let closed = closed["coverage"].as_array().unwrap().iter().any(|row| row["state"] == "forbidden");
        assert_eq!(answer["found"], if closed { "unknown" } else { "absent" }, "{answer:#}");
    }
}

#[test]
fn a_large_cluster_comes_in_parts_that_fit_and_nothing_is_lost() {
    let folder = tempfile::tempdir().unwrap();
    let mut items = Vec::new();
    for n in 0..400 {
        items.push(json!({"apiVersion": "v1", "kind": "Service", "metadata": {"name": format!("web-{n:03}"), "namespace": format!("team-{}", n % 20)},
            "spec": {"selector": {"app": format!("web-{n:03}")}, "ports": [{"port": 80}]}}));
    }
    let file = folder.path().join("large.json");
    std::fs::write(&file, json!({"apiVersion": "v1", "kind": "List", "items": items}).to_string()).unwrap();
    let mut command = super::server(&[file]);
    command.arg("--assume-complete");
    let mut client = super::Client::start(command);
    let (mut seen, mut parts, mut cursor) = (std::collections::BTreeSet::new(), 0, Value::Null);
    loop {
        let arguments = if cursor.is_null() { json!({}) } else { json!({"cursor": cursor}) };
        let result = client.call("overview", arguments);
        assert!(result.to_string().len() <= USUAL);
        let answer = &result["structuredContent"];
        assert_eq!(answer["summary"]["broken"], 400);
        let truncated = &answer["truncated"];
        assert!(truncated["total"].as_u64().unwrap() >= 400 && truncated["shown"].as_u64().unwrap() > 0, "{truncated}");
        for subject in answer["subjects"].as_array().unwrap() {
            assert!(seen.insert(subject["name"].as_str().unwrap().to_owned()), "{subject} twice");
        }
        parts += 1;
        cursor = truncated["cursor"].clone();
        if cursor.is_null() {
            break;
        }
    }
    assert_eq!(seen.len(), 400);
    // More at a time where that is asked for, and never another question's cursor.
    let result = client.call("overview", json!({"max_bytes": 262_144}));
    assert!(result.to_string().len() <= 262_144);
    let shown = result["structuredContent"]["truncated"]["shown"].as_u64().unwrap();
    assert!(shown > 100 && parts > 10, "{shown} in one, {parts} parts");
    let first = client.tool("overview", json!({}))["truncated"]["cursor"].clone();
    let why = client.refused("overview", json!({"cursor": first, "verdicts": ["broken"]}));
    assert!(why.contains("another question"), "{why}");
}
