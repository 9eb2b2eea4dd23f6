//! Colours can be told from what they stand on: every pair of the stylesheet that is text on a ground has a contrast of
//! at least 4.5, in light, dark and print (WCAG 2.2, success criterion 1.4.3).

// A test may panic.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::collections::BTreeMap;

const STYLE: &str = include_str!("../assets/report.css");
const LEAST: f64 = 4.5;

/// Text and what it stands on.
const PAIRS: &[(&str, &[&str])] = &[
    ("ink", &["paper", "card", "shade", "bad-bg", "warn-bg", "unsure-bg", "calm-bg", "good-bg"]),
    ("soft", &["paper", "card", "shade", "unsure-bg"]),
    ("link", &["paper", "card", "shade", "unsure-bg"]),
    ("bad", &["paper", "card", "bad-bg"]),
    ("warn", &["paper", "card", "warn-bg"]),
    ("unsure", &["paper", "card", "unsure-bg"]),
    ("calm", &["paper", "card", "calm-bg"]),
    ("good", &["paper", "card", "good-bg"]),
];

/// The custom properties of every `:root`, in order: light, dark, print.
fn palettes() -> Vec<BTreeMap<&'static str, &'static str>> {
    STYLE
        .split(":root {")
        .skip(1)
        .map(|rest| {
            let (block, _) = rest.split_once('}').unwrap();
            let declared = block.split(';').filter_map(|line| line.trim().strip_prefix("--")?.split_once(": "));
            declared.collect()
        })
        .collect()
}

/// Relative luminance, as WCAG defines it.
fn luminance(color: &str) -> f64 {
    let hex = color.strip_prefix('#').expect("a colour in hexadecimal");
    assert_eq!(hex.len(), 6, "{color}");
    let part = |at: usize| {
        let value = f64::from(u8::from_str_radix(&hex[at..at + 2], 16).unwrap()) / 255.0;
        if value <= 0.040_45 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    0.2126 * part(0) + 0.7152 * part(2) + 0.0722 * part(4)
}

fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn the_measure_is_that_of_wcag() {
    assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 0.001);
    assert!((contrast("#767676", "#ffffff") - 4.54).abs() < 0.01, "the lightest grey that passes on white");
}

#[test]
fn text_can_be_told_from_its_ground() {
    let palettes = palettes();
    assert_eq!(palettes.len(), 3, "light, dark, print");
    for (name, palette) in ["light", "dark", "print"].into_iter().zip(&palettes) {
        for (text, grounds) in PAIRS {
            for ground in *grounds {
                let found = contrast(palette[text], palette[ground]);
                assert!(found >= LEAST, "{name}: {text} on {ground} has {found:.2}");
            }
        }
        // What shows the state of a box, or where the focus is, is no text: 3 is enough (1.4.11).
        for line in ["edge", "bad", "warn", "unsure", "link"] {
            let found = contrast(palette[line], palette["card"]);
            assert!(found >= 3.0, "{name}: {line} on card has {found:.2}");
        }
    }
}

#[test]
fn every_colour_is_one_of_the_palette() {
    let palette = palettes();
    let rules = STYLE.split(":root {").map(|part| part.split_once('}').map_or(part, |(_, rest)| rest));
    let rules: String = rules.collect();
    for (key, value) in rules.split(['{', ';', '}']).filter_map(|line| line.trim().split_once(": ")) {
        if !matches!(key.trim(), "color" | "background" | "fill" | "stroke") {
            continue;
        }
        let known = match value.strip_prefix("var(--").and_then(|rest| rest.strip_suffix(')')) {
            Some(name) => palette[0].contains_key(name),
            None => matches!(value, "none" | "inherit" | "currentColor"),
        };
        assert!(known, "{key}: {value}");
    }
}
