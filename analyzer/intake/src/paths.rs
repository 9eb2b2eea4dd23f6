//! Paths of members: how reports call them, where links lead, and names without their endings.

use super::content::Container;

/// What stands between an archive inside an input and a member of it, as in the URLs of `jar:`.
pub(crate) const NESTED: &str = "!/";

/// The archive inside the input that a member stands in, as its path begins; empty for members of the input itself.
pub(crate) fn archive_of(path: &str) -> &str {
    path.find(NESTED).and_then(|at| path.get(..at + NESTED.len())).unwrap_or_default()
}

/// How a member is called in reports.
pub(crate) fn display(container: Container, input: &str, member: &str) -> String {
    match container {
        Container::File | Container::Unreadable => input.to_owned(),
        Container::Directory => format!("{}/{member}", input.trim_end_matches('/')),
        Container::Tar | Container::Zip => format!("{input}!{member}"),
    }
}

/// The member that a link at `from` leads to; none where it leads out of the input.
pub fn link_target(from: &str, target: &str) -> Option<String> {
    if target.starts_with('/') {
        return None;
    }
    let mut parts: Vec<&str> = from.split('/').collect();
    parts.pop();
    for part in target.split('/') {
        match part {
            "" | "." => {}
            ".." => {
                parts.pop()?;
            }
            name => parts.push(name),
        }
    }
    Some(parts.join("/"))
}

/// Endings of texts and archives.
const TEXT: [&str; 24] = [
    "cfg",
    "conf",
    "config",
    "csv",
    "env",
    "err",
    "gz",
    "ini",
    "log",
    "logs",
    "metrics",
    "old",
    "out",
    "prom",
    "properties",
    "stderr",
    "stdout",
    "tar",
    "tgz",
    "tsv",
    "txt",
    "xz",
    "zip",
    "zst",
];

/// How a member is written, by the ending of its name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Written {
    /// YAML or JSON. Manifests are: kubectl, Kustomize, Argo CD and Flux read nothing else from a folder.
    Document,
    /// Text or an archive, as people save what a terminal showed.
    Text,
    /// The name does not say.
    Unsaid,
}

/// Judges a member by its path.
pub(crate) fn written(path: &str) -> Written {
    let name = path.rsplit('/').next().unwrap_or(path).to_ascii_lowercase();
    let plain = ["gz", "xz", "zst"].iter().find_map(|end| name.strip_suffix(end)?.strip_suffix('.')).unwrap_or(&name);
    let ending = plain.rsplit_once('.').map_or("", |(_, ending)| ending);
    if matches!(ending, "yaml" | "yml" | "json" | "jsonl" | "ndjson") {
        Written::Document
    } else if TEXT.binary_search(&ending).is_ok() || plain.len() < name.len() || name.contains(".log.") {
        Written::Text
    } else {
        Written::Unsaid
    }
}

/// A file name without the endings that say how it is written.
pub(crate) fn stem(name: &str) -> &str {
    let mut stem = name;
    for ending in [".gz", ".xz", ".zst", ".txt", ".log", ".out", ".yaml", ".yml", ".json", ".jsonl", ".ndjson"] {
        stem = stem.strip_suffix(ending).unwrap_or(stem);
    }
    stem
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn endings_are_sorted_for_the_search() {
        assert!(TEXT.is_sorted());
    }

    #[test]
    fn links_lead_to_members_and_never_out() {
        assert_eq!(link_target("a/b/x.yaml", "x.json").as_deref(), Some("a/b/x.json"));
        assert_eq!(link_target("a/b/x.yaml", "../c/./x.json").as_deref(), Some("a/c/x.json"));
        assert_eq!(link_target("x.yaml", "../x.json"), None);
        assert_eq!(link_target("a/x.yaml", "/etc/passwd"), None);
    }
}
