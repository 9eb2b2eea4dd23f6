//! A report of a large cluster: every format stays within the limits of its readers, is written piece by piece, gives
//! the same bytes again, and begins with the worst.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

#[path = "common/mod.rs"]
mod common;

use std::hash::{DefaultHasher, Hasher as _};
use std::io::Write;

use kubereach_reports::render::{Format, RenderOptions, render};
use kubereach_reports::report::{Report, Verdict};
use serde_json::Value;

const SUBJECTS: usize = 10_000;

/// What a reader sees of how a report is written.
#[derive(Default)]
struct Reader {
    text: Vec<u8>,
    largest: usize,
}

impl Write for Reader {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.largest = self.largest.max(bytes.len());
        self.text.extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// Written piece by piece, and the same once more.
fn rendered(report: &Report, format: Format) -> String {
    let mut reader = Reader::default();
    render(report, format, &RenderOptions::default(), &mut reader).unwrap();
    let (word, all) = (format.word(), reader.text.len());
    assert!(
        reader.largest <= 200_000 || reader.largest * 50 < all,
        "{word}: {} of {all} bytes were written at once",
        reader.largest
    );
    /// Whether it is the same is seen without keeping it twice.
    struct Digest(DefaultHasher);
    impl Write for Digest {
        fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
            self.0.write(bytes);
            Ok(bytes.len())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    let mut again = Digest(DefaultHasher::new());
    render(report, format, &RenderOptions::default(), &mut again).unwrap();
    let mut first = DefaultHasher::new();
    first.write(&reader.text);
    assert_eq!(again.0.finish(), first.finish(), "{word} differs from one time to the next");
    String::from_utf8(reader.text).unwrap()
}

/// The words of a JSON list, in order.
fn words<'v>(list: &'v Value, key: &str) -> Vec<&'v str> {
    list.as_array().unwrap().iter().map(|item| item[key].as_str().unwrap()).collect()
}

fn is_sorted(words: &[&str], order: &[&str]) -> bool {
    words.iter().map(|word| order.iter().position(|known| known == word).unwrap()).is_sorted()
}

#[test]
fn json_has_every_subject_worst_first() {
    let report: Value = serde_json::from_str(&rendered(&common::each_with_its_own(SUBJECTS), Format::Json)).unwrap();
    let verdicts = words(&report["subjects"], "verdict");
    assert_eq!(verdicts.len(), SUBJECTS);
    let order: Vec<&str> = Verdict::ALL.iter().map(|verdict| verdict.word()).collect();
    let order: Vec<&str> = if is_sorted(&verdicts, &order) { order } else { order.into_iter().rev().collect() };
    assert_eq!(verdicts.first(), Some(&"broken"));
    assert!(is_sorted(&verdicts, &order), "not in the order of verdicts");
}

#[test]
fn jsonl_has_a_line_for_every_subject() {
    let text = rendered(&common::each_with_its_own(SUBJECTS), Format::Jsonl);
    assert_eq!(text.lines().count(), SUBJECTS);
    assert!(text.lines().next().unwrap().contains("\"broken\""));
}

#[test]
fn html_opens_with_every_row_within_30_megabytes() {
    let page = rendered(&common::each_with_its_own(SUBJECTS), Format::Html);
    assert!(page.len() <= 30_000_000, "{} bytes", page.len());
    assert_eq!(page.matches("<tr data-i=").count() + page.matches("<tr id=\"v=").count(), SUBJECTS);
}

#[test]
fn markdown_stays_within_what_a_forge_takes() {
    let text = rendered(&common::each_with_its_own(SUBJECTS), Format::Markdown);
    let length = text.encode_utf16().count();
    assert!(length <= 65_000, "{length}");
    assert!(text.contains("more subjects not shown in detail"));
}

#[test]
fn text_shows_the_worst_and_counts_the_rest() {
    let text = rendered(&common::each_with_its_own(SUBJECTS), Format::Text);
    assert!(text.lines().count() < 1_500, "{} lines", text.lines().count());
    assert!(text.contains("… and 9,960 more (4,960 broken, 2,500 partly working, 2,500 not judged)"), "{text}");
}

#[test]
fn sarif_has_the_worst_5_000_results_and_says_so() {
    let text = rendered(&common::each_with_its_own(SUBJECTS), Format::Sarif);
    let log: Value = serde_json::from_str(&text).unwrap();
    let run = &log["runs"][0];
    let levels = words(&run["results"], "level");
    assert_eq!(levels.len(), 5_000);
    assert!(is_sorted(&levels, &["error", "warning", "note"]));
    assert!(text.contains("Only the worst 5,000 of"));
    let notifications = run["invocations"][0]["toolExecutionNotifications"].as_array().unwrap().len();
    assert!(notifications < 2_500, "{notifications}");
}

#[test]
fn junit_has_a_case_for_every_subject() {
    let text = rendered(&common::each_with_its_own(SUBJECTS), Format::Junit);
    assert_eq!(text.matches("<testcase ").count(), SUBJECTS);
    let root = text.split_once("<testsuites").unwrap().1.split_once('>').unwrap().0;
    assert!(root.contains("tests=\"10000\"") && !root.contains("skipped"), "{root}");
}

#[test]
fn github_annotates_ten_of_each_level_and_counts_the_rest() {
    let text = rendered(&common::each_with_its_own(SUBJECTS), Format::Github);
    for command in ["error", "warning", "notice"] {
        let count = text.lines().filter(|line| line.starts_with(&format!("::{command} "))).count();
        assert_eq!(count, 10, "{command}");
    }
    assert!(text.contains("not shown: "));
    assert!(text.len() < 100_000, "{}", text.len());
}

#[test]
fn gitlab_has_every_issue_once_worst_first() {
    let issues: Value = serde_json::from_str(&rendered(&common::each_with_its_own(SUBJECTS), Format::Gitlab)).unwrap();
    let mut fingerprints = words(&issues, "fingerprint");
    let all = fingerprints.len();
    assert!(all >= SUBJECTS, "{all}");
    fingerprints.sort_unstable();
    fingerprints.dedup();
    assert_eq!(fingerprints.len(), all);
    assert!(is_sorted(&words(&issues, "severity"), &["critical", "major", "info"]));
}
