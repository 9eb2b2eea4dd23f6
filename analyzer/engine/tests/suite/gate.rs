//! The gate: places, fingerprints, what is accepted, and every format over every fixture.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::LazyLock;

use kubereach_engine::AnalysisOptions;
use kubereach_engine::analyze;
use kubereach_engine::gate::annotations::Annotation;
use kubereach_engine::gate::baseline::{self, Baseline};
use kubereach_engine::gate::checks::Ungated;
use kubereach_engine::gate::{Honour, Ignore, Rules, apply};
use kubereach_intake::progress::Silent;
use kubereach_intake::{InputSpec, Unread};
use kubereach_reports::render::{Format, RenderOptions, render};
use kubereach_reports::report::*;
use kubereach_testkit::situations::{args, folders, inputs, name};
use kubereach_testkit::snapshots::bytes;
use proptest::prelude::*;

use crate::common::situation::options;

/// Every fixture that can be analyzed, with its inputs.
fn every_fixture() -> &'static [(String, Report)] {
    static FIXTURES: LazyLock<Vec<(String, Report)>> = LazyLock::new(read_fixtures);
    &FIXTURES
}

fn read_fixtures() -> Vec<(String, Report)> {
    let mut found = Vec::new();
    for folder in folders() {
        let args = args(&folder);
        // What is compared has no report of its own.
        if args.iter().any(|arg| arg.starts_with("--prune=")) {
            continue;
        }
        if let Ok(report) = analyze(&inputs(&folder), &options(&args), &Silent) {
            found.push((name(&folder), report));
        }
    }
    assert!(found.len() > 100, "fixtures are missing");
    found
}

/// What stands at a place of a plain file: from its column to the end of the line.
fn stands_at(at: &Location) -> Option<String> {
    let text = std::fs::read_to_string(&at.path).ok()?;
    let text = text.strip_prefix('\u{feff}').unwrap_or(&text).to_owned();
    let line = text.split('\n').nth(at.line as usize - 1)?;
    Some(line.chars().skip(at.column as usize - 1).collect())
}

/// Findings of manifests and exports point at a field, and what stands there is that field.
#[test]
fn every_place_is_that_of_the_very_field() {
    let (mut wrong, mut without_field, mut fields) = (Vec::new(), BTreeMap::new(), 0);
    for (name, report) in every_fixture() {
        for finding in &report.findings {
            let acts = matches!(finding.effect, Effect::Blocks | Effect::Narrows);
            let Some(at) = &finding.location else {
                if acts {
                    wrong.push(format!("{name}: {} of {} has no location", finding.code, finding.object));
                }
                continue;
            };
            let Some(field) = &at.field else {
                if acts {
                    without_field.entry(finding.code.clone()).or_insert_with(|| name.clone());
                }
                continue;
            };
            fields += 1;
            // Members of archives are looked at by the tests of positions.
            let Some(text) = stands_at(at) else { continue };
            if let Some(end) = at.end_column {
                let length = (end - at.column) as usize;
                let token: String = text.chars().take(length).collect();
                if token.trim() != token || token.is_empty() {
                    wrong.push(format!("{name}: {} {field}: '{token}' at {}:{}", finding.code, at.line, at.column));
                }
            }
            let quoted = field.strip_suffix("\"]").and_then(|f| f.rsplit_once("[\"")).map(|(_, key)| key);
            let last = || field.rsplit(['.', ']']).find(|part| !part.is_empty()).unwrap_or_default();
            // Of an item of a list the key of the list.
            let plain = || last().split('[').next().unwrap_or_default();
            let key = quoted.unwrap_or_else(plain);
            let line: String = std::fs::read_to_string(&at.path)
                .unwrap()
                .split('\n')
                .nth(at.line as usize - 1)
                .unwrap_or_default()
                .to_owned();
            // The value of a mapping begins on the next line; every other field has its key on its line.
            let plain_key = !key.is_empty() && !key.starts_with('[');
            let starts_block = text.contains(':') || text.starts_with(['-', '[', '{', '&', '*']);
            if plain_key && !line.contains(key) && !starts_block && !line.trim_start().starts_with('-') {
                wrong.push(format!("{name}: {} {field} at {}:{}: {line}", finding.code, at.line, at.column));
            }
            if let Some(frame) = &finding.frame {
                let marked = &frame.lines[frame.marked];
                let shown: String = marked.chars().skip(frame.start).take(frame.end - frame.start).collect();
                if !text.starts_with(&shown) {
                    wrong.push(format!("{name}: {} the frame marks '{shown}', the file has '{text}'", finding.code));
                }
                assert_eq!(frame.first_line as usize + frame.marked, at.line as usize, "{name} {}", finding.code);
            }
        }
    }
    println!("{fields} findings point at a field; blocks and narrows that do not: {without_field:#?}");
    assert!(wrong.is_empty(), "{} places are wrong:\n{}", wrong.len(), wrong.join("\n"));
    // What is about an object as a whole, because no line of it is at fault: certificates (their bytes are
    // never shown), status written by controllers, pods and nodes that are not ready.
    let whole: BTreeSet<&str> = WHOLE.into_iter().collect();
    let surprising: Vec<_> = without_field.iter().filter(|(code, _)| !whole.contains(code.as_str())).collect();
    assert!(surprising.is_empty(), "these block or narrow and point at no field: {surprising:#?}");
}

/// Codes whose findings may be about an object as a whole.
const WHOLE: [&str; 22] = [
    "dns/alias-unanswered",
    "endpoints/node-not-ready",
    "gateway/attached-route-broken",
    "gateway/proxy-not-ready",
    "httpproxy/envoy-not-ready",
    "ingress/controller-not-ready",
    "ingress/ignored",
    "istio/gateway-not-ready",
    "openshift/router-not-ready",
    "policy/admits-no-one",
    "route/partially-invalid",
    "service/endpoint-is-cluster-address",
    "service/load-balancer-pods-down",
    "service/no-ready-endpoints",
    "service/some-endpoints-unusable",
    "service/only-terminating-endpoints",
    "service/some-endpoints-not-ready",
    "service/terminating-not-serving",
    "traefik/class-not-served",
    "traefik/controller-not-ready",
    "traefik/namespace-not-watched",
    "traefik/provider-off",
];

/// Values of Secrets never reach a frame.
#[test]
fn no_frame_is_of_a_secret() {
    for (name, report) in every_fixture() {
        for finding in report.findings.iter().filter(|f| f.frame.is_some()) {
            let stands_in = finding.stands_in.as_ref().unwrap_or(&finding.object);
            assert!(!matches!(stands_in.kind.as_str(), "Secret" | "ConfigMap"), "{name}: {}", finding.code);
        }
    }
}

#[test]
fn every_format_renders_every_fixture_and_is_valid() {
    let schema = |name: &str| {
        let path = kubereach_testkit::repository().join("reports/tests/schemas").join(name);
        // As published, a pattern of SARIF has a bracket too many and is no regular expression.
        let text = std::fs::read_to_string(path).unwrap().replace("[a-zA-Z]{2}]?$", "[a-zA-Z]{2}$");
        let schema: serde_json::Value = serde_json::from_str(&text).unwrap();
        jsonschema::validator_for(&schema).unwrap()
    };
    let (sarif, gitlab) = (schema("sarif-2.1.0.json"), schema("gitlab-code-quality.json"));
    for (name, report) in every_fixture() {
        for &format in Format::ALL {
            let mut out = Vec::new();
            render(report, format, &RenderOptions::default(), &mut out).unwrap();
            let text = String::from_utf8(out).unwrap();
            assert!(!text.is_empty() || report.subjects.is_empty(), "{name} {}", format.word());
            let schema = match format {
                Format::Sarif => &sarif,
                Format::Gitlab => &gitlab,
                _ => continue,
            };
            let value = serde_json::from_str(&text).unwrap();
            let errors: Vec<String> =
                schema.iter_errors(&value).map(|e| format!("{e} at {}", e.instance_path())).collect();
            assert!(errors.is_empty(), "{name} {}: {errors:#?}", format.word());
        }
    }
}

#[test]
fn fingerprints_are_unique_within_a_report() {
    for (name, report) in every_fixture() {
        let unique: BTreeSet<&str> = report.findings.iter().map(|f| f.fingerprint.as_str()).collect();
        assert_eq!(unique.len(), report.findings.len(), "{name}");
        assert!(!unique.contains(""), "{name}");
    }
}

const INGRESS: &str = "\
apiVersion: networking.k8s.io/v1
kind: Ingress
metadata:
  name: shop
  namespace: shop
spec:
  ingressClassName: nginx
  rules:
  - host: shop.example
    http:
      paths:
      - path: /
        pathType: Prefix
        backend: {service: {name: web, port: {number: 80}}}
      - path: /cart
        pathType: Prefix
        backend: {service: {name: cart, port: {number: 80}}}
";
const SERVICE: &str = "\
apiVersion: v1
kind: Service
metadata:
  name: web
  namespace: shop
spec:
  selector: {app: wbe}
  ports:
  - port: 80
";
const POD: &str = "\
apiVersion: apps/v1
kind: Deployment
metadata:
  name: web
  namespace: shop
spec:
  selector: {matchLabels: {app: web}}
  template:
    metadata: {labels: {app: web}}
    spec: {containers: [{name: app, image: app, ports: [{containerPort: 80}]}]}
";

fn judged(texts: &[&str], gate: Option<Rules>) -> Report {
    let inputs: Vec<InputSpec> = texts.iter().enumerate().map(|(n, text)| bytes(&format!("{n}.yaml"), text)).collect();
    let mut options = AnalysisOptions { gate, ..options(&["--assume-complete".to_owned()]) };
    "shop".clone_into(&mut options.intake.default_namespace);
    analyze(&inputs, &options, &Silent).unwrap()
}

fn rules() -> Rules {
    Rules {
        fail_on: "broken".to_owned(),
        existing: false,
        config: None,
        ignores: Vec::new(),
        ungated: Vec::new(),
        honour: Honour::Manifests,
        baseline: None,
        today: "2026-11-24".parse().unwrap(),
        partial: false,
        allow_unreadable: false,
    }
}

fn ignore(code: &str, object: &str, expires: Option<&str>) -> Ignore {
    let expires = expires.map(|date| date.parse().unwrap());
    Ignore::new(code.to_owned(), object.to_owned(), "known".to_owned(), expires, "k.toml:1".to_owned()).unwrap()
}

fn fingerprints(report: &Report) -> BTreeSet<(String, String)> {
    report.findings.iter().map(|f| (f.code.clone(), f.fingerprint.clone())).collect()
}

fn subject<'r>(report: &'r Report, kind: &str, name: &str) -> &'r Subject {
    report.subjects.iter().find(|s| s.kind == kind && s.name == name).unwrap()
}

/// The codes that block or narrow a subject.
fn codes(report: &Report, kind: &str, name: &str) -> BTreeSet<String> {
    let ids = &subject(report, kind, name).findings;
    let acting = report.findings.iter().filter(|f| matches!(f.effect, Effect::Blocks | Effect::Narrows));
    acting.filter(|f| ids.contains(&f.id)).map(|f| f.code.clone()).collect()
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 24, failure_persistence: None, ..ProptestConfig::default() })]

    /// Comments, empty lines and the order of documents and files move every line and change no fingerprint.
    #[test]
    fn fingerprints_survive_moved_lines_and_any_order(
        blank in proptest::collection::vec(0_usize..4, 3),
        order in Just([0_usize, 1, 2]).prop_shuffle(),
        one_file in any::<bool>(),
    ) {
        let plain = judged(&[INGRESS, SERVICE, POD], Some(rules()));
        let texts = [INGRESS, SERVICE, POD];
        let moved: Vec<String> = order
            .iter()
            .zip(&blank)
            .map(|(&n, &lines)| format!("{}{}", "# a comment\n\n".repeat(lines), texts[n]))
            .collect();
        let joined = moved.join("---\n");
        let parts: Vec<&str> = if one_file { vec![&joined] } else { moved.iter().map(String::as_str).collect() };
        let again = judged(&parts, Some(rules()));
        prop_assert_eq!(fingerprints(&plain), fingerprints(&again));
        prop_assert_eq!(baseline::write(&plain), baseline::write(&again));
    }
}

#[test]
fn a_baseline_accepts_what_was_there_and_nothing_new() {
    let before = judged(&[SERVICE, POD], Some(rules()));
    assert!(before.gate.as_ref().unwrap().tripped);
    let text = baseline::write(&before);
    let with = |texts: &[&str]| {
        let baseline = Some(Baseline::parse("b.json", &text).unwrap());
        judged(texts, Some(Rules { baseline, ..rules() }))
    };
    let same = with(&[SERVICE, POD]);
    let gate = same.gate.as_ref().unwrap();
    assert!(!gate.tripped && gate.excused == 1 && gate.suppressed >= 1, "{gate:?}");
    assert_eq!(subject(&same, "Service", "web").verdict, Verdict::Broken, "the verdict stands");
    assert!(subject(&same, "Service", "web").excused);
    assert_eq!(same.summary, before.summary);
    let worse = with(&[SERVICE, POD, &SERVICE.replace("name: web", "name: api")]);
    assert!(worse.gate.as_ref().unwrap().tripped, "a new break trips the gate");
    let mended = with(&[&SERVICE.replace("wbe", "web"), POD]);
    let gate = mended.gate.as_ref().unwrap();
    assert!(!gate.tripped && gate.count(SuppressionState::Unused) >= 1, "what is gone is named: {gate:?}");
    for (bad, words) in [
        ("{}", "not a baseline"),
        ("[", "b.json:1:1"),
        (r#"{"schema":"kubereach/baseline/v9","findings":[]}"#, "kubereach/baseline/v9"),
    ] {
        let said = Baseline::parse("b.json", bad).unwrap_err().to_string();
        assert!(said.contains(words), "{said}");
    }
}

#[test]
fn an_ignore_is_for_its_code_and_its_objects_until_its_day() {
    let all = judged(&[SERVICE, POD], Some(rules()));
    let code = codes(&all, "Service", "web").into_iter().next().expect("a finding that blocks");
    let with = |ignore: Ignore| judged(&[SERVICE, POD], Some(Rules { ignores: vec![ignore], ..rules() })).gate.unwrap();
    for (object, works) in [
        ("Service/shop/web", true),
        ("Service/*/web", true),
        ("*/shop/*", true),
        ("**", true),
        ("Service/other/*", false),
        ("Service/*", false),
    ] {
        let gate = with(ignore(&code, object, None));
        assert_eq!(gate.tripped, !works, "{object}");
        assert_eq!(gate.count(SuppressionState::Unused), usize::from(!works), "{object}");
    }
    assert!(!with(ignore(&code, "**", Some("2026-11-24"))).tripped, "its last day counts");
    let gate = with(ignore(&code, "**", Some("2026-11-23")));
    assert!(gate.tripped);
    assert_eq!(gate.count(SuppressionState::Expired), 1);
    assert_eq!(gate.suppressions[0].findings, 1, "it says what it would have accepted");
}

/// What somebody accepted before it became an assumption is no complaint, and counts again under `--strict`.
#[test]
fn what_is_accepted_of_an_assumption_is_not_unused() {
    let folder = kubereach_testkit::situations::fixtures().join("policy/not-collected");
    let accepted = |strict: bool| {
        let mut options = AnalysisOptions {
            gate: Some(Rules {
                fail_on: "unknown".to_owned(),
                ignores: vec![ignore("policy/not-collected", "**", None)],
                ..rules()
            }),
            ..options(&args(&folder))
        };
        options.intake.strict = strict;
        let report = analyze(&inputs(&folder), &options, &Silent).unwrap();
        (subject(&report, "Service", "web").verdict, report.gate.unwrap())
    };
    let (verdict, gate) = accepted(false);
    assert_eq!((verdict, gate.tripped), (Verdict::ConfigOk, false));
    assert_eq!(gate.suppressions[0].state, SuppressionState::Assumed);
    let (verdict, gate) = accepted(true);
    assert_eq!((verdict, gate.tripped), (Verdict::Unknown, false));
    assert_eq!((gate.suppressions[0].state, gate.excused), (SuppressionState::Used, 1));
}

#[test]
fn annotations_count_in_manifests_and_not_in_dumps() {
    let all = judged(&[SERVICE, POD], Some(rules()));
    let code = codes(&all, "Service", "web").into_iter().next().unwrap();
    let key = kubereach_engine::gate::annotations::key(&code);
    let annotated = |reason: &str, extra: &str| {
        let note = format!("namespace: shop\n{extra}  annotations:\n    {key}: \"{reason}\"");
        SERVICE.replacen("namespace: shop", &note, 1)
    };
    let gate = |text: &str, honour| judged(&[text, POD], Some(Rules { honour, ..rules() })).gate.unwrap();
    assert!(!gate(&annotated("rolled out by hand", ""), Honour::Manifests).tripped);
    assert!(gate(&annotated("rolled out by hand", ""), Honour::None).tripped);
    let unreasoned = gate(&annotated("", ""), Honour::Manifests);
    assert!(unreasoned.tripped && unreasoned.count(SuppressionState::NotApplied) == 1, "a reason is required");
    let stored = "  uid: 11111111-0000-4000-8000-000000000001\n  resourceVersion: '1'\n  creationTimestamp: '2026-01-01T00:00:00Z'\n";
    let dump = gate(&annotated("hush", stored), Honour::Manifests);
    assert!(dump.tripped, "a dump cannot silence its own findings");
    assert_eq!(dump.count(SuppressionState::NotApplied), 1, "{dump:?}");
}

/// `gate = false`: shown, counted, and the gate stays shut for everything else.
#[test]
fn an_ungated_check_is_shown_and_trips_nothing() {
    let code = "service/selects-no-pod";
    let ungated = |code: &str| vec![Ungated { code: code.to_owned(), place: "k.toml:1".to_owned() }];
    let with = |code: &str| judged(&[SERVICE, POD], Some(Rules { ungated: ungated(code), ..rules() }));
    let (plain, passed) = (judged(&[SERVICE, POD], Some(rules())), with(code));
    assert!(plain.gate.as_ref().unwrap().tripped);
    let gate = passed.gate.as_ref().unwrap();
    assert!(!gate.tripped);
    assert_eq!((gate.suppressed, gate.excused), (0, 1), "nothing is suppressed");
    assert_eq!(gate.count(SuppressionState::Ungated), 1);
    assert_eq!(gate.suppressions[0].findings, 1);
    assert_eq!(passed.summary, plain.summary);
    assert!(passed.findings.iter().all(|f| f.suppressed.is_none()));
    // A check that finds nothing here is no complaint, and lets nothing else pass.
    let other = with("pod/flapping").gate.unwrap();
    assert!(other.tripped && other.count(SuppressionState::Unused) == 0);
}

#[test]
fn accepting_one_break_never_hides_another() {
    // Both ways of the Ingress are blocked, for two reasons.
    let report = judged(&[INGRESS], None);
    let acting: Vec<&Finding> = report.findings.iter().filter(|f| f.effect == Effect::Blocks).collect();
    assert!(acting.len() >= 2, "two missing Services: {acting:#?}");
    let verdict = subject(&report, "Ingress", "shop").verdict;
    assert_eq!(verdict, Verdict::Broken);
    let gate_of = |accepted: &[&str]| {
        let mut report = report.clone();
        for finding in report.findings.iter_mut().filter(|f| accepted.contains(&f.id.as_str())) {
            finding.suppressed = Some(Suppression {
                by: SuppressedBy::Baseline,
                reason: String::new(),
                place: String::new(),
                expires: None,
            });
        }
        apply(&mut report, &rules(), &[], &Unread::default());
        assert_eq!(subject(&report, "Ingress", "shop").verdict, verdict);
        report.gate.unwrap()
    };
    let ids: Vec<&str> = acting.iter().map(|f| f.id.as_str()).collect();
    assert!(gate_of(&[]).tripped);
    for id in &ids {
        assert!(gate_of(&[id]).tripped, "the other way is still blocked");
    }
    let gate = gate_of(&ids);
    assert!(!gate.tripped && gate.excused == 1, "{gate:?}");
}

/// Whatever is accepted, no verdict, count or path changes, and the gate never trips more than without.
#[test]
fn accepting_changes_no_verdict_of_any_fixture() {
    for (name, report) in every_fixture() {
        for fail_on in ["broken", "degraded", "unknown", "never"] {
            let plain = Rules { fail_on: fail_on.to_owned(), ..rules() };
            let (mut open, mut accepted) = (report.clone(), report.clone());
            apply(&mut open, &plain, &[], &Unread::default());
            let trips = |s: &&Subject| Gate::trips(fail_on, s.verdict);
            assert_eq!(open.gate.as_ref().unwrap().failing, report.subjects.iter().filter(trips).count(), "{name}");
            assert!(open.subjects.iter().all(|s| !s.excused), "{name}: nothing was accepted");
            let all = Baseline::parse("b", &baseline::write(report)).unwrap();
            apply(&mut accepted, &Rules { baseline: Some(all), ..plain }, &[], &Unread::default());
            assert_eq!(accepted.summary, report.summary, "{name}");
            for (a, b) in accepted.subjects.iter().zip(&report.subjects) {
                assert_eq!((a.verdict, &a.paths, &a.headline), (b.verdict, &b.paths, &b.headline), "{name}");
            }
            assert!(accepted.gate.as_ref().unwrap().failing <= open.gate.as_ref().unwrap().failing, "{name}");
        }
    }
}

#[test]
fn an_annotation_is_matched_by_the_object_that_names_a_missing_one() {
    let report = judged(&[INGRESS], None);
    let finding = report.findings.iter().find(|f| f.effect == Effect::Blocks).unwrap();
    let ingress = ObjectRef {
        kind: "Ingress".to_owned(),
        namespace: Some("shop".to_owned()),
        name: "shop".to_owned(),
        group: None,
    };
    let note = Annotation { object: ingress, code: finding.code.clone(), reason: "r".to_owned(), manifest: true };
    assert!(note.matches(finding), "{finding:#?}");
}
