//! What a person sees in a terminal.

// A test may panic.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use kubereach_reports::render::{Format, RenderError, RenderOptions, render, render_trace};
use kubereach_reports::report::{Report, Verdict};

fn text(report: &Report, options: &RenderOptions) -> String {
    let mut out = Vec::new();
    render(report, Format::Text, options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn trace(report: &Report, index: usize, options: &RenderOptions) -> String {
    let mut out = Vec::new();
    render_trace(report, index, options, &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn at(width: usize) -> RenderOptions {
    RenderOptions { width, ..RenderOptions::default() }
}

#[test]
fn sample_at_80_columns() {
    insta::assert_snapshot!(text(&common::sample(), &at(80)));
}

#[test]
fn sample_at_120_columns() {
    insta::assert_snapshot!(text(&common::sample(), &at(120)));
}

#[test]
fn trace_of_a_broken_ingress_a_route_and_a_measured_service() {
    let report = common::sample();
    let mut out = String::new();
    for name in ["web", "api", "search"] {
        let index = report.subjects.iter().position(|s| s.name == name && s.verdict != Verdict::ConfigOk).unwrap();
        out.push_str(&trace(&report, index, &at(100)));
        out.push_str("\n=====\n\n");
    }
    insta::assert_snapshot!(out);
}

#[test]
fn no_value_reaches_the_terminal_with_its_power() {
    let report = common::sample();
    let mut all = text(&report, &RenderOptions { show_coverage: true, max_subjects: Some(1000), ..at(200) });
    for index in 0..report.subjects.len() {
        all.push_str(&trace(&report, index, &at(90)));
    }
    for c in all.chars() {
        assert!(c == '\n' || !c.is_control(), "{c:?}");
        assert!(!matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}'), "{c:?}");
    }
    assert!(all.contains("\\u{1b}]8;;http://evil\\u{7}"));
}

#[test]
fn colour_is_only_there_when_asked_for_and_is_always_reset() {
    let report = common::sample();
    assert!(!text(&report, &at(100)).contains('\u{1b}'));
    let coloured = text(&report, &RenderOptions { color: true, ..at(100) });
    assert!(coloured.contains("\u{1b}["));
    for line in coloured.lines().filter(|line| line.contains('\u{1b}')) {
        assert!(line.rfind("\u{1b}[0m") > line.rfind("\u{1b}[3"), "{line:?}");
    }
    // Nothing but colour differs.
    let mut plain = String::new();
    let mut rest = coloured.as_str();
    while let Some((before, after)) = rest.split_once('\u{1b}') {
        plain.push_str(before);
        rest = after.split_once('m').unwrap().1;
    }
    plain.push_str(rest);
    assert_eq!(plain, text(&report, &at(100)));
}

#[test]
fn lines_keep_to_the_width_except_commands() {
    use unicode_width::UnicodeWidthStr;
    for width in [40, 80, 120] {
        for line in text(&common::sample(), &at(width)).lines() {
            assert!(line.width() <= width || line.trim_start().starts_with("$ "), "{width}: {line}");
        }
    }
}

#[test]
fn quiet_is_one_line_with_every_count() {
    let line = text(&common::sample(), &RenderOptions { quiet: true, ..at(100) });
    assert_eq!(line.lines().count(), 1);
    assert!(line.contains("no fault found (not tested)"));
    assert!(line.contains("1 verified"));
}

#[test]
fn ten_thousand_subjects_stay_readable_and_are_counted() {
    let mut report = common::many(10_000, 10);
    let out = text(&report, &at(100));
    assert!(out.lines().count() < 800, "{} lines", out.lines().count());
    assert!(
        out.contains("… and 960 more (460 broken, 250 partly working, 250 not judged); see --format json"),
        "{out}"
    );
    report.subjects.truncate(3);
    let few = text(&report, &RenderOptions { max_subjects: Some(1), ..at(100) });
    assert!(few.contains("… and 2 more (2 broken)"));
}

#[test]
fn config_ok_is_never_called_healthy() {
    let report = common::many(3, 0);
    let out = text(&report, &at(100));
    assert!(out.contains("not tested"));
    let said =
        out.replace("0 verified", "").replace("━ verified, in JSON: healthy", "").replace("nothing is verified", "");
    assert!(!said.contains("verified") && !said.contains("healthy"), "{out}");
}

#[test]
fn a_subject_that_does_not_exist_is_an_error_that_says_so() {
    let error = render_trace(&common::sample(), 99_999, &at(80), &mut Vec::new()).unwrap_err();
    assert!(matches!(error, RenderError::NoSuchSubject { index: 99_999, .. }));
}

#[test]
fn a_reader_that_goes_away_is_a_writing_error() {
    struct Gone;
    impl std::io::Write for Gone {
        fn write(&mut self, _: &[u8]) -> std::io::Result<usize> {
            Err(std::io::ErrorKind::BrokenPipe.into())
        }
        fn flush(&mut self) -> std::io::Result<()> {
            Ok(())
        }
    }
    for &format in Format::ALL {
        let error = render(&common::sample(), format, &RenderOptions::default(), &mut Gone).unwrap_err();
        assert!(
            matches!(&error, RenderError::Write(e) if e.kind() == std::io::ErrorKind::BrokenPipe),
            "{}: {error}",
            format.word()
        );
    }
}
