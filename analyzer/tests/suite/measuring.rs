//! `job`, `collect` and `probe` from outside: manifests that strict clusters admit, results that come back
//! whole or not at all, and measurements from this machine that claim no more than it can see.

use std::io::{Read as _, Write as _};
use std::net::TcpListener;
use std::path::PathBuf;

use kubereach_prober::plan::{Span, Target};
use kubereach_prober::words::{Outcome, Protocol, Purpose, Segment, VantageKind};
use kubereach_prober::{Observations, Plan, envelope};
use kubereach_testkit::situations::fixtures;
use serde_json::Value;

use crate::program::kubereach;

fn fixture(path: &str) -> PathBuf {
    fixtures().join(path)
}

fn out(assert: &assert_cmd::assert::Assert) -> String {
    String::from_utf8(assert.get_output().stdout.clone()).unwrap()
}

fn err(assert: &assert_cmd::assert::Assert) -> String {
    String::from_utf8(assert.get_output().stderr.clone()).unwrap()
}

fn plan_of(targets: Vec<Target>) -> Plan {
    let mut plan = Plan::new("sha256:test");
    plan.limits.total_ms = 20_000;
    plan.limits.connect_ms = 800;
    plan.limits.dns_ms = 500;
    plan.limits.retry_ms = 10;
    plan.targets = targets;
    plan
}

fn target(id: &str, address: &str, port: u16, protocol: Protocol) -> Target {
    let mut target = Target::new(id, Span::new(Segment::Service, Segment::Port), protocol);
    target.dial = format!("cluster-ip/{address}");
    target.address = Some(address.parse().unwrap());
    target.port = Some(port);
    target
}

fn json(plan: &Plan) -> String {
    serde_json::to_string(plan).unwrap()
}

/// The documents of a manifest, read as Kubernetes would.
fn documents(yaml: &str) -> Vec<Value> {
    use serde::Deserialize as _;
    serde_yaml::Deserializer::from_str(yaml).map(|d| Value::deserialize(d).unwrap()).filter(|v| !v.is_null()).collect()
}

fn of_kind<'d>(all: &'d [Value], kind: &str) -> Vec<&'d Value> {
    all.iter().filter(|d| d["kind"] == kind).collect()
}

/// The rules of the Pod Security Standards, level restricted (kubernetes.io "Pod Security Standards",
/// v1.34), that can be broken by a pod of this shape; and those of OpenShift's restricted-v2.
fn violations(pod: &Value) -> Vec<String> {
    let mut wrong = Vec::new();
    let mut must = |ok: bool, what: &str| {
        if !ok {
            wrong.push(what.to_owned());
        }
    };
    for flag in ["hostNetwork", "hostPID", "hostIPC"] {
        must(pod[flag].is_null() || pod[flag] == false, flag);
    }
    let security = &pod["securityContext"];
    must(security["runAsNonRoot"] == true, "runAsNonRoot");
    must(matches!(security["seccompProfile"]["type"].as_str(), Some("RuntimeDefault" | "Localhost")), "seccompProfile");
    must(security["sysctls"].is_null() && security["windowsOptions"].is_null(), "sysctls, windowsOptions");
    // OpenShift assigns these from the namespace's range, and refuses a pod that sets its own.
    for key in ["runAsUser", "runAsGroup", "fsGroup", "supplementalGroups", "seLinuxOptions"] {
        must(security[key].is_null(), key);
    }
    let allowed = [
        "configMap",
        "downwardAPI",
        "emptyDir",
        "projected",
        "secret",
        "csi",
        "persistentVolumeClaim",
        "ephemeral",
        "image",
    ];
    for volume in pod["volumes"].as_array().into_iter().flatten() {
        let kinds = volume.as_object().unwrap().keys().filter(|k| *k != "name");
        must(kinds.clone().count() == 1 && kinds.clone().all(|k| allowed.contains(&k.as_str())), "volume type");
    }
    for container in
        ["containers", "initContainers", "ephemeralContainers"].iter().filter_map(|k| pod[*k].as_array()).flatten()
    {
        let security = &container["securityContext"];
        must(security["allowPrivilegeEscalation"] == false, "allowPrivilegeEscalation");
        must(security["privileged"].is_null() || security["privileged"] == false, "privileged");
        must(security["capabilities"]["drop"] == serde_json::json!(["ALL"]), "capabilities.drop");
        must(security["capabilities"]["add"].is_null(), "capabilities.add");
        must(security["readOnlyRootFilesystem"] == true, "readOnlyRootFilesystem");
        must(security["runAsUser"].is_null(), "container runAsUser");
        must(security["procMount"].is_null(), "procMount");
        must(container["ports"].is_null(), "ports");
        for probe in ["livenessProbe", "readinessProbe", "startupProbe", "lifecycle"] {
            must(container[probe].is_null(), probe);
        }
        for what in ["requests", "limits"] {
            must(
                container["resources"][what]["cpu"].is_string() && container["resources"][what]["memory"].is_string(),
                what,
            );
        }
    }
    wrong
}

#[test]
fn the_check_itself_finds_what_strict_clusters_refuse() {
    let loose = serde_json::json!({"hostNetwork": true, "securityContext": {"runAsUser": 65532},
        "volumes": [{"name": "x", "hostPath": {"path": "/"}}],
        "containers": [{"name": "a", "ports": [{"containerPort": 1}]}]});
    assert!(violations(&loose).len() > 8, "{:?}", violations(&loose));
}

const VARIANTS: [&[&str]; 4] = [
    &["--labels", "app=web,pod-template-hash=1", "--no-mesh"],
    &["--node", "node-a", "--tolerations", "*", "--tolerations", "spot=yes:NoSchedule"],
    &["--pull-secret", "mirror", "--image", "registry.example/p@sha256:00", "--service-account", "web"],
    &["--deadline", "30", "--allow-address", "169.254.20.10", "--no-role"],
];

#[test]
fn every_job_is_admitted_by_restricted_and_by_openshift() {
    let plan = json(&plan_of(vec![target("a", "10.0.0.1", 80, Protocol::Http)]));
    for args in VARIANTS.into_iter().chain([&[] as &[&str]]) {
        let run = kubereach().args(["job", "-", "-n", "shop"]).args(args).write_stdin(plan.as_str()).assert().code(0);
        let all = documents(&out(&run));
        let [job] = of_kind(&all, "Job")[..] else { panic!("{}", out(&run)) };
        let spec = &job["spec"];
        assert_eq!(
            (&spec["backoffLimit"], &spec["completions"], &spec["parallelism"]),
            (&0.into(), &1.into(), &1.into())
        );
        assert!(spec["ttlSecondsAfterFinished"].as_i64().unwrap() >= 300);
        // On the Job the limit would delete the pod with its log.
        assert!(spec["activeDeadlineSeconds"].is_null());
        let pod = &spec["template"]["spec"];
        assert_eq!(violations(pod), Vec::<String>::new(), "{args:?}");
        assert_eq!(pod["automountServiceAccountToken"], false);
        assert_eq!((&pod["restartPolicy"], &pod["enableServiceLinks"]), (&"Never".into(), &false.into()));
        // The prober ends before the kubelet ends it.
        let [map] = of_kind(&all, "ConfigMap")[..] else { panic!() };
        let part = Plan::parse(map["data"]["plan.json"].as_str().unwrap().as_bytes()).unwrap();
        assert!(pod["activeDeadlineSeconds"].as_u64().unwrap() * 1000 > part.limits.total_ms + part.limits.settle_ms);
        assert_eq!(pod["volumes"][0]["configMap"]["name"], map["metadata"]["name"]);
        assert_eq!(map["metadata"]["namespace"], "shop");
        let gate = &pod["readinessGates"][0]["conditionType"];
        assert!(gate.is_string(), "never ready, so that no Service sends it traffic");
        assert!(pod["nodeName"].is_null(), "a node is chosen through the scheduler");
        assert_eq!(of_kind(&all, "Role").len(), usize::from(!args.contains(&"--no-role")));
        // Observations name the plan as it was written, not the part that was run.
        assert_eq!(part.answers_for().unwrap(), Plan::parse(plan.as_bytes()).unwrap().digest().unwrap());
        let labels = &spec["template"]["metadata"]["labels"];
        assert!(labels["pod-template-hash"].is_null(), "a controller would take it for its own");
    }
}

#[test]
fn the_manifests_of_a_plan_as_people_read_them() {
    let folder = fixture("service/one-of-three-ready/input");
    let plan = out(&kubereach().current_dir(&folder).args(["plan", "."]).assert().code(0));
    let run = kubereach()
        .args(["job", "-", "-n", "shop", "--image", "registry.example/prober:1", "--labels", "app=web", "--no-mesh"])
        .write_stdin(plan)
        .assert()
        .code(0);
    insta::assert_snapshot!("job", out(&run));
}

#[test]
fn a_large_plan_becomes_several_jobs_and_loses_nothing() {
    let mut targets: Vec<Target> = (0..1300_u32)
        .map(|i| target(&format!("p{i}"), &std::net::Ipv4Addr::from(0x0a00_0000 + i).to_string(), 80, Protocol::Tcp))
        .collect();
    // Three that are large.
    for big in targets.iter_mut().take(3) {
        big.also = (0..20_000).map(|i| format!("{i:016x}")).collect();
    }
    let mut control = target("control/cluster-dns", "10.96.0.10", 53, Protocol::Tcp);
    control.purpose = Purpose::Control;
    targets.push(control);
    let plan = plan_of(targets);
    let run = kubereach().args(["job", "-", "-n", "shop"]).write_stdin(json(&plan)).assert().code(0);
    let all = documents(&out(&run));
    let maps = of_kind(&all, "ConfigMap");
    assert!(maps.len() >= 3, "{}", maps.len());
    assert_eq!(maps.len(), of_kind(&all, "Job").len());
    let mut ids = std::collections::BTreeMap::new();
    for map in maps {
        let text = map["data"]["plan.json"].as_str().unwrap();
        assert!(text.len() < 1_000_000);
        let part = Plan::parse(text.as_bytes()).unwrap();
        assert_eq!(part.answers_for().unwrap(), plan.digest().unwrap());
        assert!(part.targets.iter().any(|t| t.id == "control/cluster-dns"), "each pod has its own control");
        for target in part.targets {
            *ids.entry(target.id).or_insert(0) += 1;
        }
    }
    assert_eq!(ids.len(), 1301);
    assert!(ids.iter().all(|(id, count)| *count == 1 || id.starts_with("control/")), "no path is dialled twice");

    let mut huge = target("huge", "10.0.0.1", 80, Protocol::Tcp);
    huge.also = (0..60_000).map(|i| format!("{i:016x}")).collect();
    let run = kubereach().args(["job", "-"]).write_stdin(json(&plan_of(vec![huge]))).assert().code(3);
    assert!(err(&run).contains("huge"), "{}", err(&run));
}

const CLUSTER: &str = r#"{"apiVersion":"v1","kind":"List","metadata":{"resourceVersion":"1"},"items":[
 {"apiVersion":"v1","kind":"Service","metadata":{"name":"web","namespace":"shop","uid":"1"},
  "spec":{"selector":{"app":"web"},"clusterIP":"10.96.0.1","ports":[{"port":80}]}},
 {"apiVersion":"v1","kind":"Service","metadata":{"name":"peers","namespace":"shop","uid":"2"},
  "spec":{"selector":{"role":"db"},"clusterIP":"None","publishNotReadyAddresses":true,"ports":[{"port":80}]}},
 {"apiVersion":"policy/v1","kind":"PodDisruptionBudget","metadata":{"name":"web","namespace":"shop","uid":"3"},
  "spec":{"minAvailable":1,"selector":{"matchLabels":{"app":"web"}}}},
 {"apiVersion":"apps/v1","kind":"ReplicaSet","metadata":{"name":"web-1","namespace":"shop","uid":"4"},
  "spec":{"replicas":1,"selector":{"matchLabels":{"app":"web"}},"template":{"metadata":{"labels":{"app":"web"}}}}},
 {"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler","metadata":{"name":"load","namespace":"shop","uid":"6"},
  "spec":{"scaleTargetRef":{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"web-1"},"minReplicas":1,"maxReplicas":3}},
 {"apiVersion":"autoscaling/v2","kind":"HorizontalPodAutoscaler","metadata":{"name":"elsewhere","namespace":"shop","uid":"7"},
  "spec":{"scaleTargetRef":{"apiVersion":"apps/v1","kind":"ReplicaSet","name":"other"},"minReplicas":1,"maxReplicas":3}},
 {"apiVersion":"networking.k8s.io/v1","kind":"NetworkPolicy","metadata":{"name":"front","namespace":"shop","uid":"5"},
  "spec":{"podSelector":{"matchLabels":{"app":"web"}},"policyTypes":["Egress"],
   "egress":[{"to":[{"podSelector":{"matchExpressions":[{"key":"role","operator":"In","values":["db"]}]}}]}]}}]}"#;

#[test]
fn labels_of_a_client_are_reviewed_before_a_pod_carries_them() {
    let folder = tempfile::tempdir().unwrap();
    let cluster = folder.path().join("cluster.json");
    std::fs::write(&cluster, CLUSTER).unwrap();
    let plan = json(&plan_of(vec![target("a", "10.0.0.1", 80, Protocol::Http)]));
    let job = |labels: &str, more: &[&str]| {
        let mut command = kubereach();
        command.args(["job", "-", "-n", "shop", "--labels", labels, "--snapshot"]).arg(&cluster).args(more);
        command.write_stdin(plan.as_str()).assert()
    };
    // A budget counts it: refused, with everything that was seen.
    let refused = job("app=web,tier=front", &[]).code(2);
    assert_eq!(out(&refused), "");
    for words in [
        "poddisruptionbudget",
        "replicaset",
        "service",
        "label tier is left off",
        "--accept-hazards",
        "horizontalpodautoscaler load scales replicaset web-1",
    ] {
        assert!(err(&refused).to_lowercase().contains(words), "{words}: {}", err(&refused));
    }
    assert!(!err(&refused).contains("elsewhere"), "it scales another workload: {}", err(&refused));
    let accepted = job("app=web,tier=front", &["--accept-hazards"]).code(0);
    let all = documents(&out(&accepted));
    let labels = &of_kind(&all, "Job")[0]["spec"]["template"]["metadata"]["labels"];
    assert_eq!(labels["app"], "web");
    assert!(labels["tier"].is_null(), "no policy looks at it");
    assert!(err(&accepted).contains("front"), "the policies that select it are named: {}", err(&accepted));
    // Published although not ready: it would get traffic.
    assert!(err(&job("role=db", &[]).code(2)).contains("not ready"));
    // No label of a client: nobody counts it.
    job("", &[]).code(0);
}

#[test]
fn usage_errors_of_job_exit_with_two() {
    let plan = json(&plan_of(vec![target("a", "10.0.0.1", 80, Protocol::Http)]));
    for (args, words) in [
        (vec!["--labels", "app"], "key=value"),
        (vec!["--tolerations", "a:Never"], "no effect"),
        (vec!["-n", "Shop_1"], "namespace"),
        (vec!["--deadline", "1"], "deadline"),
        (vec!["--allow-address", "x"], "allow-address"),
    ] {
        let run = kubereach().args(["job", "-"]).args(&args).write_stdin(plan.as_str()).assert().code(2);
        assert!(err(&run).contains(words), "{args:?}: {}", err(&run));
    }
    for (text, words) in
        [("{}", "kubereach/plan/v1"), ("", "does not read"), (r#"{"schema":"kubereach/plan/v9"}"#, "v9")]
    {
        let run = kubereach().args(["job", "-"]).write_stdin(text).assert().code(3);
        assert!(err(&run).contains(words) && err(&run).lines().count() == 1, "{text}: {}", err(&run));
    }
    let run = kubereach().args(["job", "-"]).write_stdin(json(&plan_of(Vec::new()))).assert().code(3);
    assert!(err(&run).contains("no targets"));
}

/// A result as the prober prints it, from a pod of this name.
fn result(pod: &str) -> (Observations, String) {
    let plan = plan_of(vec![target("a", "10.0.0.1", 80, Protocol::Sctp), target("b", "127.0.0.1", 80, Protocol::Tcp)]);
    let run = kubereach().args(["probe", "-", "--format", "json"]).write_stdin(json(&plan)).assert().code(0);
    let mut observations = Observations::parse(out(&run).as_bytes()).unwrap().observations;
    observations.vantage.kind = VantageKind::InCluster;
    observations.vantage.pod = Some(pod.to_owned());
    let text = envelope::wrap(&observations).unwrap();
    (observations, text)
}

fn prefixed(text: &str, pod: &str) -> Vec<String> {
    let stamp = |i: usize| format!("2026-01-02T03:04:05.{}Z", "1234567890".get(..1 + i % 9).unwrap());
    text.lines().enumerate().map(|(i, line)| format!("[pod/{pod}/prober] {} {line}", stamp(i))).collect()
}

#[test]
fn results_come_back_from_logs_of_every_shape() {
    let folder = tempfile::tempdir().unwrap();
    let path = |name: &str| folder.path().join(name);
    let ((one, one_text), (two, two_text)) = (result("probe-1"), result("probe-10"));
    // Two pods, line by line, with what kubectl puts before them, and other lines between.
    let (a, b) = (prefixed(&one_text, "probe-1"), prefixed(&two_text, "probe-10"));
    let mut mixed = String::from("some other line\n");
    for i in 0..a.len().max(b.len()) {
        for line in [a.get(i), b.get(i)].into_iter().flatten() {
            mixed.push_str(&format!("{line}\n[pod/side/car] noise\n"));
        }
    }
    std::fs::write(path("mixed.log"), &mixed).unwrap();
    let run = kubereach().arg("collect").arg(path("mixed.log")).arg("-o").arg(path("seen.json")).assert().code(0);
    assert!(err(&run).contains("seen-2.json"), "{}", err(&run));
    let read = |name: &str| Observations::parse(&std::fs::read(path(name)).unwrap()).unwrap().observations;
    let mut pods = [read("seen-1.json"), read("seen-2.json")];
    pods.sort_by_key(|o| o.vantage.pod.clone());
    assert_eq!(pods, [one.clone(), two]);

    // One result, as it is; the same log twice is one result.
    let run = kubereach().args(["collect", "-"]).write_stdin(format!("{one_text}{one_text}")).assert().code(0);
    assert_eq!(Observations::parse(out(&run).as_bytes()).unwrap().observations, one);

    // What comes out goes into check.
    std::fs::write(path("one.json"), out(&run)).unwrap();
    let check = kubereach()
        .arg("check")
        .arg(fixture("service/one-of-three-ready/input"))
        .args(["--fail-on", "never", "--format", "json", "--observations"])
        .arg(path("one.json"))
        .assert()
        .code(0);
    assert!(out(&check).contains("one.json"));
}

#[test]
fn a_result_that_is_not_whole_is_an_error_that_names_its_file() {
    let folder = tempfile::tempdir().unwrap();
    let (_, text) = result("probe-1");
    let cut: String = text.lines().take(9).map(|l| format!("{l}\n")).collect();
    let write = |name: &str, text: &str| {
        let path = folder.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    };
    let changed = text.replacen("not-tested", "verified", 1);
    assert_ne!(changed, text);
    for (name, text, words) in [
        ("cut.log", cut.as_str(), "cut off"),
        ("changed.log", changed.as_str(), "SHA-256"),
        ("other.log", "nothing\nhere\n", "no result"),
        ("empty.log", "", "no result"),
    ] {
        let path = write(name, text);
        let run = kubereach().arg("collect").arg(&path).assert().code(3);
        assert_eq!(out(&run), "", "{name}");
        let said = err(&run);
        assert!(said.contains(name) && said.contains(words) && said.lines().count() == 1, "{name}: {said}");
    }
    let run = kubereach().arg("collect").arg(folder.path().join("missing.log")).assert().code(2);
    assert!(err(&run).contains("missing.log"));
    // What is whole beside it is still given.
    let (bad, good) = (folder.path().join("cut.log"), write("good.log", &text));
    let run = kubereach().arg("collect").arg(bad).arg(good).assert().code(3);
    assert!(Observations::parse(out(&run).as_bytes()).is_ok());
}

/// Answers every request with 200, for as long as the test runs.
fn server() -> u16 {
    let listener = TcpListener::bind("127.0.0.1:0").unwrap();
    let port = listener.local_addr().unwrap().port();
    std::thread::spawn(move || {
        for stream in listener.incoming() {
            let Ok(mut stream) = stream else { continue };
            let mut request = [0_u8; 2048];
            let _ = stream.read(&mut request);
            let _ = stream.write_all(b"HTTP/1.1 200 OK\r\ncontent-length: 2\r\nconnection: close\r\n\r\nok");
        }
    });
    port
}

#[test]
fn from_here_nothing_is_unreachable_that_only_the_cluster_can_reach() {
    let port = server();
    let mut name = target("name", "10.0.0.1", 80, Protocol::Http);
    name.address = None;
    name.name = Some("web.shop.svc.cluster.local.".to_owned());
    let mut inside = target("inside", "10.0.0.2", 80, Protocol::Tcp);
    inside.vantages = vec![VantageKind::InCluster];
    let mut seen = target("seen", "127.0.0.1", port, Protocol::Http);
    seen.span = Span::new(Segment::Address, Segment::Port);
    let plan = plan_of(vec![
        seen,
        name,
        inside,
        // No such network: whatever this machine says of it, it is private.
        target("private", "10.255.255.254", 81, Protocol::Tcp),
        target("guarded", "169.254.169.254", 80, Protocol::Http),
    ]);
    let folder = tempfile::tempdir().unwrap();
    let file = folder.path().join("seen.json");
    let run = kubereach()
        .args(["probe", "-", "--allow-address", "127.0.0.1", "-o"])
        .arg(&file)
        .write_stdin(json(&plan))
        .assert()
        .code(0);
    let observations = Observations::parse(&std::fs::read(&file).unwrap()).unwrap().observations;
    assert_eq!(observations.vantage.kind, VantageKind::Local);
    assert_eq!(observations.plan, plan.digest().unwrap());
    let row = |id: &str| observations.results.iter().find(|r| r.target == id).unwrap();
    assert_eq!(row("seen").outcome, Outcome::Verified, "{:?}", row("seen"));
    // Networks of sandboxes may answer for any address; a failure of a private one is never held against it.
    assert_ne!(row("private").outcome, Outcome::Unreachable, "{:?}", row("private"));
    for id in ["name", "inside", "guarded"] {
        assert_eq!(row(id).outcome, Outcome::NotTested, "{:?}", row(id));
        assert!(!row(id).reason.is_empty());
    }
    let table = out(&run);
    assert!(table.contains("verified") && table.contains("link-local"), "{table}");
}

#[test]
fn loopback_is_guarded_unless_it_is_named() {
    let port = server();
    let plan = json(&plan_of(vec![target("a", "127.0.0.1", port, Protocol::Http)]));
    let run = kubereach().args(["probe", "-", "--format", "json"]).write_stdin(plan).assert().code(0);
    let observations = Observations::parse(out(&run).as_bytes()).unwrap().observations;
    assert_eq!(observations.results[0].outcome, Outcome::NotTested);
    assert!(observations.results[0].reason.contains("loopback"));
}

#[test]
fn a_plan_that_cannot_be_read_is_said_in_one_line() {
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("plan.json");
    for command in ["probe", "job"] {
        let run = kubereach().arg(command).arg(&missing).assert().code(2);
        assert!(err(&run).contains(&missing.display().to_string()) && err(&run).lines().count() == 2, "{}", err(&run));
    }
    let run = kubereach().args(["plan", "-", "-n", "nowhere"]).write_stdin(CLUSTER).assert().code(2);
    assert!(err(&run).contains("no namespace 'nowhere'"), "{}", err(&run));
}
