//! What can be created and deleted: Jobs and `ConfigMap`s, the pods a Job controller and a kubelet make of them,
//! their logs and events; with the garbage collector (batch/v1, core/v1, "Owners and Dependents").

use std::collections::BTreeMap;
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;

use serde_json::{Value, json};
use tempfile::TempDir;

use super::Cluster;
use super::answer::status;
use super::http::{Request, Response};

/// What the kubelet does with a Job's pod.
#[derive(Debug, Clone, Default)]
pub(crate) enum Kubelet {
    /// Nobody makes pods.
    #[default]
    Nobody,
    /// What is seen of the pod (its status, and whatever else of it), one look after the other; the last one stays.
    /// `null` is no pod yet.
    Seen(Vec<Value>),
    /// The prober's program, run with the plan of the `ConfigMap`.
    Runs(PathBuf),
}

/// What a container's log is.
#[derive(Debug, Clone, Default)]
pub(crate) enum Log {
    /// What the program printed; nothing where none ran.
    #[default]
    Printed,
    /// This.
    Text(String),
    /// An error of this status.
    Fails(u16, String),
}

/// The part of a server that changes.
#[derive(Debug, Default)]
pub(crate) struct Workshop {
    pub(crate) kubelet: Kubelet,
    /// Made of the plan and the run's name when the log is read.
    pub(crate) log: Option<fn(&Value) -> String>,
    pub(crate) log_is: Log,
    /// Refusals of creations, by plural: status and message; only of dry runs, only of real ones, or of both.
    pub(crate) refuses: Vec<(String, u16, String, Option<bool>)>,
    /// How long a deletion takes.
    pub(crate) slow: std::time::Duration,
    /// So many creations are made and answered with an error nevertheless.
    pub(crate) loses: Mutex<usize>,
    /// Events about a Job (`job`) or its pod (`pod`): reason and message.
    pub(crate) events: Vec<(String, String, String)>,
    /// Merged into every Job once it is created.
    pub(crate) job: Value,
    /// The Job goes away by itself after so many looks at pods.
    pub(crate) vanishes: Option<usize>,
    /// `resourcequotas` and `limitranges`.
    pub(crate) fences: BTreeMap<String, Vec<Value>>,
    pub(crate) made: Mutex<Made>,
}

/// What was made.
#[derive(Debug, Default)]
pub(crate) struct Made {
    /// By plural: `jobs`, `configmaps`, `pods`.
    pub(crate) objects: BTreeMap<String, Vec<Value>>,
    /// How many of each were ever created, dry runs not counted.
    pub(crate) ever: BTreeMap<String, usize>,
    looks: usize,
    number: usize,
    running: BTreeMap<String, (Child, TempDir)>,
    printed: BTreeMap<String, String>,
}

impl Drop for Made {
    fn drop(&mut self) {
        for (child, _) in self.running.values_mut() {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

impl Made {
    pub(crate) fn count(&self, plural: &str) -> usize {
        self.objects.get(plural).map_or(0, Vec::len)
    }

    pub(crate) fn everything(&self) -> usize {
        self.objects.values().map(Vec::len).sum()
    }
}

type May<'m> = dyn Fn(&str, &str, &str, Option<&str>) -> bool + 'm;

fn json_answer(code: u16, body: &Value) -> Response {
    let mut response = status(code, "", "");
    response.body = serde_json::to_vec(body).unwrap();
    response
}

fn refused(verb: &str, group: &str, resource: &str, namespace: &str, user: &str) -> Response {
    let message = format!(
        "{resource} is forbidden: User \"{user}\" cannot {verb} resource \"{resource}\" in API group \"{group}\" in the \
         namespace \"{namespace}\""
    );
    status(403, "Forbidden", &message)
}

/// The answer to a request that is about what changes; none for any other.
pub(crate) fn answer(request: &Request, cluster: &Cluster, may: &May<'_>) -> Option<Response> {
    let parts: Vec<&str> = request.path.trim_matches('/').split('/').collect();
    let (group, rest) = match parts.as_slice() {
        ["api", "v1", rest @ ..] => ("", rest),
        ["apis", "batch", "v1", rest @ ..] => ("batch", rest),
        _ => return None,
    };
    let method = request.method.as_str();
    let user = request.token();
    match (method, rest) {
        ("POST", ["namespaces", ns, plural @ ("jobs" | "configmaps")]) => {
            Some(if may("create", group, plural, Some(ns)) {
                create(request, cluster, ns, plural)
            } else {
                refused("create", group, plural, ns, user)
            })
        }
        ("DELETE", ["namespaces", ns, plural @ ("jobs" | "configmaps"), name]) => {
            Some(if may("delete", group, plural, Some(ns)) {
                delete(request, cluster, ns, plural, name)
            } else {
                refused("delete", group, plural, ns, user)
            })
        }
        ("GET", ["namespaces", ns, "jobs", name]) => Some(if may("get", group, "jobs", Some(ns)) {
            let made = cluster.workshop.made.lock().unwrap();
            let found = made.objects.get("jobs").into_iter().flatten().find(|o| is(o, ns, name));
            found.map_or_else(|| status(404, "NotFound", "jobs.batch not found"), |job| json_answer(200, job))
        } else {
            refused("get", group, "jobs", ns, user)
        }),
        ("GET", ["namespaces", ns, "pods", name, "log"]) => Some(if may("get", "", "pods/log", Some(ns)) {
            log(request, cluster, name)
        } else {
            refused("get", "", "pods/log", ns, user)
        }),
        ("GET", ["namespaces", ns, plural @ ("resourcequotas" | "limitranges")]) => {
            Some(if may("list", "", plural, Some(ns)) {
                list(cluster.workshop.fences.get(*plural).cloned().unwrap_or_default())
            } else {
                refused("list", "", plural, ns, user)
            })
        }
        ("GET", ["namespaces", ns, plural]) if request.query.contains_key("labelSelector") => {
            Some(if may("list", group, plural, Some(ns)) {
                selected(request, cluster, Some(ns), plural)
            } else {
                refused("list", group, plural, ns, user)
            })
        }
        ("GET", [plural]) if request.query.contains_key("labelSelector") => Some(if may("list", group, plural, None) {
            selected(request, cluster, None, plural)
        } else {
            refused("list", group, plural, "", user)
        }),
        ("GET", ["namespaces", ns, "events"])
            if request.query.get("fieldSelector").is_some_and(|s| s.starts_with("involvedObject")) =>
        {
            Some(if may("list", "", "events", Some(ns)) {
                events(request, cluster)
            } else {
                refused("list", "", "events", ns, user)
            })
        }
        _ => None,
    }
}

fn is(object: &Value, namespace: &str, name: &str) -> bool {
    object["metadata"]["namespace"] == namespace && object["metadata"]["name"] == name
}

fn list(items: Vec<Value>) -> Response {
    json_answer(200, &json!({"kind": "List", "apiVersion": "v1", "metadata": {"resourceVersion": "9"}, "items": items}))
}

fn labelled(object: &Value, selector: &str) -> bool {
    selector.split(',').all(|term| match term.split_once('=') {
        Some((key, value)) => object["metadata"]["labels"][key] == value,
        None => object["metadata"]["labels"][term].is_string(),
    })
}

/// Objects with these labels, of the changing part and of the rest.
fn selected(request: &Request, cluster: &Cluster, namespace: Option<&str>, plural: &str) -> Response {
    let selector = &request.query["labelSelector"];
    let workshop = &cluster.workshop;
    let mut made = workshop.made.lock().unwrap();
    if plural == "pods" {
        made.looks += 1;
        if workshop.vanishes.is_some_and(|looks| made.looks > looks) {
            made.objects.clear();
        }
        look(workshop, &mut made);
    }
    let chosen = made
        .objects
        .get(plural)
        .into_iter()
        .flatten()
        .filter(|o| namespace.is_none_or(|ns| o["metadata"]["namespace"] == ns) && labelled(o, selector))
        .cloned();
    list(chosen.collect())
}

fn events(request: &Request, cluster: &Cluster) -> Response {
    let name = request.query["fieldSelector"].rsplit('=').next().unwrap().to_owned();
    let made = cluster.workshop.made.lock().unwrap();
    let is_job = made.objects.get("jobs").into_iter().flatten().any(|job| job["metadata"]["name"] == name.as_str());
    let about = if is_job { "job" } else { "pod" };
    let items = cluster.workshop.events.iter().filter(|(of, ..)| of == about).map(|(_, reason, message)| {
        json!({"metadata": {"name": "e", "namespace": "shop"}, "involvedObject": {"name": name}, "type": "Warning",
            "reason": reason, "message": message, "lastTimestamp": "2026-01-02T03:04:05Z"})
    });
    list(items.collect())
}

fn create(request: &Request, cluster: &Cluster, namespace: &str, plural: &str) -> Response {
    let workshop = &cluster.workshop;
    let dry = request.query.get("dryRun").is_some_and(|value| value == "All");
    for (which, code, message, only) in &workshop.refuses {
        if which == plural && only.is_none_or(|only_dry| only_dry == dry) {
            return status(*code, "Refused", message);
        }
    }
    let mut object: Value = serde_json::from_slice(&request.body).unwrap();
    let name = object["metadata"]["name"].as_str().unwrap().to_owned();
    assert_eq!(object["metadata"]["namespace"], namespace, "an object is created where it says");
    let mut made = workshop.made.lock().unwrap();
    if made.objects.get(plural).into_iter().flatten().any(|o| is(o, namespace, &name)) {
        return status(409, "AlreadyExists", &format!("{plural} \"{name}\" already exists"));
    }
    made.number += 1;
    object["metadata"]["uid"] = format!("00000000-0000-4000-9000-{:012x}", made.number).into();
    object["metadata"]["creationTimestamp"] = "2026-01-02T03:04:05Z".into();
    object["metadata"]["resourceVersion"] = "8".into();
    if dry {
        return json_answer(201, &object);
    }
    if plural == "jobs" {
        object["status"] = json!({"active": 1});
        merge(&mut object, &workshop.job);
    }
    *made.ever.entry(plural.to_owned()).or_default() += 1;
    made.objects.entry(plural.to_owned()).or_default().push(object.clone());
    let mut loses = workshop.loses.lock().unwrap();
    if *loses > 0 {
        *loses -= 1;
        return status(504, "Timeout", "the server was unable to return a response in the time allotted");
    }
    json_answer(201, &object)
}

fn delete(request: &Request, cluster: &Cluster, namespace: &str, plural: &str, name: &str) -> Response {
    std::thread::sleep(cluster.workshop.slow);
    let refusal = cluster.workshop.refuses.iter().find(|(which, ..)| *which == format!("delete {plural}"));
    if let Some((_, code, message, _)) = refusal {
        return status(*code, "Refused", message);
    }
    let options: Value = serde_json::from_slice(&request.body).unwrap_or_default();
    let mut made = cluster.workshop.made.lock().unwrap();
    let Some(object) = made.objects.get(plural).into_iter().flatten().find(|o| is(o, namespace, name)).cloned() else {
        return status(404, "NotFound", &format!("{plural} \"{name}\" not found"));
    };
    let uid = object["metadata"]["uid"].clone();
    let wanted = &options["preconditions"]["uid"];
    if !wanted.is_null() && *wanted != uid {
        return status(409, "Conflict", "Precondition failed: UID in precondition does not match");
    }
    assert_ne!(options["propagationPolicy"], "Orphan", "pods must not outlive their Job");
    made.objects.get_mut(plural).unwrap().retain(|o| o["metadata"]["uid"] != uid);
    if matches!(options["propagationPolicy"].as_str(), Some("Background" | "Foreground")) {
        // The garbage collector.
        let owned = |o: &Value| {
            o["metadata"]["ownerReferences"].as_array().into_iter().flatten().any(|owner| owner["uid"] == uid)
        };
        for objects in made.objects.values_mut() {
            objects.retain(|o| !owned(o));
        }
        if let Some((mut child, _)) = made.running.remove(name) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
    json_answer(200, &json!({"kind": "Status", "apiVersion": "v1", "status": "Success"}))
}

/// Objects are merged, everything else is replaced.
fn merge(into: &mut Value, from: &Value) {
    match (into, from) {
        (Value::Object(into), Value::Object(from)) => {
            for (key, value) in from {
                merge(into.entry(key.clone()).or_insert(Value::Null), value);
            }
        }
        (_, Value::Null) => {}
        (into, from) => *into = from.clone(),
    }
}

/// The Job controller and the kubelet have had a moment.
fn look(workshop: &Workshop, made: &mut Made) {
    let jobs = made.objects.get("jobs").cloned().unwrap_or_default();
    for job in jobs {
        let name = job["metadata"]["name"].as_str().unwrap().to_owned();
        let mut pod = pod_of(&job);
        match &workshop.kubelet {
            Kubelet::Nobody => continue,
            Kubelet::Seen(stages) => {
                let index = (made.looks - 1).min(stages.len() - 1);
                if stages[index].is_null() {
                    continue;
                }
                merge(&mut pod, &stages[index]);
            }
            Kubelet::Runs(program) => {
                if !made.running.contains_key(&name) && !made.printed.contains_key(&name) {
                    let Some(plan) = plan_of(made, &job) else { continue };
                    made.running.insert(name.clone(), start(program, &pod, &plan));
                }
                pod["status"] = run(made, &name);
            }
        }
        let pods = made.objects.entry("pods".to_owned()).or_default();
        pods.retain(|o| o["metadata"]["name"] != pod["metadata"]["name"]);
        pods.push(pod);
    }
}

/// The pod of a Job as its controller makes it.
fn pod_of(job: &Value) -> Value {
    let name = job["metadata"]["name"].as_str().unwrap();
    let mut pod = job["spec"]["template"].clone();
    pod["metadata"]["name"] = format!("{name}-x7k2p").into();
    pod["metadata"]["namespace"] = job["metadata"]["namespace"].clone();
    pod["metadata"]["labels"]["batch.kubernetes.io/job-name"] = name.into();
    pod["metadata"]["ownerReferences"] = json!([{"apiVersion": "batch/v1", "kind": "Job", "name": name,
        "uid": job["metadata"]["uid"], "controller": true}]);
    pod["apiVersion"] = "v1".into();
    pod["kind"] = "Pod".into();
    pod
}

fn plan_of(made: &Made, job: &Value) -> Option<String> {
    let name = &job["spec"]["template"]["spec"]["volumes"][0]["configMap"]["name"];
    let map = made.objects.get("configmaps")?.iter().find(|o| o["metadata"]["name"] == *name)?;
    Some(map["data"]["plan.json"].as_str().unwrap().to_owned())
}

/// What a kubelet does: the arguments and the environment of the container, its volume, its resolver.
fn start(program: &PathBuf, pod: &Value, plan: &str) -> (Child, TempDir) {
    let home = tempfile::tempdir().unwrap();
    let folder = home.path();
    std::fs::write(folder.join("plan.json"), plan).unwrap();
    std::fs::write(folder.join("resolv.conf"), "search shop.svc.cluster.local\n").unwrap();
    std::fs::write(folder.join("termination-log"), "").unwrap();
    let container = &pod["spec"]["containers"][0];
    let here = folder.display().to_string();
    let mut command = Command::new(program);
    for argument in container["args"].as_array().unwrap() {
        command.arg(argument.as_str().unwrap().replace("/plan/", &format!("{here}/")));
    }
    command.arg("--resolv-conf").arg(folder.join("resolv.conf"));
    command.arg("--termination-log").arg(folder.join("termination-log"));
    command.env("KUBERNETES_SERVICE_HOST", "10.96.0.1");
    for variable in container["env"].as_array().unwrap() {
        let field = variable["valueFrom"]["fieldRef"]["fieldPath"].as_str().unwrap_or_default();
        let value = match field {
            "metadata.namespace" => pod["metadata"]["namespace"].as_str(),
            "metadata.name" => pod["metadata"]["name"].as_str(),
            "spec.nodeName" => Some("n1"),
            "spec.serviceAccountName" => pod["spec"]["serviceAccountName"].as_str().or(Some("default")),
            _ => variable["value"].as_str(),
        };
        command.env(variable["name"].as_str().unwrap(), value.unwrap_or_default());
    }
    let out = std::fs::File::create(folder.join("log")).unwrap();
    command.stdout(out.try_clone().unwrap()).stderr(out).stdin(Stdio::null()).current_dir(folder);
    (command.spawn().unwrap(), home)
}

fn run(made: &mut Made, name: &str) -> Value {
    let scheduled = json!([{"type": "PodScheduled", "status": "True"}]);
    let running = |state: Value, phase: &str| {
        json!({"phase": phase, "conditions": scheduled, "containerStatuses": [{"name": "prober", "ready": false,
            "restartCount": 0, "image": "i", "imageID": "i", "state": state}]})
    };
    let Some((child, home)) = made.running.get_mut(name) else {
        return running(json!({"terminated": {"exitCode": 0, "reason": "Completed"}}), "Succeeded");
    };
    match child.try_wait().unwrap() {
        None => running(json!({"running": {"startedAt": "2026-01-02T03:04:05Z"}}), "Running"),
        Some(exit) => {
            let printed = std::fs::read_to_string(home.path().join("log")).unwrap();
            made.running.remove(name);
            made.printed.insert(name.to_owned(), printed);
            let code = exit.code().unwrap_or(137);
            let (reason, phase) = if code == 0 { ("Completed", "Succeeded") } else { ("Error", "Failed") };
            running(json!({"terminated": {"exitCode": code, "reason": reason}}), phase)
        }
    }
}

fn log(request: &Request, cluster: &Cluster, pod: &str) -> Response {
    let workshop = &cluster.workshop;
    let made = workshop.made.lock().unwrap();
    assert_eq!(request.query.get("container").map(String::as_str), Some("prober"), "sidecars have logs, too");
    assert!(request.query.contains_key("limitBytes"));
    let job = pod.trim_end_matches("-x7k2p");
    let text = match (&workshop.log_is, workshop.log) {
        (Log::Fails(code, message), _) => return status(*code, "Refused", message),
        (Log::Text(text), _) => text.clone(),
        (Log::Printed, Some(make)) => {
            let jobs = made.objects.get("jobs").into_iter().flatten();
            let own = jobs.into_iter().find(|o| o["metadata"]["name"] == job).unwrap();
            make(&serde_json::from_str(&plan_of(&made, own).unwrap()).unwrap())
        }
        (Log::Printed, None) => made.printed.get(job).cloned().unwrap_or_default(),
    };
    let mut response = status(200, "", "");
    response.body = text.into_bytes();
    response
}
