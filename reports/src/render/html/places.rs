//! Places in the input without the long beginning that they share: `support-bundle!…/cluster-resources/pods/shop.json`.

use std::collections::HashSet;

use crate::report::Report;

/// Inputs whose names are shortened; where there are more, the names are short or the reader knows them.
const INPUTS: usize = 8;
/// What is shorter than this may stand.
const LONG: usize = 28;

/// What is written for which beginning, the longest first.
pub(super) struct Places {
    short: Vec<(String, String)>,
}

impl Places {
    pub(super) fn of(report: &Report) -> Self {
        let inputs: Vec<&str> = report.snapshot.inputs.iter().map(|input| input.path.as_str()).collect();
        if inputs.len() > INPUTS {
            return Self { short: Vec::new() };
        }
        let mut names: HashSet<&str> = HashSet::new();
        let mut short: Vec<(String, String)> = Vec::new();
        for input in inputs {
            let mut name = stem(input);
            if !names.insert(name) {
                name = base(input);
            }
            let beginning = format!("{input}!");
            let members: Vec<&str> = report
                .findings
                .iter()
                .filter_map(|finding| finding.location.as_ref()?.path.strip_prefix(&beginning))
                .collect();
            let folder = common_folder(&members);
            if !folder.is_empty() {
                short.push((format!("{beginning}{folder}"), format!("{name}!…/")));
            }
            short.push((beginning, format!("{name}!")));
            if !input.ends_with('/') {
                short.push((format!("{input}/"), format!("{}/", base(input))));
            }
        }
        short.retain(|(long, _)| long.len() > LONG);
        short.sort_by_key(|(long, _)| std::cmp::Reverse(long.len()));
        Self { short }
    }

    /// The text with short places.
    pub(super) fn short(&self, text: &str) -> String {
        let mut text = text.to_owned();
        for (long, short) in &self.short {
            if text.contains(long.as_str()) {
                text = text.replace(long.as_str(), short);
            }
        }
        text
    }

    /// How places in this input are written, if they are shortened.
    pub(super) fn written(&self, input: &str) -> Option<String> {
        let of = |(long, short): &(String, String)| (long.starts_with(input)).then(|| short.clone());
        self.short.iter().find_map(of)
    }
}

/// The first folder, where all members stand in it.
fn common_folder(members: &[&str]) -> String {
    let folder = |member: &&str| member.split_once('/').map(|(folder, _)| folder.to_owned());
    match members.first().and_then(folder) {
        Some(first) if members.iter().all(|member| folder(member).as_ref() == Some(&first)) => format!("{first}/"),
        _ => String::new(),
    }
}

/// The name of a file.
fn base(path: &str) -> &str {
    path.trim_end_matches('/').rsplit('/').next().unwrap_or(path)
}

/// The same without a date and ending: `support-bundle` of `support-bundle-2026-01-02T03_04_05.tar.gz`.
fn stem(path: &str) -> &str {
    let name = base(path);
    let name = name.split_once('.').map_or(name, |(name, _)| name);
    let dated = name.char_indices().find(|&(at, c)| {
        matches!(c, '-' | '_') && name.get(at + 1..).is_some_and(|rest| rest.starts_with(|c: char| c.is_ascii_digit()))
    });
    match dated.and_then(|(at, _)| name.get(..at)) {
        Some(stem) if !stem.is_empty() => stem,
        _ => name,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_name_loses_date_and_ending() {
        assert_eq!(stem("a/support-bundle-2026-01-02T03_04_05.tar.gz"), "support-bundle");
        assert_eq!(stem("must-gather.local.123/"), "must-gather");
        assert_eq!(stem("2026-01-02.zip"), "2026");
        assert_eq!(stem("-"), "-");
    }

    #[test]
    fn members_of_one_folder_share_it() {
        assert_eq!(common_folder(&["a/b/c", "a/d"]), "a/");
        assert_eq!(common_folder(&["a/b", "c/d"]), "");
        assert_eq!(common_folder(&["b"]), "");
        assert_eq!(common_folder(&[]), "");
    }
}
