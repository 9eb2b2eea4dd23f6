//! `--watch` and `--wait-for`, as a person and a script use them.

use std::io::{BufRead as _, BufReader};
use std::process::{Child, Command, Stdio};
use std::sync::mpsc::{Receiver, channel};
use std::time::{Duration, Instant};

use kubereach_prober::words::VantageKind;
use kubereach_prober::{Observations, observations};
use serde_json::{Value, json};

use super::kit::shop;
use crate::api::{Api, Cluster, Fault, Rule, Trouble};
use crate::program::program;

/// Long enough for a machine that is busy with other things.
const PATIENCE: Duration = Duration::from_mins(1);

/// `TIME cause: …` or `TIME no longer a cause: …`.
fn is_of_a_cause(line: &str) -> bool {
    line.split_once(' ').is_some_and(|(_, told)| told.starts_with("cause: ") || told.starts_with("no longer a cause: "))
}

/// A watching program, ended with the test.
pub(super) struct Watching {
    child: Child,
    lines: Receiver<String>,
}

impl Watching {
    pub(super) fn start(api: &Api, token: &str, args: &[&str]) -> Self {
        Self::of(api, token, &[&["--watch"], args].concat())
    }

    fn of(api: &Api, token: &str, args: &[&str]) -> Self {
        let mut command = program();
        command.args(["check", "--live"]).args(args).arg("--kubeconfig").arg(api.kubeconfig(token));
        let mut child = command.stdout(Stdio::piped()).spawn().unwrap();
        let out = BufReader::new(child.stdout.take().unwrap());
        let (tell, lines) = channel();
        std::thread::spawn(move || out.lines().map_while(Result::ok).all(|line| tell.send(line).is_ok()));
        Self { child, lines }
    }

    /// The process.
    pub(super) fn id(&self) -> u32 {
        self.child.id()
    }

    /// The next line, if one comes within this time.
    pub(super) fn line(&self, within: Duration) -> Option<String> {
        self.lines.recv_timeout(within).ok()
    }

    /// The next line, which says this.
    pub(super) fn says(&self, text: &str) -> String {
        let next = || self.lines.recv_timeout(PATIENCE).unwrap_or_else(|_| panic!("no line that says {text:?}"));
        let mut line = next();
        // Two objects that change together may be read one after the other; causes have lines of their own.
        while line.contains(" is still ") || (!text.contains("cause: ") && is_of_a_cause(&line)) {
            line = next();
        }
        assert!(line.contains(text), "{text:?} was expected, and this came: {line}");
        assert!(line.starts_with("20") && line[..20].ends_with('Z'), "a time comes first: {line}");
        line
    }

    fn interrupt(&mut self) -> Option<i32> {
        Command::new("kill").args(["-INT", &self.child.id().to_string()]).status().unwrap();
        let begun = Instant::now();
        while begun.elapsed() < PATIENCE {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status.code();
            }
            std::thread::sleep(Duration::from_millis(20));
        }
        None
    }
}

impl Drop for Watching {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

fn find(kind: &str, name: &str) -> Value {
    shop().into_iter().find(|o| o["kind"] == kind && o["metadata"]["name"] == name).unwrap()
}

/// The slice and the pod of shop, as they are where the pod is not ready.
fn ill() -> [Value; 2] {
    let mut slice = find("EndpointSlice", "shop-web-x");
    slice["endpoints"][0]["conditions"]["ready"] = false.into();
    let mut pod = find("Pod", "shop-web-1");
    pod["status"]["conditions"][0]["status"] = "False".into();
    [slice, pod]
}

fn until(what: &str, done: impl Fn() -> bool) {
    let begun = Instant::now();
    while !done() {
        assert!(begun.elapsed() < PATIENCE, "{what}");
        std::thread::sleep(Duration::from_millis(20));
    }
}

/// Watches of this path that were opened.
fn watches(api: &Api, path: &str) -> usize {
    api.log().iter().filter(|r| r.path == path && r.query.contains_key("watch")).count()
}

fn lists(api: &Api) -> usize {
    api.log().iter().filter(|r| r.path == "/api/v1/pods" && !r.query.contains_key("watch")).count()
}

#[test]
fn what_changes_is_one_line_each_until_it_is_interrupted() {
    let api = Cluster::new(shop()).start();
    let mut program = Watching::start(&api, "admin", &[]);
    program.says("watching: 2 config-ok");
    until("pods are watched", || watches(&api, "/api/v1/pods") == 1);
    let query = api.log().into_iter().find(|r| r.query.contains_key("watch")).unwrap().query;
    assert_eq!((query["resourceVersion"].as_str(), query["allowWatchBookmarks"].as_str()), ("4711", "true"));
    assert_eq!(watches(&api, "/api/v1/events"), 0);
    until("secrets are watched", || watches(&api, "/api/v1/secrets") == 1);
    let secrets = api.log().into_iter().find(|r| r.path == "/api/v1/secrets" && r.query.contains_key("watch")).unwrap();
    assert!(secrets.header("accept").contains("as=PartialObjectMetadata;"), "{}", secrets.header("accept"));

    let read = lists(&api);
    std::thread::sleep(Duration::from_secs(2));
    assert_eq!(lists(&api), read, "nothing changed, and yet it was read again");

    for object in ill() {
        api.apply(object);
    }
    program.says("Service/shop/shop-web: config-ok -> broken: ");
    for (kind, name) in [("Pod", "shop-web-1"), ("EndpointSlice", "shop-web-x")] {
        api.apply(find(kind, name));
    }
    program.says("Service/shop/shop-web: broken -> config-ok: ");
    let mut service = find("Service", "shop-web");
    service["metadata"]["name"] = "another\u{1b}[31m".into();
    api.apply(service.clone());
    let line = program.says("Service/shop/another");
    assert!(line.contains(" is new: ") && !line.contains('\u{1b}'), "{line}");
    api.delete(service);
    program.says(" is gone; it was ");
    assert_eq!(program.interrupt(), Some(0));
    for request in api.log() {
        assert!(request.method == "GET" || request.path.ends_with("reviews"), "{} {}", request.method, request.path);
    }
}

#[test]
fn a_watch_that_drops_is_taken_up_again_and_a_gap_is_said() {
    let api = Cluster::new(shop()).start();
    let program = Watching::start(&api, "admin", &[]);
    program.says("watching: 2 config-ok");
    until("pods are watched", || watches(&api, "/api/v1/pods") == 1);
    api.cut_watches("pods");
    until("pods are watched again", || watches(&api, "/api/v1/pods") == 2);
    api.expire_watches("pods");
    let line = program.says("gap: the watch of Pod ended: ");
    assert!(line.contains("too old resource version") && line.contains("read anew"), "{line}");
    let version = api.cluster.version.load(std::sync::atomic::Ordering::SeqCst).to_string();
    let anew = |r: &crate::api::Request| r.path == "/api/v1/pods" && r.query.get("resourceVersion") == Some(&version);
    until("a new watch begins at the new version", || api.log().iter().any(anew));

    // The API server goes away and comes back.
    let away = Trouble { path: "/version".to_owned(), fault: Fault::Status(400, None), times: 2 };
    api.cluster.troubles.lock().unwrap().push(away);
    for object in ill() {
        api.apply(object);
    }
    program.says("gap: the cluster cannot be read: ");
    program.says("read again after ");
    program.says("Service/shop/shop-web: config-ok -> broken: ");
}

#[test]
fn without_the_right_to_watch_it_is_read_again_from_time_to_time() {
    let all = ["", "apps", "batch", "networking.k8s.io", "discovery.k8s.io", "autoscaling"];
    let rules = all.map(|group| Rule::on(group, "*", &["get", "list"])).to_vec();
    let api = Cluster::new(shop()).identity("lister", rules).start();
    let program = Watching::start(&api, "lister", &["--interval", "1s"]);
    program.says("watching: 2 config-ok");
    until("pods are asked to be watched", || watches(&api, "/api/v1/pods") >= 1);
    for object in ill() {
        api.apply(object);
    }
    program.says("Service/shop/shop-web: config-ok -> broken: ");
}

fn wait_for(api: &Api, token: &str, args: &[&str]) -> (i32, String, String) {
    let mut command = program();
    command.args(["check", "--live", "--wait-for"]).args(args).arg("--kubeconfig").arg(api.kubeconfig(token));
    let output = command.output().unwrap();
    let text = |bytes: Vec<u8>| String::from_utf8(bytes).unwrap();
    (output.status.code().unwrap(), text(output.stdout), text(output.stderr))
}

#[test]
fn a_script_waits_until_a_deploy_is_config_ok() {
    let mut all = shop();
    all.retain(|o| !ill().iter().any(|i| i["kind"] == o["kind"] && i["metadata"]["name"] == o["metadata"]["name"]));
    all.extend(ill());
    let api = Cluster::new(all).start();
    std::thread::scope(|scope| {
        let waiting =
            scope.spawn(|| wait_for(&api, "admin", &["config-ok", "--timeout", "60s", "svc/shop-web", "-n", "shop"]));
        until("pods are watched", || watches(&api, "/api/v1/pods") >= 1);
        for (kind, name) in [("Pod", "shop-web-1"), ("EndpointSlice", "shop-web-x")] {
            api.apply(find(kind, name));
        }
        let (code, out, err) = waiting.join().unwrap();
        assert_eq!(code, 0, "{out}{err}");
        assert!(out.contains("broken -> config-ok"), "{out}");
        assert!(!out.contains("vault"), "{out}");
    });
}

#[test]
fn what_is_not_reached_in_time_ends_with_1_and_says_what_is_missing() {
    let mut all = shop();
    all.retain(|o| o["kind"] != "EndpointSlice" || o["metadata"]["namespace"] != "shop");
    all.push(ill()[0].clone());
    let api = Cluster::new(all)
        .identity("blind", vec![Rule::on("", "services", &["list", "watch"]), Rule::on("", "namespaces", &["list"])])
        .start();
    let (code, _, err) = wait_for(&api, "admin", &["config-ok", "--timeout", "3s", "service/nowhere", "-n", "shop"]);
    assert_eq!(code, 1, "{err}");
    assert!(err.contains("Service/shop/nowhere does not exist, or was not seen"), "{err}");
    // What cannot be seen is unknown, and unknown is not config-ok.
    let (code, out, err) = wait_for(&api, "blind", &["config-ok", "--timeout", "3s", "svc/vault-web", "-n", "vault"]);
    assert_eq!(code, 1, "{out}{err}");
    assert!(err.contains("is unknown: "), "{err}");
    for (args, says) in [
        (&["healthy", "svc/shop-web"][..], "--observations"),
        (&["config-ok"][..], "KIND/NAME"),
        (&["config-ok", "shop-web"][..], "KIND/NAME"),
        (&["config-ok", "pod/shop-web-1"][..], "pod"),
        (&["config-ok", "svc/a", "-n", "a", "-n", "b"][..], "one namespace"),
        (&["config-ok", "svc/a", "--via", "apiserver"][..], "cannot be used with"),
    ] {
        let (code, _, err) = wait_for(&api, "admin", args);
        assert!(code == 2 && err.contains(says), "{args:?}: {code} {err}");
    }
    let output = program().args(["check", "x.yaml", "--watch"]).output();
    assert_eq!(output.unwrap().status.code(), Some(2));
}

#[test]
fn healthy_is_waited_for_with_a_measurement_that_comes_in() {
    let api = Cluster::new(shop()).start();
    let intake = super::kit::read(&api, "admin", &super::kit::ask()).unwrap();
    let plan = kubereach_engine::plan_snapshot(&intake.snapshots[0], &kubereach_engine::Filter::default(), None);
    let target =
        plan.targets.iter().find(|t| t.dial == "service" && t.name.as_deref() == Some("shop-web.shop.svc")).unwrap();
    let now = jiff::Timestamp::now().to_string();
    let mut vantage = observations::Vantage::new(VantageKind::InCluster);
    vantage.namespace = Some("shop".to_owned());
    let seen: Observations = serde_json::from_value(json!({
        "schema": "kubereach/observations/v1", "plan": plan.digest().unwrap(), "prober": {"version": "0.1.0"},
        "vantage": vantage, "started_at": now, "finished_at": now,
        "results": [{"target": target.id, "dial": "service", "span": target.span, "outcome": "verified", "at": now,
            "reason": "answered with success", "tried": 1, "answered": 1,
            "layers": [{"layer": "tcp", "state": "passed", "class": "tcp.ok", "elapsed_ms": 1},
                {"layer": "http", "state": "passed", "class": "http.ok", "elapsed_ms": 1, "status": 200}]}]}))
    .unwrap();
    let file = api.folder().join("seen.json");
    let name = file.display().to_string();
    std::thread::scope(|scope| {
        let args =
            ["healthy", "--timeout", "60s", "--interval", "1s", "svc/shop-web", "-n", "shop", "--observations", &name];
        let api = &api;
        let waiting = scope.spawn(move || wait_for(api, "admin", &args));
        until("it was read once", || lists(api) > 1);
        // A file that is half written is waited for, too.
        std::fs::write(&file, "{").unwrap();
        std::thread::sleep(Duration::from_secs(2));
        std::fs::write(&file, serde_json::to_vec(&seen).unwrap()).unwrap();
        let (code, out, err) = waiting.join().unwrap();
        assert_eq!(code, 0, "{out}{err}");
        assert!(out.contains("config-ok -> healthy"), "{out}");
    });
    // Of the other Service nothing was measured.
    let args = ["healthy", "--timeout", "2s", "svc/vault-web", "-n", "vault", "--observations", &name];
    let (code, _, err) = wait_for(&api, "admin", &args);
    assert_eq!(code, 1, "{err}");
    assert!(err.contains("config-ok"), "{err}");
}

#[test]
fn ctrl_c_ends_a_read_too_and_a_goal_that_was_not_reached_is_not_reached() {
    let api = Cluster::new(shop()).trouble("/api/v1/pods", Fault::Slow(PATIENCE), 1_000).start();
    let mut watching = Watching::start(&api, "admin", &[]);
    until("pods are being read", || lists(&api) == 1);
    let begun = Instant::now();
    assert_eq!(watching.interrupt(), Some(0));
    assert!(begun.elapsed() < PATIENCE / 2, "{:?}", begun.elapsed());

    let api = Cluster::new(shop()).start();
    let mut waiting = Watching::of(&api, "admin", &["--wait-for", "config-ok", "svc/nowhere", "-n", "shop"]);
    waiting.says("watching: no subjects yet");
    assert_eq!(waiting.interrupt(), Some(1));
}

#[test]
fn a_watch_that_is_closed_at_once_is_begun_again_ever_later() {
    let closed = Fault::ThirdParty(200, vec![("content-type", "application/json")], "");
    let api = Cluster::new(shop()).trouble("/api/v1/pods?watch", closed, 100_000).start();
    let mut program = Watching::start(&api, "admin", &[]);
    program.says("watching: 2 config-ok");
    until("pods are watched", || watches(&api, "/api/v1/pods") > 0);
    std::thread::sleep(Duration::from_secs(4));
    let begun = watches(&api, "/api/v1/pods");
    assert!((2..=5).contains(&begun), "{begun} watches were begun");
    // The others go on.
    let mut service = find("Service", "shop-web");
    service["metadata"]["name"] = "another".into();
    api.apply(service);
    program.says("Service/shop/another is new: ");
    assert_eq!(program.interrupt(), Some(0));
}
