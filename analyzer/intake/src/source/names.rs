//! What a member's name and its first bytes say about its content, before it is read.

use crate::capture;
use crate::paths::{self, Written};

/// What to do with a member.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Class {
    /// It cannot hold objects.
    Skip,
    /// Short text that layouts need.
    Marker,
    /// YAML or JSON by its name.
    Structured,
    /// The name says nothing: the first bytes decide.
    Sniff,
    /// The name says that it is some text, or an archive: only what begins as a dump does is read.
    Text,
}

/// Endings of files that hold no Kubernetes objects: pictures, programs, captures, keys, sources and documents, and
/// copies that an editor, a patch or a person left of another file. Of a folder kubectl reads `.json`, `.yaml` and
/// `.yml` only (kubernetes/cli-runtime `resource.FileExtensions`).
const SKIPPED: [&str; 89] = [
    "7z", "bak", "bin", "bmp", "bz2", "c", "cap", "core", "crt", "css", "db", "deb", "disabled", "dist", "dll", "dot",
    "dylib", "erb", "example", "exe", "gif", "go", "golden", "gotmpl", "h", "hcl", "heap", "htm", "html", "ico", "j2",
    "jar", "java", "jinja", "jpeg", "jpg", "js", "key", "lock", "lua", "map", "md", "mod", "mp4", "mustache", "orig",
    "p12", "pb", "pcap", "pcapng", "pdf", "pem", "pid", "png", "pprof", "prof", "proto", "ps1", "pub", "py", "pyc",
    "rb", "rej", "rpm", "rs", "rst", "sample", "save", "sh", "so", "sock", "sql", "sqlite", "sum", "svg", "swo", "swp",
    "template", "tf", "tfstate", "tfvars", "tmpl", "toml", "tpl", "ts", "tsx", "wasm", "xls", "xml",
];

/// Judges a member by its `/`-separated path.
pub(crate) fn classify(path: &str) -> Class {
    let name = path.rsplit('/').next().unwrap_or(path);
    if crate::layouts::is_text(name) {
        return Class::Marker;
    }
    // What macOS leaves beside every file, and what version control keeps to itself.
    if name.starts_with("._") || name == ".DS_Store" || path.split('/').any(|part| part == "__MACOSX" || part == ".git")
    {
        return Class::Skip;
    }
    match paths::written(path) {
        Written::Document => Class::Structured,
        Written::Text => Class::Text,
        Written::Unsaid => {
            let ending = name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase());
            let skipped =
                name.ends_with('~') || ending.is_some_and(|ending| SKIPPED.binary_search(&ending.as_str()).is_ok());
            if skipped { Class::Skip } else { Class::Sniff }
        }
    }
}

/// Keys that lines of a log begin with.
const LOG_KEYS: [&[u8]; 12] = [
    b"level",
    b"ts",
    b"time",
    b"msg",
    b"message",
    b"timestamp",
    b"@timestamp",
    b"severity",
    b"log",
    b"stream",
    b"caller",
    b"logger",
];

/// Whether the first bytes of a text begin as a dump of objects does: a document, or what a terminal shows before one.
pub(crate) fn looks_like_dump(head: &[u8]) -> bool {
    let head = head.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(head);
    let Some((at, line)) = significant(head).next() else { return false };
    let rest = head.get(at..).unwrap_or_default();
    if !matches!(line.first(), Some(b'{' | b'[')) || capture::is_command(line) {
        return begins_document(line) || capture::leads_in(rest);
    }
    let first = rest.get(1..).unwrap_or_default().trim_ascii_start();
    let key = first.strip_prefix(b"\"").and_then(|key| key.split(|&b| b == b'"').next());
    let marks = [&b"\"apiVersion\""[..], b"\"items\"", b"\"Items\"", b"\"liveState\""];
    !key.is_some_and(|key| LOG_KEYS.contains(&key))
        && memchr::memmem::find(rest, b"audit.k8s.io/").is_none()
        && marks.iter().any(|mark| memchr::memmem::find(rest, mark).is_some())
}

/// Lines that are neither empty nor a comment nor a mark between documents, and where they begin.
fn significant(head: &[u8]) -> impl Iterator<Item = (usize, &[u8])> {
    let mut at = 0;
    head.split(|&b| b == b'\n').take(40).filter_map(move |line| {
        let start = at;
        at += line.len() + 1;
        let line = line.trim_ascii();
        (!(line.is_empty() || line.starts_with(b"#") || line == b"---")).then_some((start, line))
    })
}

/// Whether a line begins a document, or is an answer of kubectl in place of one.
fn begins_document(line: &[u8]) -> bool {
    [
        &b"apiVersion:"[..],
        b"kind:",
        b"items:",
        b"metadata:",
        b"- apiVersion:",
        b"- kind:",
        b"- metadata:",
        b"Error from server",
        b"No resources found",
    ]
    .iter()
    .any(|start| line.starts_with(start))
}

/// Whether the first bytes of a file look like Kubernetes documents.
pub(crate) fn looks_structured(head: &[u8]) -> bool {
    let head = head.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(head);
    if memchr::memchr(0, head.get(..512.min(head.len())).unwrap_or_default()).is_some() {
        return false;
    }
    let first = significant(head).next();
    first.is_some_and(|(_, line)| matches!(line.first(), Some(b'{' | b'[')) || begins_document(line))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_are_sorted_for_the_search() {
        assert!(SKIPPED.is_sorted());
    }

    #[test]
    fn names_decide_what_is_opened() {
        for (path, class) in [
            ("a/services.yaml", Class::Structured),
            ("a/pods.JSON", Class::Structured),
            ("a/pods.json.gz", Class::Structured),
            ("cluster/k8s-resources", Class::Sniff),
            ("metadata/version", Class::Marker),
            ("x/must-gather.logs", Class::Marker),
            ("x/current.log", Class::Text),
            ("x/ctr.log.1", Class::Text),
            ("x/nodes/node1.zip", Class::Text),
            ("x/logs.tar.gz", Class::Text),
            ("x/pods.yaml.txt", Class::Text),
            ("x/pods.txt.gz", Class::Text),
            ("x/pods.yaml.bak", Class::Skip),
            ("x/deploy.yaml.j2", Class::Skip),
            ("x/web.yaml.disabled", Class::Skip),
            ("x/web.golden", Class::Skip),
            ("x/web.yaml~", Class::Skip),
            ("x/._services.yaml", Class::Skip),
            (".sonobuoy-version", Class::Marker),
            ("x/notes.txt", Class::Text),
        ] {
            assert_eq!(classify(path), class, "{path}");
        }
        assert!(looks_structured(b"# c\n---\napiVersion: v1\n"));
        assert!(!looks_structured(b"Name: web\nNamespace: shop\n"));
    }

    #[test]
    fn the_first_bytes_of_a_text_decide() {
        for text in [
            "apiVersion: v1\nitems: []\n",
            "{\n  \"apiVersion\": \"v1\",\n",
            "$ kubectl get pods -o yaml\napiVersion: v1\n",
            "[admin@bastion ~]$ kubectl get svc -n shop -o yaml\napiVersion: v1\n",
            "NAME   READY   STATUS    RESTARTS   AGE\nweb    1/1     Running   0          1d\n",
            "Name:         web\nNamespace:    shop\nLabels:       app=web\n",
        ] {
            assert!(looks_like_dump(text.as_bytes()), "{text}");
        }
        for text in [
            "2026-01-02T03:04:05Z starting\n",
            "{\"level\":\"info\",\"msg\":\"patched\",\"object\":{\"apiVersion\":\"v1\"}}\n",
            "{\"kind\":\"Event\",\"apiVersion\":\"audit.k8s.io/v1\"}\n",
            "Thank you for installing web.\n\n  kubectl get pods\n",
            "I1123 12:00:00.000000 1 main.go:1] x\n",
        ] {
            assert!(!looks_like_dump(text.as_bytes()), "{text}");
        }
    }
}
