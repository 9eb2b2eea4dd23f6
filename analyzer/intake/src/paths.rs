//! Paths of members: how reports call them, where links lead, and names without their endings.

use super::content::Container;

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

/// A file name without the endings that say how it is written.
pub(crate) fn stem(name: &str) -> &str {
    let mut stem = name;
    for ending in [".gz", ".xz", ".zst", ".yaml", ".yml", ".json", ".jsonl", ".ndjson"] {
        stem = stem.strip_suffix(ending).unwrap_or(stem);
    }
    stem
}

#[cfg(test)]
mod tests {
    use super::link_target;

    #[test]
    fn links_lead_to_members_and_never_out() {
        assert_eq!(link_target("a/b/x.yaml", "x.json").as_deref(), Some("a/b/x.json"));
        assert_eq!(link_target("a/b/x.yaml", "../c/./x.json").as_deref(), Some("a/c/x.json"));
        assert_eq!(link_target("x.yaml", "../x.json"), None);
        assert_eq!(link_target("a/x.yaml", "/etc/passwd"), None);
    }
}
