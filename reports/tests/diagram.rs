//! The pictures say what the report says.

// A test may panic.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use kubereach_reports::render::{Format, RenderOptions, render};
use kubereach_reports::report::{Report, Subject};

/// The picture of the one subject that `change` leaves in the sample report under this name.
fn picture(name: &str, change: impl FnOnce(&mut Subject)) -> String {
    let mut report: Report = common::sample();
    report.subjects.retain(|subject| subject.name == name && subject.cluster.as_deref() != Some("edge-1"));
    report.subjects.truncate(1);
    change(&mut report.subjects[0]);
    let mut out = Vec::new();
    render(&report, Format::Html, &RenderOptions::default(), &mut out).unwrap();
    let page = String::from_utf8(out).unwrap();
    // That of the subject, not the map; the form for wide windows.
    let (_, section) = page.split_once("<section class=\"subject").unwrap();
    let (_, figure) = section.split_once("<figure").unwrap();
    let (figure, _) = figure.split_once("</figure>").unwrap();
    let (wide, rest) = figure.split_once("</svg>").unwrap();
    let (_, caption) = rest.split_once("</svg>").unwrap();
    format!("{wide}{caption}")
}

fn lines(picture: &str, step: &str) -> usize {
    picture.matches(&format!("<g class=\"line {step}")).count()
}

#[test]
fn a_missing_service_is_the_culprit_and_leads_to_its_finding() {
    let picture = picture("web", |_| {});
    assert_eq!(picture.matches("culprit").count(), 2, "the missing Service and the crashing Pods");
    assert!(picture.contains("<a href=\"#ingress-shop-web.f1\">"));
    assert!(picture.contains(">does not exist</text>"));
    assert_eq!(lines(&picture, "blocked"), 2);
    assert_eq!(lines(&picture, "beyond"), 1, "behind the missing Service nothing is reached");
    assert_eq!(lines(&picture, "verified"), 0);
}

#[test]
fn solid_green_only_where_real_traffic_was_verified() {
    assert_eq!(lines(&picture("catalog", |_| {}), "verified"), 2);
    let relayed = picture("catalog", |subject| {
        subject.paths[0].confidence = Some(kubereach_reports::report::Confidence::Indirect);
    });
    assert_eq!(lines(&relayed, "verified"), 0);
    assert_eq!(lines(&relayed, "config"), 2);
}

#[test]
fn an_untested_open_path_is_only_open_in_the_configuration() {
    let picture = picture("checkout", |_| {});
    assert_eq!(lines(&picture, "config"), 2);
    assert!(!picture.contains("culprit"));
}

#[test]
fn a_failure_that_was_localized_is_marked_there_and_one_that_was_not_nowhere() {
    let localized = picture("search", |_| {});
    assert_eq!((lines(&localized, "config"), lines(&localized, "blocked")), (1, 1));
    let unplaced = picture("mail", |_| {});
    assert_eq!((lines(&unplaced, "unknown"), lines(&unplaced, "blocked")), (2, 0));
    assert!(!unplaced.contains("culprit"));
}

#[test]
fn what_rests_on_purpose_is_not_red() {
    let picture = picture("reports", |_| {});
    assert!(!picture.contains("blocked") && !picture.contains("culprit"));
    assert_eq!(lines(&picture, "resting"), 1);
}

#[test]
fn policy_that_nobody_evaluated_does_not_colour_the_pods() {
    let picture = picture("api", |_| {});
    assert_eq!(picture.matches("<g class=\"box unknown").count(), 1, "only the Gateway");
}

#[test]
fn paths_that_begin_alike_share_their_boxes_and_at_most_twelve_are_drawn() {
    let picture = picture("storefront", |_| {});
    assert_eq!(picture.matches("storefront</text>").count(), 1);
    assert_eq!(picture.matches(">Pods</text>").count(), 12);
    assert!(picture.contains("+2 more paths, listed below"));
}
