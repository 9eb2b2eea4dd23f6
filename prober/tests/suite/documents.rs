//! The two documents: committed schemas, round trips, tolerance, digests.
//! `KUBEREACH_BLESS=1 cargo test -p kubereach-prober documents` rewrites the schemas.

use crate::common;
use kubereach_prober::plan::{ExpectedStatus, Span};
use kubereach_prober::words::{Protocol, Segment};
use kubereach_prober::{DocumentError, Observations, Plan, schema};
use proptest::prelude::*;
use serde_json::{Value, json};

fn current(name: &str, generated: &str) {
    let path = format!("{}/schema/{name}", env!("CARGO_MANIFEST_DIR"));
    if std::env::var_os("KUBEREACH_BLESS").is_some() {
        std::fs::write(&path, generated).unwrap();
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == generated, "{path} is stale: run this test with KUBEREACH_BLESS=1 and read the diff");
}

fn errors(schema: &str, document: &Value) -> Vec<String> {
    let schema: Value = serde_json::from_str(schema).unwrap();
    let validator = jsonschema::validator_for(&schema).unwrap();
    validator.iter_errors(document).map(|e| format!("{e} at {}", e.instance_path())).collect()
}

#[test]
fn the_committed_schemas_are_current() {
    current("plan-v1.json", &schema::plan());
    current("observations-v1.json", &schema::observations());
}

#[test]
fn documents_are_valid_and_read_back_unchanged() {
    let plan = common::plan();
    let value = serde_json::to_value(&plan).unwrap();
    assert_eq!(errors(&schema::plan(), &value), Vec::<String>::new());
    assert_eq!(Plan::parse(value.to_string().as_bytes()).unwrap(), plan);

    let observations = common::observations();
    let value = serde_json::to_value(&observations).unwrap();
    assert_eq!(errors(&schema::observations(), &value), Vec::<String>::new());
    let read = Observations::parse(value.to_string().as_bytes()).unwrap();
    assert_eq!(read.observations, observations);
    assert_eq!(read.problems, Vec::<String>::new());
}

#[test]
fn the_schemas_notice_a_wrong_word_and_a_missing_field() {
    let mut value = serde_json::to_value(common::plan()).unwrap();
    value["targets"][0]["protocol"] = json!("carrier-pigeon");
    value["targets"][1].as_object_mut().unwrap().remove("span");
    assert_eq!(errors(&schema::plan(), &value).len(), 2);
}

#[test]
fn a_plan_as_design_section_8_has_it_reads() {
    let plan = Plan::parse(
        json!({
            "schema": "kubereach/plan/v1", "snapshot": "sha256:1",
            "limits": {"timeout_ms": 1000, "total_ms": 5000, "parallel": 2},
            "targets": [{
                "id": "p", "span": {"from": "address", "to": "port"}, "address": "10.0.0.1", "port": 443,
                "protocol": "https", "host": "a.example", "sni": "a.example", "method": "GET", "path": "/",
                "headers": {"x": "1"}, "expect": {"status": 200, "body_contains": "ok"}, "guessed": true,
                "something_later": [1, 2]
            }]
        })
        .to_string()
        .as_bytes(),
    )
    .unwrap();
    let target = &plan.targets[0];
    assert_eq!(plan.limits.parallel, 2);
    assert_eq!(plan.limits.connect_ms, 4_000);
    assert_eq!(target.protocol, Protocol::Https);
    assert_eq!(target.expect.as_ref().unwrap().status, Some(ExpectedStatus::One(200)));
    assert!(target.guessed && target.verify && target.samples == 1);
}

#[test]
fn the_digest_is_of_what_is_asked_not_of_how_it_is_spelled() {
    let plan = common::plan();
    let mut spelled = serde_json::to_value(&plan).unwrap();
    spelled["targets"][0]["guessed"] = json!(false);
    spelled["targets"][0]["samples"] = json!(1);
    let pretty = serde_json::to_string_pretty(&spelled).unwrap();
    let again = Plan::parse(pretty.as_bytes()).unwrap();
    assert_eq!(again.digest().unwrap(), plan.digest().unwrap());
    let mut other = plan.clone();
    other.targets[0].path = Some("/cart?x=2".to_owned());
    assert_ne!(other.digest().unwrap(), plan.digest().unwrap());
    assert!(plan.digest().unwrap().starts_with("sha256:") && plan.digest().unwrap().len() == 71);
}

#[test]
fn an_unknown_schema_is_refused_before_anything_else_is_read() {
    for (document, found) in [
        (json!({"schema": "kubereach/plan/v2", "targets": "whatever"}), "kubereach/plan/v2"),
        (json!({"schema": "kubereach/observations/v1", "targets": []}), "kubereach/observations/v1"),
        (json!({"targets": []}), ""),
        (json!({"schema": 7}), "7"),
    ] {
        let error = Plan::parse(document.to_string().as_bytes()).unwrap_err();
        assert!(matches!(&error, DocumentError::UnknownSchema { found: f, .. } if f == found), "{error}");
    }
    let error = Observations::parse(br#"{"schema":"kubereach/report/v1"}"#).unwrap_err();
    assert!(error.to_string().contains("kubereach/observations/v1"), "{error}");
    assert!(Plan::parse(b"[1]").is_err());
    assert!(matches!(Plan::parse(b""), Err(DocumentError::Malformed { .. })));
}

#[test]
fn a_row_that_does_not_read_is_named_and_costs_no_other() {
    let mut value = serde_json::to_value(common::observations()).unwrap();
    value["results"][0]["outcome"] = json!("splendid");
    value["results"][1]["layers"][0]["class"] = json!("tcp.of-the-future");
    value["results"][1]["new_field"] = json!({"a": 1});
    let read = Observations::parse(value.to_string().as_bytes()).unwrap();
    assert_eq!(read.observations.results.len(), 1);
    assert_eq!(read.observations.results[0].layers[0].class, "tcp.of-the-future");
    assert_eq!(read.problems.len(), 1);
    assert!(read.problems[0].starts_with("results[0]"), "{:?}", read.problems);
}

#[test]
fn a_span_is_a_stretch_and_a_reversed_one_covers_nothing() {
    let span = Span::new(Segment::Service, Segment::Port);
    assert_eq!(span.segments().collect::<Vec<_>>(), [Segment::Service, Segment::Endpoints, Segment::Port]);
    assert!(span.contains(Segment::Endpoints) && !span.contains(Segment::Rule));
    assert_eq!(Span::new(Segment::Port, Segment::Service).segments().count(), 0);
}

proptest! {
    #[test]
    fn hostile_documents_are_refused_without_a_panic(bytes in proptest::collection::vec(any::<u8>(), 0..200)) {
        let _ = Plan::parse(&bytes);
        let _ = Observations::parse(&bytes);
    }

    #[test]
    fn mutilated_documents_never_panic(at in 0usize..4000, byte in any::<u8>()) {
        let mut text = serde_json::to_vec(&common::observations()).unwrap();
        let at = at % text.len();
        text[at] = byte;
        let _ = Observations::parse(&text);
        text.truncate(at);
        let _ = Observations::parse(&text);
    }
}
