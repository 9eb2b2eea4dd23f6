//! The page as bytes; `tests/browser` opens it in a browser.

// A test may panic.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

mod common;

use kubereach_reports::render::{Format, RenderOptions, render};
use kubereach_reports::report::Report;

fn html(report: &Report) -> String {
    let mut out = Vec::new();
    render(report, Format::Html, &RenderOptions::default(), &mut out).unwrap();
    String::from_utf8(out).unwrap()
}

/// Tags with their attributes, found the way an HTML tokenizer finds them; our style and script are
/// left out by their known ends.
fn tags(page: &str) -> Vec<(String, Vec<(String, String)>)> {
    let mut found = Vec::new();
    let mut rest = page;
    while let Some(at) = rest.find('<') {
        rest = &rest[at + 1..];
        if rest.starts_with('!') {
            continue;
        }
        let name: String = rest.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '/').collect();
        assert!(!name.is_empty(), "a bare < before {:?}", rest.chars().take(40).collect::<String>());
        rest = &rest[name.len()..];
        let mut attributes = Vec::new();
        loop {
            rest = rest.trim_start();
            if let Some(after) = rest.strip_prefix('>') {
                rest = after;
                break;
            }
            let key: String = rest.chars().take_while(|c| !matches!(c, '=' | '>' | ' ')).collect();
            rest = &rest[key.len()..];
            let value = match rest.strip_prefix("=\"") {
                Some(after) => {
                    let (value, after) = after.split_once('"').expect("a closed attribute");
                    rest = after;
                    value.to_owned()
                }
                None => String::new(),
            };
            attributes.push((key, value));
        }
        if name == "style" || name == "script" {
            rest = rest.split_once(&format!("</{name}>")).expect("its end").1;
        }
        found.push((name, attributes));
    }
    found
}

#[test]
fn sample() {
    let page = html(&common::sample());
    // Style and script are files of their own; the snapshot is about what stands around them.
    let (before, rest) = page.split_once("<style>").unwrap();
    let (_, rest) = rest.split_once("</style>").unwrap();
    let (body, _) = rest.split_once("<script>").unwrap();
    let policy = before.find("sha256-").unwrap();
    assert!(policy > 0);
    let masked: String = before
        .split("sha256-")
        .enumerate()
        .map(|(i, part)| if i == 0 { part.to_owned() } else { format!("sha256-…{}", &part[44..]) })
        .collect();
    insta::assert_snapshot!(format!("{masked}<style></style>{body}"));
}

#[test]
fn only_our_own_tags_and_only_harmless_attributes() {
    let known = [
        "html",
        "head",
        "meta",
        "link",
        "title",
        "style",
        "body",
        "header",
        "p",
        "h1",
        "h2",
        "h3",
        "h4",
        "time",
        "nav",
        "a",
        "main",
        "ul",
        "ol",
        "li",
        "strong",
        "span",
        "small",
        "em",
        "form",
        "label",
        "select",
        "option",
        "datalist",
        "input",
        "button",
        "output",
        "div",
        "table",
        "caption",
        "colgroup",
        "col",
        "thead",
        "tbody",
        "tr",
        "th",
        "td",
        "wbr",
        "details",
        "summary",
        "svg",
        "g",
        "path",
        "circle",
        "rect",
        "text",
        "section",
        "dl",
        "dt",
        "dd",
        "pre",
        "code",
        "figure",
        "figcaption",
        "br",
        "footer",
        "script",
    ];
    let page = html(&common::sample());
    let all = tags(&page);
    for (name, attributes) in &all {
        assert!(known.contains(&name.trim_start_matches('/')), "<{name}>");
        for (key, value) in attributes {
            assert!(!key.starts_with("on"), "{name} {key}");
            assert!(key != "style" && key != "src" && key != "action", "{name} {key}");
            if key == "href" {
                assert!(value.starts_with('#') || value == "data:,", "{value}");
            }
        }
    }
    for single in ["script", "style", "h1", "form", "link"] {
        assert_eq!(all.iter().filter(|(name, _)| name == single).count(), 1, "{single}");
    }
}

#[test]
fn tags_are_balanced() {
    let mut open = Vec::new();
    for (name, _) in tags(&html(&common::sample())) {
        if let Some(name) = name.strip_prefix('/') {
            assert_eq!(open.pop().as_deref(), Some(name));
        } else if !["meta", "link", "col", "br", "wbr", "input", "style", "script"].contains(&name.as_str()) {
            open.push(name);
        }
    }
    assert!(open.is_empty(), "{open:?}");
}

#[test]
fn every_link_leads_to_something_and_ids_are_unique() {
    let page = html(&common::sample());
    let mut ids = std::collections::HashSet::new();
    let all = tags(&page);
    let of = |wanted: &str| {
        let wanted = wanted.to_owned();
        all.iter()
            .flat_map(|(_, attributes)| attributes)
            .filter(move |(key, _)| *key == wanted)
            .map(|(_, value)| value.as_str())
    };
    for id in of("id") {
        assert!(ids.insert(id), "{id} twice");
    }
    for target in of("href").filter_map(|href| href.strip_prefix('#')) {
        // What a cause takes down is a choice of the filter.
        assert!(ids.contains(target) || target.starts_with("cause="), "{target}");
    }
}

#[test]
fn nothing_is_loaded_and_the_policy_forbids_it() {
    let page = html(&common::sample());
    assert!(page.contains("content=\"default-src 'none'; style-src 'sha256-"));
    assert!(page.contains("base-uri 'none'; form-action 'none'"));
    let known = [
        "aria-hidden",
        "aria-label",
        "aria-labelledby",
        "aria-live",
        "autocomplete",
        "charset",
        "class",
        "content",
        "cx",
        "cy",
        "d",
        "data-a",
        "data-b",
        "data-c",
        "data-h",
        "data-i",
        "data-k",
        "data-m",
        "data-n",
        "data-v",
        "data-x",
        "datetime",
        "display",
        "fill",
        "font-size",
        "height",
        "hidden",
        "href",
        "http-equiv",
        "id",
        "lang",
        "list",
        "name",
        "open",
        "placeholder",
        "r",
        "rel",
        "role",
        "rx",
        "scope",
        "spellcheck",
        "stroke",
        "tabindex",
        "text-anchor",
        "title",
        "type",
        "value",
        "viewBox",
        "width",
        "x",
        "y",
    ];
    for (name, attributes) in tags(&page) {
        for (key, _) in attributes {
            assert!(known.contains(&key.as_str()), "{name} {key}: does it load something?");
        }
    }
}

#[test]
fn no_control_character_and_no_bidi_override_is_left() {
    for c in html(&common::sample()).chars() {
        assert!(c == '\n' || !c.is_control(), "{c:?}");
        assert!(!matches!(c, '\u{202a}'..='\u{202e}' | '\u{2066}'..='\u{2069}' | '\u{200b}'), "{c:?}");
    }
}

#[test]
fn fifteen_thousand_subjects_stay_small_and_all_have_their_row() {
    for one_in in [20, 2, 1] {
        let page = html(&common::with_causes(common::many(15_000, one_in)));
        assert!(page.len() <= 30_000_000, "{} bytes with one in {one_in}", page.len());
        assert_eq!(page.matches("<tr data-i=").count() + page.matches("<tr id=\"v=").count(), 15_000);
        let sections = page.matches("<section class=").count();
        let left_out = 15_000 / one_in - sections;
        assert!(sections > 400, "{sections}");
        assert_eq!(left_out > 0, page.contains("have a row here but no section below"), "{left_out}");
    }
}

#[test]
fn one_subject_with_thousands_of_paths_stays_readable() {
    let mut report = common::sample();
    let subject = report.subjects.iter_mut().find(|s| s.name == "storefront").unwrap();
    let path = subject.paths[1].clone();
    subject.paths.extend(std::iter::repeat_n(path, 5_000));
    let page = html(&report);
    assert!(page.len() < 1_000_000, "{}", page.len());
    assert!(page.contains("4,954 more paths"));
}

#[test]
fn an_empty_report_says_so() {
    let page = html(&common::many(0, 0));
    assert!(page.contains("Nothing to judge"));
}

fn each() -> [(&'static str, Report); 5] {
    [
        ("sample", common::sample()),
        ("node", common::node_down()),
        ("class", common::class_missing()),
        ("deny", common::deny_all()),
        ("shop", common::shop()),
    ]
}

#[test]
fn the_first_screen_is_the_answer() {
    for (name, culprit) in [("node", "node-1"), ("class", "nginx"), ("deny", "deny-all"), ("shop", "cart")] {
        let report = each().into_iter().find(|(known, _)| *known == name).unwrap().1;
        let page = html(&report);
        let (_, page) = page.split_once("<body>").unwrap();
        let at = |what: &str| page.find(what).unwrap_or_else(|| panic!("{name}: {what}"));
        assert!(at(culprit) < at("class=\"map\""), "{name}");
        let order = [
            "<h1>",
            "class=\"bar\"",
            "id=\"causes\"",
            "id=\"map\"",
            "id=\"overview\"",
            "id=\"details\"",
            "id=\"coverage\"",
        ];
        assert!(order.map(at).is_sorted(), "{name}: {:?}", order.map(at));
    }
}

#[test]
fn one_cause_is_told_once_with_all_it_takes_down() {
    let page = html(&common::node_down());
    assert_eq!(page.matches("<li class=\"cause ").count(), 1);
    assert!(page.contains("<strong>200</strong> objects"));
    assert!(page.contains("100 Ingresses, 100 Services"));
    assert!(page.contains("web-000.example.com, web-001.example.com, web-002.example.com and 97 more hosts"));
    // Its subjects stand with it: three by themselves, the others folded.
    let (open, folded) = page.split_once("<details class=\"alike\">").unwrap();
    let sections = |page: &str| page.matches("<section class=\"subject broken").count();
    assert_eq!((sections(open), sections(folded)), (3, 197));
}

#[test]
fn a_cause_that_was_not_read_says_what_would_be_otherwise() {
    let page = html(&common::deny_all());
    assert!(page.contains("<strong>Leaves not judged</strong>"));
    assert!(page.contains("<strong>If there is nothing of the kind</strong> 120 broken"));
}

#[test]
fn a_card_names_its_cause_and_folds_the_proof() {
    let page = html(&common::shop());
    let (_, card) = page.split_once("id=\"service-shop-cart\"").unwrap();
    let (card, _) = card.split_once("</section>").unwrap();
    let (open, folded) = card.split_once("<details").unwrap();
    assert!(open.contains("<a href=\"#cause.1\">1 · Both pods of cart were killed for lack of memory</a>"));
    assert!(open.contains("kubectl logs cart-1c42ddc02-6fz9d"));
    for proof in ["pods/shop.json", "Rests on", "pod/out-of-memory", "selects app"] {
        assert!(!open.contains(proof) && folded.contains(proof), "{proof}");
    }
}

#[test]
fn places_do_without_the_beginning_that_they_share() {
    let page = html(&common::shop());
    assert!(page.contains("support-bundle!…/cluster-resources/pods/shop.json:240:5"));
    assert!(page.contains("written support-bundle!…/ on this page"));
    // Once among the inputs, and nowhere else.
    assert_eq!(page.matches("support-bundle-2026-01-02T03_04_05.tar.gz").count(), 1);
}

#[test]
fn kinds_that_the_cluster_does_not_have_fill_no_row() {
    let page = html(&common::shop());
    let (_, coverage) = page.split_once("id=\"coverage\"").unwrap();
    assert!(!coverage.contains("GRPCRoute") && coverage.contains("1 further kind"));
    assert!(!coverage.contains("n/a"));
}

/// The map of a report, in the form for wide windows.
fn map(report: &Report) -> String {
    let page = html(report);
    let (_, map) = page.split_once("<section class=\"map\"").unwrap();
    map.split_once("</svg>").unwrap().0.to_owned()
}

#[test]
fn the_map_has_one_box_for_each_object_and_never_cuts_a_fault() {
    let map = map(&common::shop());
    assert_eq!(map.matches(">shop/web</text>").count(), 1, "two doors meet in one Service");
    assert_eq!(map.matches(">shop/shop</text>").count(), 1);
    assert!(map.contains("EndpointSlices)"), "a fault has all its words");
    // What is too long is shortened in its middle.
    let name = "ingress-nginx/ingress-nginx-controller-admission-webhook";
    assert!(!map.contains(&format!(">{name}</text>")) && map.contains("webhook</text>"));
}

#[test]
fn the_map_folds_what_is_alike_with_counts() {
    let map = map(&common::node_down());
    assert!(map.matches("<g class=\"box").count() < 60, "{}", map.matches("<g class=\"box").count());
    assert!(map.contains("more Ingresses</text>") && map.contains("more Services</text>"), "{map}");
    assert!(map.contains("broken, cause 1"));
    assert!(map.contains("each: its only pod is on"));
}

#[test]
fn every_way_is_drawn_or_counted() {
    let page = html(&common::class_missing());
    let (_, told) = page.split_once(" of 200 ways are drawn").unwrap_or_else(|| panic!("no count of ways"));
    assert!(told.starts_with(" one by one"));
}
