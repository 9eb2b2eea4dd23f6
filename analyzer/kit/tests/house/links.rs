//! References lead somewhere: every `docs/PAGE.md#heading` that a file names, and every link among the pages.

use std::collections::{BTreeMap, BTreeSet};
use std::path::{Component, Path, PathBuf};

use kubereach_testkit::repository;
use regex::Regex;

use crate::files;

/// The anchors of a page, as GitHub makes them of headings.
fn anchors(markdown: &str) -> BTreeSet<String> {
    let link = Regex::new(r"\[([^\]]*)\]\([^)]*\)").unwrap();
    let (mut found, mut seen, mut fenced) = (BTreeSet::new(), BTreeMap::<String, usize>::new(), false);
    for line in markdown.lines() {
        if line.starts_with("```") {
            fenced = !fenced;
        }
        let heading = line.trim_start_matches('#');
        let depth = line.len() - heading.len();
        if fenced || depth == 0 || depth > 6 || !heading.starts_with(' ') {
            continue;
        }
        let plain = link.replace_all(heading.trim(), "$1").to_lowercase();
        let kept = plain.chars().filter(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | ' '));
        let anchor = kept.collect::<String>().replace(' ', "-");
        let count = seen.entry(anchor.clone()).or_default();
        found.insert(if *count == 0 { anchor } else { format!("{anchor}-{count}") });
        *count += 1;
    }
    found
}

/// Pages that were read, with their anchors.
#[derive(Default)]
struct Pages(BTreeMap<PathBuf, Option<BTreeSet<String>>>);

impl Pages {
    /// What is wrong with a reference.
    fn wrong(&mut self, page: &Path, anchor: &str) -> Option<String> {
        let known = self.0.entry(page.to_owned()).or_insert_with(|| {
            let path = repository().join(page);
            path.exists().then(|| anchors(&std::fs::read_to_string(path).unwrap_or_default()))
        });
        match known {
            None => Some(format!("there is no {}", page.display())),
            Some(known) if anchor.is_empty() || known.contains(anchor) => None,
            Some(_) => Some(format!("{} has no heading #{anchor}", page.display())),
        }
    }
}

/// A page of kubernetes/dns.
const ELSEWHERE: &str = "docs/specification.md";

/// `a/b/../c` as `a/c`.
fn normal(path: &Path) -> PathBuf {
    let mut parts = PathBuf::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(parts.pop()),
            Component::CurDir => {}
            other => parts.push(other),
        }
    }
    parts
}

#[test]
fn every_page_and_heading_that_a_file_names_exists() {
    let reference = Regex::new(r"\bdocs/(?:semantics/)?[a-z0-9-]+\.md(?:#[\w-]+)?").unwrap();
    let (mut pages, mut wrong, mut count) = (Pages::default(), Vec::new(), 0);
    // Other repositories have a folder of this name, too.
    let ours = |text: &str, at: usize, page: &str| !text[..at].ends_with(['/', '-']) && page != ELSEWHERE;
    for file in files::all() {
        for (line, text) in (1..).zip(file.text.lines()) {
            for found in reference.find_iter(text).filter(|found| ours(text, found.start(), found.as_str())) {
                let (page, anchor) = found.as_str().split_once('#').unwrap_or((found.as_str(), ""));
                count += 1;
                wrong.extend(pages.wrong(Path::new(page), anchor).map(|why| format!("{}:{line}: {why}", file.path)));
            }
        }
    }
    assert!(count > 500, "only {count} references");
    assert!(wrong.is_empty(), "{} of {count} references lead nowhere:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn every_link_between_pages_leads_somewhere() {
    let code = Regex::new(r"(?s)```.*?```|`[^`\n]*`").unwrap();
    let link = Regex::new(r"\]\s?\(([^)\s]+)\)").unwrap();
    let (mut pages, mut wrong, mut count) = (Pages::default(), Vec::new(), 0);
    let written = files::all().iter().filter(|file| file.path.ends_with(".md"));
    for file in written.filter(|file| file.path.starts_with("docs/") || !file.path.contains('/')) {
        // A link of code has brackets of its own; one may be broken over lines.
        let text = code.replace_all(&file.text, "code");
        for found in link.captures_iter(&text) {
            let target = &found[1];
            if target.contains("://") || target.starts_with("mailto:") {
                continue;
            }
            let (page, anchor) = target.split_once('#').unwrap_or((target, ""));
            let own = Path::new(&file.path);
            let page = if page.is_empty() { own.to_owned() } else { own.parent().unwrap().join(page) };
            count += 1;
            wrong.extend(pages.wrong(&normal(&page), anchor).map(|why| format!("{}: {why}", file.path)));
        }
    }
    assert!(count > 50, "only {count} links");
    assert!(wrong.is_empty(), "{} of {count} links lead nowhere:\n{}", wrong.len(), wrong.join("\n"));
}

#[test]
fn anchors_are_made_as_github_makes_them() {
    let page = "# One `code` and *more*\n## [Linked](x.md), twice\n## Linked, twice\n```\n# not one\n```\n#none\n";
    let expected = ["one-code-and-more", "linked-twice", "linked-twice-1"];
    assert_eq!(anchors(page), expected.map(str::to_owned).into());
}
