//! What is pasted into a ticket or a chat, and for whom a report is worded.

// A test may panic.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use kubereach_reports::render::{Audience, Format, RenderOptions, render};
use kubereach_reports::report::Report;

const TICKETS: [Format; 2] = [Format::Jira, Format::Slack];

fn rendered(report: &Report, format: Format, options: &RenderOptions) -> String {
    let mut out = Vec::new();
    render(report, format, options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn support() -> RenderOptions {
    RenderOptions { audience: Audience::Support, ..RenderOptions::default() }
}

fn summary() -> RenderOptions {
    RenderOptions { summary_only: true, ..RenderOptions::default() }
}

/// What the readers of a format take.
const fn limit(format: Format) -> usize {
    match format {
        Format::Slack => 4_000,
        _ => 32_767,
    }
}

#[test]
fn what_they_look_like() {
    for format in TICKETS {
        let word = format.word();
        insta::assert_snapshot!(
            format!("caused_{word}"),
            rendered(&common::caused(), format, &RenderOptions::default())
        );
        insta::assert_snapshot!(format!("caused_{word}_for_support"), rendered(&common::caused(), format, &support()));
        insta::assert_snapshot!(
            format!("sample_{word}"),
            rendered(&common::sample(), format, &RenderOptions::default())
        );
    }
}

#[test]
fn the_first_screen_is_five_lines_that_stand_alone() {
    for format in TICKETS {
        let text = rendered(&common::caused(), format, &summary());
        let lines: Vec<&str> = text.lines().filter(|line| !line.is_empty()).collect();
        assert_eq!(lines.len(), 5, "{text}");
        assert!(
            lines[2].contains("node") && lines[2].contains("shop.example") && lines[2].contains("kubectl describe")
        );
        let whole = rendered(&common::caused(), format, &RenderOptions::default());
        assert!(whole.starts_with(&text), "the details come after it");
        assert!(whole.len() > text.len());
        assert!(text.encode_utf16().count() <= 3_000);
    }
    for format in [Format::Text, Format::Markdown] {
        let (part, whole) = (
            rendered(&common::sample(), format, &summary()),
            rendered(&common::sample(), format, &RenderOptions::default()),
        );
        assert!(part.len() * 2 < whole.len(), "{part}");
        assert_eq!(part.lines().next(), whole.lines().next());
    }
}

#[test]
fn they_stay_within_what_is_taken_and_say_what_was_left_out() {
    for format in TICKETS {
        for options in [RenderOptions::default(), support()] {
            for report in [common::many(2_000, 1), common::many(10, 0), common::sample(), common::caused()] {
                let text = rendered(&report, format, &options);
                assert!(
                    text.encode_utf16().count() <= limit(format),
                    "{} {}",
                    format.word(),
                    text.encode_utf16().count()
                );
            }
            let text = rendered(&common::many(2_000, 1), format, &options);
            assert!(text.contains("more; the JSON report has them all"), "{text}");
            assert!(text.encode_utf16().count() > limit(format) / 2, "room was left unused");
        }
        let mut huge = common::caused();
        for cause in &mut huge.causes {
            cause.headline = "*_~<{[".repeat(20_000);
        }
        huge.tool.version = "*".repeat(50_000);
        assert!(rendered(&huge, format, &support()).encode_utf16().count() <= limit(format));
    }
}

#[test]
fn nothing_from_a_cluster_mentions_or_links() {
    let report = common::sample();
    let slack = rendered(&report, Format::Slack, &RenderOptions::default());
    let jira = rendered(&report, Format::Jira, &RenderOptions::default());
    // In code nothing is found.
    let outside: String = slack.split('`').step_by(2).collect();
    for text in [&outside, &jira] {
        assert!(!text.contains("://"), "{text}");
        assert!(!text.contains("@everyone"), "{text}");
    }
    for text in [&slack, &jira] {
        assert!(text.chars().all(|c| c == '\n' || !c.is_control()));
        assert!(!text.contains(['\u{202e}', '\u{200b}']));
    }
    assert!(!slack.contains('<') && !slack.contains('>'), "{slack}");
    assert!(!jira.contains("[click|") && !jira.contains(" [click"), "{jira}");
}

#[test]
fn somebody_without_access_is_told_what_to_ask_for() {
    let report = common::caused();
    for format in [Format::Text, Format::Markdown, Format::Html, Format::Jira, Format::Slack] {
        let text = rendered(&report, format, &support());
        let word = format.word();
        assert!(text.contains("Please run these commands"), "{word}: {text}");
        let message = text.split("Please run these commands").nth(1).unwrap();
        let reads = "kubectl get networkpolicies -A -o yaml";
        assert_eq!(message.matches(reads).count(), 1, "{word}: asked for once: {message}");
        assert!(message.contains("kubectl describe node node-1"), "{word}: {message}");
        assert!(!message.contains("kubectl delete"), "{word}: what changes something is not asked for: {message}");
        let plain = rendered(&report, format, &RenderOptions::default());
        assert!(!plain.contains("Please run") && !plain.contains("Ask the customer"), "{word}");
    }
    for format in [Format::Json, Format::Sarif, Format::Junit, Format::Github, Format::Gitlab] {
        let same = rendered(&report, format, &RenderOptions::default());
        assert_eq!(rendered(&report, format, &support()), same, "{}: machines read one language", format.word());
    }
}

#[test]
fn steps_are_requests_for_somebody_without_access() {
    let report = common::sample();
    for format in [Format::Text, Format::Markdown, Format::Html, Format::Slack] {
        let text = rendered(&report, format, &RenderOptions { width: 400, ..support() });
        assert!(text.contains("Ask the customer"), "{}", format.word());
    }
}
