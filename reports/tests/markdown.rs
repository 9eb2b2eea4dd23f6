//! What is pasted into an issue.

// A test may panic.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use kubereach_reports::render::{Format, RenderOptions, render};
use kubereach_reports::report::{Report, Verdict};
use pulldown_cmark::{Event, Options as Extensions, Parser, Tag};

const LIMIT: usize = 65_000;

fn markdown(report: &Report) -> String {
    let mut out = Vec::new();
    render(report, Format::Markdown, &RenderOptions::default(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

fn extensions() -> Extensions {
    Extensions::ENABLE_TABLES
        | Extensions::ENABLE_STRIKETHROUGH
        | Extensions::ENABLE_FOOTNOTES
        | Extensions::ENABLE_TASKLISTS
        | Extensions::ENABLE_MATH
}

#[test]
fn sample() {
    insta::assert_snapshot!(markdown(&common::sample()));
}

#[test]
fn no_value_becomes_a_link_an_image_or_html() {
    let text = markdown(&common::sample());
    for event in Parser::new_ext(&text, extensions()) {
        match event {
            Event::Start(Tag::Link { .. } | Tag::Image { .. } | Tag::Strikethrough | Tag::FootnoteDefinition(_))
            | Event::TaskListMarker(_)
            | Event::InlineMath(_)
            | Event::DisplayMath(_)
            | Event::FootnoteReference(_) => {
                panic!("{event:?}");
            }
            Event::Html(html) | Event::InlineHtml(html) => tags_are_ours(&html),
            _ => {}
        }
    }
}

/// Only the tags this renderer writes, none with attributes.
fn tags_are_ours(html: &str) {
    for part in html.split('<').skip(1) {
        let tag = part.split('>').next().unwrap();
        assert!(
            ["details", "/details", "summary", "/summary", "b", "/b", "code", "/code"].contains(&tag),
            "<{tag}> in {html:?}"
        );
    }
}

#[test]
fn details_are_balanced_whatever_stands_inside() {
    let text = markdown(&common::sample());
    let mut depth = 0_i32;
    for event in Parser::new_ext(&text, extensions()) {
        if let Event::Html(html) | Event::InlineHtml(html) = event {
            depth += i32::try_from(html.matches("<details>").count()).unwrap();
            depth -= i32::try_from(html.matches("</details>").count()).unwrap();
            assert!((0..=1).contains(&depth), "{html:?}");
        }
    }
    assert_eq!(depth, 0);
}

#[test]
fn every_table_row_keeps_its_columns() {
    let report = common::sample();
    let text = markdown(&report);
    let mut cells = 0;
    let mut rows = 0;
    let mut columns = 0;
    for event in Parser::new_ext(&text, extensions()) {
        match event {
            Event::Start(Tag::Table(alignments)) => columns = alignments.len(),
            Event::Start(Tag::TableRow) => cells = 0,
            Event::Start(Tag::TableCell) => cells += 1,
            Event::End(pulldown_cmark::TagEnd::TableRow) => {
                assert_eq!(cells, columns);
                rows += 1;
            }
            _ => {}
        }
    }
    let remarkable =
        report.subjects.iter().filter(|s| !matches!(s.verdict, Verdict::ConfigOk | Verdict::Healthy)).count();
    assert!(rows > remarkable, "{rows} rows");
}

#[test]
fn ten_thousand_subjects_fit_and_the_rest_is_counted() {
    for one_in in [1, 10, 0] {
        let report = common::many(10_000, one_in);
        let text = markdown(&report);
        let length = text.encode_utf16().count();
        assert!(length <= LIMIT, "{length}");
        let blocks = text.matches("\n<details><summary><b>").count();
        if let Some(remarkable) = 10_000_usize.checked_div(one_in) {
            assert!(length > LIMIT / 2, "room was left unused: {length}");
            let left = remarkable - blocks;
            let told = left.to_string();
            let told =
                if told.len() > 3 { format!("{},{}", &told[..told.len() - 3], &told[told.len() - 3..]) } else { told };
            assert!(text.contains(&format!("_{told} more subjects not shown in detail")), "{told}, {blocks} shown");
        }
    }
}

#[test]
fn huge_values_do_not_break_the_limit() {
    let mut report = common::sample();
    for subject in &mut report.subjects {
        subject.headline = "`|@#".repeat(50_000);
    }
    for problem in &mut report.snapshot.problems {
        problem.message = "<".repeat(500_000);
    }
    report.tool.version = "*".repeat(3_000);
    assert!(markdown(&report).encode_utf16().count() <= LIMIT);
}

#[test]
fn config_ok_is_said_to_be_not_tested() {
    let text = markdown(&common::many(3, 0));
    assert!(text.contains("(no fault found, not tested)"));
    assert!(!text.contains("(verified)"));
}
