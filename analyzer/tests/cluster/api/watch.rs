//! Objects that change, and those who watch them (`?watch=true`).

use std::io::Write;
use std::sync::atomic::Ordering;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use super::http::Request;
use super::{Api, Cluster, answer, objects};

/// A change.
#[derive(Debug, Clone)]
pub(crate) struct Event {
    version: u64,
    group: String,
    plural: String,
    /// As it is sent.
    body: Value,
}

impl Api {
    /// Creates or replaces an object, as somebody else would.
    pub(crate) fn apply(&self, object: Value) {
        self.change("MODIFIED", object);
    }

    /// Removes an object.
    pub(crate) fn delete(&self, object: Value) {
        self.change("DELETED", object);
    }

    /// Every watch of these ends, in the middle of a line.
    pub(crate) fn cut_watches(&self, plural: &str) {
        self.event("", plural, json!("CUT"));
    }

    /// Every watch of these is told that its version is too old.
    pub(crate) fn expire_watches(&self, plural: &str) {
        let status = json!({"kind": "Status", "apiVersion": "v1", "status": "Failure", "code": 410,
            "reason": "Expired", "message": "too old resource version"});
        self.event("", plural, json!({"type": "ERROR", "object": status}));
    }

    fn change(&self, what: &str, mut object: Value) {
        let kinds = &self.cluster.kinds;
        let api_version = object["apiVersion"].as_str().unwrap();
        let group = api_version.split_once('/').map_or("", |(group, _)| group).to_owned();
        let kind = kinds.iter().find(|k| k.group == group && k.kind == object["kind"].as_str().unwrap()).unwrap();
        object["metadata"]["resourceVersion"] = (self.cluster.version.load(Ordering::SeqCst) + 1).to_string().into();
        let plural = kind.plural.clone();
        {
            let mut all = self.cluster.objects.lock().unwrap();
            let of_kind = all.entry((group.clone(), plural.clone())).or_default();
            of_kind.retain(|o| objects::key(o) != objects::key(&object));
            if what != "DELETED" {
                of_kind.push(object.clone());
                of_kind.sort_by_key(objects::key);
            }
        }
        self.event(&group, &plural, json!({"type": what, "object": object}));
    }

    fn event(&self, group: &str, plural: &str, body: Value) {
        let mut events = self.cluster.events.lock().unwrap();
        let version = self.cluster.version.fetch_add(1, Ordering::SeqCst) + 1;
        events.push(Event { version, group: group.to_owned(), plural: plural.to_owned(), body });
    }
}

/// Answers a watch until its time is over.
pub(crate) fn serve(writer: &mut impl Write, request: &Request, cluster: &Cluster) -> std::io::Result<()> {
    let parts: Vec<&str> = request.path.trim_matches('/').split('/').collect();
    let (group, rest) = match parts.as_slice() {
        ["api", _, rest @ ..] => ("", rest),
        ["apis", group, _, rest @ ..] => (*group, rest),
        _ => return Ok(()),
    };
    let (namespace, plural) = match rest {
        ["namespaces", namespace, plural] => (Some(*namespace), *plural),
        [plural] => (None, *plural),
        _ => return Ok(()),
    };
    let may = cluster
        .identities
        .get(request.token())
        .is_some_and(|rules| rules.iter().any(|rule| rule.allows("watch", group, plural, namespace)));
    if !may {
        let message = format!("{plural} is forbidden: User \"{}\" cannot watch resource \"{plural}\"", request.token());
        let body = answer::status(403, "Forbidden", &message).body;
        write!(writer, "HTTP/1.1 403 X\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n", body.len())?;
        return writer.write_all(&body).and_then(|()| writer.flush());
    }
    writer.write_all(b"HTTP/1.1 200 X\r\ncontent-type: application/json\r\ntransfer-encoding: chunked\r\n\r\n")?;
    writer.flush()?;
    let seconds = request.query.get("timeoutSeconds").and_then(|s| s.parse().ok()).unwrap_or(300);
    let end = Instant::now() + Duration::from_secs(seconds);
    let mut seen: u64 = request.query.get("resourceVersion").and_then(|v| v.parse().ok()).unwrap_or(0);
    while Instant::now() < end {
        let news: Vec<Event> = {
            let all = cluster.events.lock().unwrap();
            // In the order of versions: what was seen is not looked at again.
            let fresh = all.get(all.partition_point(|event| event.version <= seen)..).unwrap_or_default();
            let fits = |e: &&Event| e.group == group && e.plural == plural;
            let news = fresh.iter().filter(fits).cloned().collect();
            seen = fresh.last().map_or(seen, |event| event.version);
            news
        };
        for event in news {
            let inside = |ns: &str| event.body["object"]["metadata"]["namespace"].as_str().is_none_or(|own| own == ns);
            if !namespace.is_none_or(inside) {
                continue;
            }
            if event.body == "CUT" {
                cluster.events.lock().unwrap().retain(|e| e.version != event.version);
                writer.write_all(b"40\r\n{\"type\": \"MODI")?;
                return Err(std::io::Error::other("cut"));
            }
            let line = format!("{}\n", event.body);
            write!(writer, "{:x}\r\n{line}\r\n", line.len())?;
            writer.flush()?;
        }
        std::thread::sleep(Duration::from_millis(20));
    }
    writer.write_all(b"0\r\n\r\n").and_then(|()| writer.flush())
}
