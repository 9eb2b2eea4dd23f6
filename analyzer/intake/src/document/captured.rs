//! Output of kubectl that is not a document: errors, warnings and logs captured into the same file.

use std::borrow::Cow;

use crate::content::{CapturedError, ErrorClass};

/// Where the text begins, after a UTF-8 byte-order mark.
pub(crate) fn strip_start(bytes: &[u8]) -> usize {
    if bytes.starts_with(&[0xEF, 0xBB, 0xBF]) { 3 } else { 0 }
}

/// What a line at the left margin is, when it is no document text.
pub(super) enum Line {
    /// An error to keep.
    Error(CapturedError),
    /// A warning or a log line of the client: says nothing about the objects.
    Noise,
    /// The start of a container's log in `kubectl cluster-info dump`.
    LogStart,
}

/// Recognises a captured line; `line` is its number.
pub(super) fn recognise(text: &[u8], line: u32) -> Option<Line> {
    if !matches!(text.first(), Some(b'C' | b'E' | b'e' | b'N' | b'U' | b'T' | b'W' | b'I' | b'F' | b'=')) {
        return None;
    }
    if text.starts_with(b"==== START logs for container ") {
        return Some(Line::LogStart);
    }
    if text.starts_with(b"==== END logs for container ") || text.starts_with(b"Cluster info dumped to ") {
        return Some(Line::Noise);
    }
    let text = String::from_utf8_lossy(text.trim_ascii_end());
    let kubectl = [
        "Error from server",
        "error: ",
        "No resources found",
        "Unable to connect to the server",
        "The connection to the server ",
        "Error: ",
    ];
    if kubectl.iter().any(|start| text.starts_with(start)) {
        return Some(Line::Error(parse(&text, line)));
    }
    if text.starts_with("Warning: ") && (text.contains("deprecated") || text.contains("unavailable")) {
        return Some(Line::Noise);
    }
    is_klog(text.as_bytes()).then_some(Line::Noise)
}

/// `E1123 12:00:00.000000`: the prefix of the client's own log.
fn is_klog(text: &[u8]) -> bool {
    let [level, m1, m2, d1, d2, b' ', h1, h2, b':', ..] = text else {
        return false;
    };
    matches!(level, b'I' | b'W' | b'E' | b'F') && [m1, m2, d1, d2, h1, h2].iter().all(|b| b.is_ascii_digit())
}

/// Reads class, resource, group and namespace out of an error text.
pub(super) fn parse(text: &str, line: u32) -> CapturedError {
    let mut error = CapturedError {
        line,
        text: text.chars().take(2000).collect(),
        class: ErrorClass::Other,
        resource: None,
        group: None,
        namespace: None,
    };
    let after = |marker: &str| text.find(marker).and_then(|n| text.get(n + marker.len()..));
    let quoted = |rest: Option<&str>| rest.and_then(|r| r.split('"').next()).map(str::to_owned);
    if text.contains("(Forbidden)") || text.contains(" is forbidden: ") {
        error.class = ErrorClass::Forbidden;
        error.resource = quoted(after("cannot list resource \""))
            .or_else(|| quoted(after("cannot get resource \"")))
            .or_else(|| quoted(after("cannot watch resource \"")));
        error.group = quoted(after("in API group \""));
        error.namespace = quoted(after("in the namespace \""));
        if error.resource.is_none()
            && let Some(name) = text.rsplit("): ").next().and_then(|rest| rest.split(' ').next())
        {
            let (resource, group) = name.split_once('.').unwrap_or((name, ""));
            error.resource = Some(resource.to_owned());
            error.group = error.group.or_else(|| Some(group.to_owned()));
        }
    } else if text.contains("the server doesn't have a resource type ") {
        error.class = ErrorClass::NotServed;
        error.resource = quoted(after("the server doesn't have a resource type \""));
        split_group(&mut error);
    } else if text.contains("the server could not find the requested resource") || text.contains("no matches for kind ")
    {
        error.class = ErrorClass::NotServed;
        error.resource = quoted(after("no matches for kind \""));
    } else if text.starts_with("No resources found") {
        error.class = ErrorClass::NoResources;
        error.namespace = after("No resources found in ")
            .and_then(|rest| rest.split(" namespace").next())
            .filter(|name| !name.is_empty() && !name.contains(' '))
            .map(str::to_owned);
    } else if text.contains("(NotFound)") {
        error.class = ErrorClass::NotFound;
        if let Some(name) = after("(NotFound): ").and_then(|rest| rest.split(' ').next()) {
            error.resource = Some(name.to_owned());
            split_group(&mut error);
        }
    }
    error
}

/// `httproutes.gateway.networking.k8s.io` names its group after the first dot.
fn split_group(error: &mut CapturedError) {
    if let Some((resource, group)) = error.resource.as_deref().and_then(|r| r.split_once('.')) {
        let (resource, group) = (resource.to_owned(), group.to_owned());
        error.resource = Some(resource);
        error.group = Some(group);
    }
}

/// The text with captured lines blanked out, so that every position stays where it was.
pub(super) fn strip(bytes: &[u8]) -> (Cow<'_, [u8]>, Vec<CapturedError>) {
    let mut errors = Vec::new();
    let mut blank: Vec<(usize, usize)> = Vec::new();
    let mut start = strip_start(bytes);
    let mut number = 1_u32;
    let mut in_log = false;
    while start < bytes.len() {
        let rest = bytes.get(start..).unwrap_or_default();
        let end = memchr::memchr(b'\n', rest).map_or(bytes.len(), |n| start + n);
        let line = bytes.get(start..end).unwrap_or_default();
        if in_log {
            blank.push((start, end));
            in_log = !line.starts_with(b"==== END logs for container ");
        } else {
            match recognise(line, number) {
                None => {}
                Some(found) => {
                    blank.push((start, end));
                    match found {
                        Line::Error(error) => errors.push(error),
                        Line::Noise => {}
                        Line::LogStart => in_log = true,
                    }
                }
            }
        }
        start = end + 1;
        number = number.saturating_add(1);
    }
    if blank.is_empty() {
        return (Cow::Borrowed(bytes), errors);
    }
    let mut copy = bytes.to_vec();
    for (start, end) in blank {
        if let Some(range) = copy.get_mut(start..end) {
            range.fill(b' ');
        }
    }
    (Cow::Owned(copy), errors)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn of(text: &str) -> CapturedError {
        match recognise(text.as_bytes(), 7) {
            Some(Line::Error(error)) => error,
            _ => panic!("{text} was not recognised"),
        }
    }

    #[test]
    fn errors_say_what_was_refused() {
        let e = of(
            r#"Error from server (Forbidden): pods is forbidden: User "dev" cannot list resource "pods" in API group "" in the namespace "shop""#,
        );
        assert_eq!((e.class, e.line), (ErrorClass::Forbidden, 7));
        assert_eq!(
            (e.resource.as_deref(), e.group.as_deref(), e.namespace.as_deref()),
            (Some("pods"), Some(""), Some("shop"))
        );
        let e = of(
            r#"Error from server (Forbidden): gateways.gateway.networking.k8s.io is forbidden: User "dev" cannot list resource "gateways" in API group "gateway.networking.k8s.io" at the cluster scope"#,
        );
        assert_eq!(
            (e.resource.as_deref(), e.group.as_deref(), e.namespace),
            (Some("gateways"), Some("gateway.networking.k8s.io"), None)
        );
        let e = of(r#"error: the server doesn't have a resource type "httproutes""#);
        assert_eq!((e.class, e.resource.as_deref()), (ErrorClass::NotServed, Some("httproutes")));
        let e = of("No resources found in shop namespace.");
        assert_eq!((e.class, e.namespace.as_deref()), (ErrorClass::NoResources, Some("shop")));
        let e = of("No resources found");
        assert_eq!((e.class, e.namespace), (ErrorClass::NoResources, None));
        let e = of(r#"Error from server (NotFound): services "web" not found"#);
        assert_eq!((e.class, e.resource.as_deref()), (ErrorClass::NotFound, Some("services")));
        let e = of("The connection to the server localhost:8080 was refused - did you specify the right host or port?");
        assert_eq!(e.class, ErrorClass::Other);
    }

    #[test]
    fn document_text_is_not_an_error() {
        for line in ["Endpoints: x", "kind: Pod", "- item", "apiVersion: v1", "Warning: keep", "E1: x"] {
            assert!(recognise(line.as_bytes(), 1).is_none(), "{line}");
        }
    }
}
