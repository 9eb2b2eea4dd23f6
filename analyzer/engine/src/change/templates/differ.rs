//! What of a live template is another one once a manifest is applied over it (server-side apply, "Merge strategy").
//!
//! Lists whose items have a key are merged item by item; every other list is the manifest's as a whole.

use serde_json::{Map, Value};

use super::Template;
use super::amount::amounts_differ;
use kubereach_model::evidence::command::cut;
use kubereach_model::snapshot::is_masked;

/// Deeper than any pod template.
const DEPTH: usize = 32;

/// The lists of a pod template that are merged: the word for an item, and its key (core/v1, `listMapKey`).
const MERGED: [(&str, &str, &[&str]); 13] = [
    ("containers", "container", &["name"]),
    ("initContainers", "init container", &["name"]),
    ("env", "variable", &["name"]),
    ("ports", "port", &["containerPort", "protocol"]),
    ("volumes", "volume", &["name"]),
    ("volumeMounts", "mount", &["mountPath"]),
    ("volumeDevices", "device", &["devicePath"]),
    ("imagePullSecrets", "pull secret", &["name"]),
    ("hostAliases", "host alias", &["ip"]),
    ("topologySpreadConstraints", "spread constraint", &["topologyKey", "whenUnsatisfiable"]),
    ("schedulingGates", "scheduling gate", &["name"]),
    ("resourceClaims", "resource claim", &["name"]),
    ("claims", "claim", &["name"]),
];

/// What nobody fills in who does not write templates.
const WRITTEN: [&str; 6] = ["command", "args", "envFrom", "readinessProbe", "livenessProbe", "startupProbe"];

/// What the manifest that was applied before says of a place.
#[derive(Debug, Clone, Copy)]
pub(super) enum Earlier<'v> {
    /// It is not kept.
    Unknown,
    /// This, or nothing.
    Known(Option<&'v Value>),
}

impl<'v> Earlier<'v> {
    fn of(self, find: impl FnOnce(&'v Value) -> Option<&'v Value>) -> Self {
        match self {
            Self::Unknown => Self::Unknown,
            Self::Known(value) => Self::Known(value.and_then(find)),
        }
    }

    fn declares(self) -> bool {
        matches!(self, Self::Known(Some(value)) if !is_empty(value))
    }
}

/// What becomes of the `live` template when the manifest says `new`, and said `earlier` before.
pub(super) fn between(new: &Value, live: &Value, earlier: Earlier<'_>) -> Template {
    let mut walk = Walk::default();
    walk.value("", new, live, earlier, DEPTH);
    walk.found
}

#[derive(Default)]
struct Walk {
    /// The items around a place: `containers/app`, and in words.
    within: Vec<(String, String)>,
    found: Template,
}

impl Walk {
    /// `name` is the field that a list is in.
    fn value(&mut self, name: &str, new: &Value, live: &Value, earlier: Earlier<'_>, depth: usize) {
        let Some(depth) = depth.checked_sub(1) else { return };
        match (new, live) {
            (_, Value::String(text)) if is_masked(text) => {}
            (Value::Null, live) => self.left_out(name, live, earlier, depth),
            (Value::Object(new), Value::Object(live)) => self.fields(new, live, earlier, depth),
            (Value::Array(new), Value::Array(live)) => self.items(name, new, live, earlier, depth),
            (new, Value::Null) => self.found.differs |= !is_empty(new),
            (new, live) => self.found.differs |= text(new) != text(live),
        }
    }

    fn fields(&mut self, new: &Map<String, Value>, live: &Map<String, Value>, earlier: Earlier<'_>, depth: usize) {
        for (key, value) in new {
            match key.as_str() {
                // A cleaned snapshot keeps the name of a variable and drops its value.
                "value" if !live.contains_key("value") && is_variable(live) => {}
                "limits" | "requests" => self.found.differs |= amounts_differ(value, live.get(key)),
                _ => self.value(key, value, live.get(key).unwrap_or(&Value::Null), earlier.of(|e| e.get(key)), depth),
            }
        }
        for (key, value) in live.iter().filter(|(key, _)| !new.contains_key(*key)) {
            self.left_out(key, value, earlier.of(|e| e.get(key)), depth);
        }
    }

    /// The manifest does not speak of a field. Where it never did, the API server or somebody else wrote it.
    fn left_out(&mut self, name: &str, live: &Value, earlier: Earlier<'_>, depth: usize) {
        match live {
            live if is_empty(live) => {}
            Value::Array(live) if key_of(name).is_some() => self.items(name, &[], live, earlier, depth),
            Value::Array(_) | Value::Object(_) if earlier.declares() => self.found.differs = true,
            // What the API server fills in may be what the manifest said.
            _ if earlier.declares() => self.open(&format!("field {name:?}")),
            _ if WRITTEN.contains(&name) => self.stays(name, earlier, &format!("field {name:?}")),
            _ => {}
        }
    }

    fn items(&mut self, name: &str, new: &[Value], live: &[Value], earlier: Earlier<'_>, depth: usize) {
        let Some((word, key)) = key_of(name) else {
            self.found.differs |= new.len() != live.len();
            for (n, (item, live)) in new.iter().zip(live).enumerate() {
                self.value("", item, live, earlier.of(|e| e.get(n)), depth);
            }
            return;
        };
        let label = |item: &Value| label(item, key);
        let named = |list: &[Value], of: &str| list.iter().any(|other| label(other) == of);
        for (n, item) in new.iter().enumerate() {
            let of = label(item);
            // A key may be there twice, against the rules: then they are matched in their order.
            let nth = new.iter().take(n).filter(|other| label(other) == of).count();
            let live = live.iter().filter(|other| label(other) == of).nth(nth);
            let before = earlier.of(|e| e.as_array()?.iter().filter(|other| label(other) == of).nth(nth));
            self.within.push((format!("{name}/{of}"), format!("{word} {:?}", cut(&of))));
            self.value("", item, live.unwrap_or(&Value::Null), before, depth);
            self.within.pop();
        }
        for of in live.iter().map(label).filter(|of| !named(new, of)) {
            let declared = earlier.of(|e| e.as_array()?.iter().find(|other| label(other) == of)).declares();
            // Nobody else adds ports to a container: those it has are the manifest's.
            if declared || name == "ports" {
                self.found.differs = true;
                continue;
            }
            self.stays(&format!("{name}/{of}"), earlier, &format!("{word} {:?}", cut(&of)));
        }
    }

    /// Somebody put it there, and if that was not the manifest it stays.
    fn stays(&mut self, place: &str, earlier: Earlier<'_>, words: &str) {
        let around: String = self.within.iter().map(|(place, _)| format!("{place}/")).collect();
        self.found.stays.insert(format!("{around}{place}"));
        if matches!(earlier, Earlier::Unknown) {
            self.open(words);
        }
    }

    fn open(&mut self, what: &str) {
        let around = self.within.last().map(|(_, words)| format!(" of {words}"));
        self.found.open.push(format!("{what}{}", around.unwrap_or_default()));
    }
}

fn key_of(list: &str) -> Option<(&'static str, &'static [&'static str])> {
    MERGED.iter().find(|(name, ..)| *name == list).map(|(_, word, key)| (*word, *key))
}

/// The key of an item: `app`, `8080/TCP`.
fn label(item: &Value, key: &[&str]) -> String {
    let part = |field: &&str| {
        let default = if *field == "protocol" { "TCP" } else { "" };
        item.get(*field).and_then(text).unwrap_or_else(|| default.to_owned())
    };
    key.iter().map(part).collect::<Vec<_>>().join("/")
}

/// `env: [{name: A, valueFrom: …}]` has no value either, and is another variable.
fn is_variable(entry: &Map<String, Value>) -> bool {
    entry.contains_key("name") && !entry.contains_key("valueFrom")
}

/// What the API server leaves out when it writes an object down.
pub(super) fn is_empty(value: &Value) -> bool {
    match value {
        Value::Null | Value::Bool(false) => true,
        Value::Bool(true) => false,
        Value::Number(number) => number.as_f64() == Some(0.0),
        Value::String(text) => text.is_empty(),
        Value::Array(items) => items.is_empty(),
        Value::Object(map) => map.values().all(is_empty),
    }
}

/// A scalar as it is written, whatever its type: `"8080"` and `8080` are one to whoever compares templates.
pub(super) fn text(value: &Value) -> Option<String> {
    match value {
        Value::String(text) => Some(text.clone()),
        Value::Bool(_) | Value::Number(_) => Some(value.to_string()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::{Earlier, Template, Value, between};

    fn unknown(new: Value, live: Value) -> Template {
        between(&new, &live, Earlier::Unknown)
    }

    fn after(earlier: Value, new: Value, live: Value) -> Template {
        between(&new, &live, Earlier::Known(Some(&earlier)))
    }

    /// It becomes another one for sure.
    fn differs(new: Value, live: Value) -> bool {
        unknown(new, live).differs
    }

    #[test]
    fn what_the_manifest_says_counts_and_what_was_filled_in_does_not() {
        let live = json!({
            "containers": [{"name": "app", "image": "a:1", "imagePullPolicy": "Always",
                "args": ["-v"], "env": [{"name": "A", "value": "1"}],
                "resources": {"limits": {"cpu": "500m"}}}],
            "dnsPolicy": "ClusterFirst", "terminationGracePeriodSeconds": 30, "securityContext": {},
        });
        let same = json!({
            "containers": [{"name": "app", "image": "a:1", "args": ["-v"], "env": [{"name": "A", "value": "1"}],
                "resources": {"limits": {"cpu": "0.5"}, "requests": {}}, "tty": false}],
            "securityContext": {"runAsNonRoot": null}, "initContainers": [], "dnsPolicy": null,
        });
        assert_eq!(unknown(same, live.clone()), Template::default());
        let container = |field: &str, value: Value| json!({"containers": [{"name": "app", field: value}]});
        for (field, value) in [
            ("args", json!(["-v", "-v"])),
            ("args", json!(["-q"])),
            ("args", json!([])),
            ("command", json!(["/bin/app"])),
            ("env", json!([{"name": "A", "value": "2"}])),
            ("env", json!([{"name": "A", "value": "1"}, {"name": "B", "value": "1"}])),
            ("resources", json!({"limits": {"cpu": "2"}})),
            ("resources", json!({"limits": {"memory": "1Gi"}})),
            ("tty", json!(true)),
        ] {
            assert!(differs(container(field, value.clone()), live.clone()), "{field}: {value}");
        }
        assert!(differs(json!({"terminationGracePeriodSeconds": 60}), live));
    }

    #[test]
    fn what_a_collector_hid_says_nothing() {
        let cleaned = json!({"env": [{"name": "A"}, {"name": "B", "value": "***HIDDEN***"}]});
        let manifest = json!({"env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}]});
        assert_eq!(unknown(manifest, cleaned), Template::default());
        let referred = json!({"env": [{"name": "A", "valueFrom": {"secretKeyRef": {"name": "s", "key": "k"}}}]});
        assert!(differs(json!({"env": [{"name": "A", "value": "1"}]}), referred));
    }

    #[test]
    fn what_only_the_live_one_has_goes_if_the_manifest_had_it_and_stays_if_not() {
        let live = json!({"containers": [
            {"name": "app", "env": [{"name": "A", "value": "1"}, {"name": "B", "value": "2"}], "command": ["/app"]},
            {"name": "proxy", "image": "p:1"},
        ]});
        let new = json!({"containers": [{"name": "app", "env": [{"name": "A", "value": "1"}]}]});

        let open = unknown(new.clone(), live.clone());
        assert!(!open.differs && open.may_differ());
        let all =
            ["variable \"B\" of container \"app\"", "field \"command\" of container \"app\"", "container \"proxy\""];
        let mut words = open.open.clone();
        words.sort();
        assert_eq!(words, [all[2], all[1], all[0]]);
        assert_eq!(Vec::from_iter(&open.stays), ["containers/app/command", "containers/app/env/B", "containers/proxy"]);

        let theirs = after(new.clone(), new.clone(), live.clone());
        assert!(!theirs.may_differ(), "{theirs:?}");
        assert_eq!(theirs.stays, open.stays);

        let ours = after(live.clone(), new.clone(), live.clone());
        assert!(ours.differs && ours.stays.is_empty() && ours.open.is_empty(), "{ours:?}");
        for gone in [
            json!({"containers": [{"name": "app", "env": [{"name": "B"}]}]}),
            json!({"containers": [{"name": "app", "command": ["/app"]}]}),
            json!({"containers": [{"name": "app"}, {"name": "proxy"}]}),
        ] {
            assert!(after(gone.clone(), new.clone(), live.clone()).differs, "{gone}");
        }
    }

    #[test]
    fn a_single_value_that_is_said_no_more_may_be_filled_in_alike() {
        let live = json!({"dnsPolicy": "ClusterFirst", "securityContext": {"runAsUser": 1}});
        let no_policy = json!({"securityContext": {"runAsUser": 1}});
        assert_eq!(after(live.clone(), no_policy.clone(), live.clone()).open, ["field \"dnsPolicy\""]);
        assert!(!after(no_policy.clone(), no_policy.clone(), live.clone()).may_differ());
        assert!(after(live.clone(), json!({"dnsPolicy": "ClusterFirst"}), live.clone()).differs);
        assert!(after(live.clone(), json!({"dnsPolicy": "ClusterFirst", "securityContext": null}), live).differs);
    }

    #[test]
    fn items_are_matched_by_their_keys() {
        let mounts = |paths: [&str; 2]| json!({"volumeMounts": paths.map(|p| json!({"name": "v", "mountPath": p}))});
        assert_eq!(unknown(mounts(["/a", "/b"]), mounts(["/b", "/a"])), Template::default());
        let port = |port: Value| json!({"ports": [port]});
        let live = port(json!({"name": "http", "containerPort": 8080, "protocol": "TCP"}));
        assert!(!unknown(port(json!({"name": "http", "containerPort": 8080})), live.clone()).may_differ());
        assert!(differs(port(json!({"name": "web", "containerPort": 8080})), live.clone()));
        assert!(differs(port(json!({"name": "http", "containerPort": 8080, "protocol": "UDP"})), live.clone()));
        // The ports of a container are the manifest's, and so is a list without keys.
        assert!(differs(json!({"ports": []}), live));
        assert!(differs(json!({"tolerations": []}), json!({"tolerations": [{"key": "a"}]})));
        let twice = json!({"env": [{"name": "A", "value": "1"}, {"name": "A", "value": "2"}]});
        assert_eq!(unknown(twice.clone(), twice), Template::default());
    }
}
