//! What a member's name says about its content, before a byte of it is read.

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
}

/// Endings of files that hold no Kubernetes objects.
const SKIPPED: [&str; 92] = [
    "7z", "bak", "bin", "bmp", "bz2", "c", "cap", "cfg", "conf", "config", "core", "crt", "css", "csv", "db", "deb",
    "dll", "dot", "dylib", "env", "err", "exe", "gif", "go", "gz", "h", "hcl", "heap", "htm", "html", "ico", "ini",
    "jar", "java", "jpeg", "jpg", "js", "key", "lock", "log", "logs", "lua", "map", "md", "metrics", "mod", "mp4",
    "orig", "out", "p12", "pb", "pcap", "pcapng", "pdf", "pem", "pid", "png", "pprof", "prof", "prom", "proto", "ps1",
    "pub", "py", "pyc", "rb", "rpm", "rs", "rst", "sh", "so", "sock", "sql", "sqlite", "stderr", "sum", "svg", "swp",
    "tar", "tf", "tfvars", "tgz", "toml", "tpl", "ts", "tsv", "txt", "wasm", "xml", "xz", "zip", "zst",
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
    let lower = name.to_ascii_lowercase();
    let plain = ["gz", "xz", "zst"].iter().find_map(|end| lower.strip_suffix(end)?.strip_suffix('.')).unwrap_or(&lower);
    if let Some((_, ending)) = plain.rsplit_once('.') {
        if matches!(ending, "yaml" | "yml" | "json" | "jsonl" | "ndjson") {
            return Class::Structured;
        }
        if SKIPPED.binary_search(&lower.rsplit_once('.').map_or("", |(_, e)| e)).is_ok() || lower.contains(".log.") {
            return Class::Skip;
        }
    }
    Class::Sniff
}

/// Whether the first bytes of a file look like Kubernetes documents.
pub(crate) fn looks_structured(head: &[u8]) -> bool {
    let head = head.strip_prefix(&[0xEF, 0xBB, 0xBF]).unwrap_or(head);
    if memchr::memchr(0, head).is_some() {
        return false;
    }
    for line in head.split(|&b| b == b'\n').take(40) {
        let line = line.trim_ascii();
        if line.is_empty() || line.starts_with(b"#") || line == b"---" {
            continue;
        }
        return matches!(line.first(), Some(b'{' | b'['))
            || [
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
            .any(|start| line.starts_with(start));
    }
    false
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
            ("x/current.log", Class::Skip),
            ("x/ctr.log.1", Class::Skip),
            ("x/nodes/node1.zip", Class::Skip),
            ("x/logs.tar.gz", Class::Skip),
            ("x/._services.yaml", Class::Skip),
            (".sonobuoy-version", Class::Marker),
            ("x/notes.txt", Class::Skip),
        ] {
            assert_eq!(classify(path), class, "{path}");
        }
        assert!(looks_structured(b"# c\n---\napiVersion: v1\n"));
        assert!(!looks_structured(b"Name: web\nNamespace: shop\n"));
    }
}
