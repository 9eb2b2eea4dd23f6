//! Small files that would cost much: each ends soon, with a problem or without, and never a panic.

use std::time::{Duration, Instant};

use kubereach_intake::yaml::{Slice, from_slice, tree::Bounds};
use serde_json::Value;

use crate::kit::one;

fn bombs() -> Vec<(&'static str, String)> {
    let mut alias = String::from("apiVersion: v1\nkind: Pod\na0: &a0 [x,x,x,x,x,x,x,x,x]\n");
    for n in 1..14 {
        alias.push_str(&format!("a{n}: &a{n} [{}]\n", vec![format!("*a{}", n - 1); 9].join(",")));
    }
    let mut merge = String::from("apiVersion: v1\nkind: Pod\nm0: &m0 {a: 1, b: 2}\n");
    for n in 1..30 {
        merge.push_str(&format!("m{n}: &m{n} {{<<: [*m{0}, *m{0}], c{n}: 1}}\n", n - 1));
    }
    vec![
        ("alias expansion", alias),
        ("merge expansion", merge),
        ("self reference", "apiVersion: v1\nkind: Pod\na: &a [*a]\n".to_owned()),
        ("deep flow", format!("a: {}", "[".repeat(100_000))),
        ("deep flow maps", "{a: ".repeat(100_000)),
        ("deep json", "[".repeat(1_000_000)),
        ("deep json objects", "{\"a\":".repeat(300_000)),
        ("deep block", "- ".repeat(100_000)),
        ("deep block keys", (0..3000).map(|n| format!("{}a:\n", " ".repeat(n))).collect()),
        ("unterminated flow", format!("{{{}", "abc: def, ".repeat(200_000))),
        ("a million documents", "---\na\n".repeat(1_000_000)),
        ("a million keys", (0..300_000).map(|n| format!("k{n}: v\n")).collect()),
        ("a million equal keys", "k: v\n".repeat(300_000)),
        ("one line", format!("apiVersion: v1\nkind: Pod\na: {}\n", "x".repeat(10_000_000))),
        (
            "one line of json",
            format!(
                "{{\"kind\":\"List\",\"apiVersion\":\"v1\",\"items\":[{}]}}",
                vec!["{\"kind\":\"Pod\",\"apiVersion\":\"v1\"}"; 100_000].join(",")
            ),
        ),
        ("unterminated quote", format!("a: \"{}", "x ".repeat(1_000_000))),
        ("colons", ":".repeat(500_000)),
        ("question marks", "? ".repeat(100_000)),
        ("stars", "*a ".repeat(100_000)),
        (
            "suspicious stars",
            format!(
                "apiVersion: v1\nkind: List\nx: &y 1\nitems:\n{}",
                "- apiVersion: v1\n  kind: Pod\n  a: *b\n".repeat(20_000)
            ),
        ),
        ("open braces by line", "{\n".repeat(200_000)),
        ("open brackets by line", "[\n".repeat(200_000)),
        ("closed brackets by line", "]\n".repeat(200_000)),
        ("quotes by line", "\"\n".repeat(200_000)),
    ]
}

#[test]
fn bombs_end_soon() {
    for (what, text) in bombs() {
        let start = Instant::now();
        let input = one("x.yaml", &text);
        let took = start.elapsed();
        println!(
            "{what}: {took:?}, {} problems {:?}",
            input.problems.len(),
            input.problems.first().map(|p| p.message.chars().take(90).collect::<String>())
        );
        assert!(took < Duration::from_mins(1), "{what} took {took:?}");
        assert!(input.problems.len() <= 101, "{what}: {} problems", input.problems.len());
    }
}

#[test]
fn aliases_are_followed_within_a_budget() {
    let read = |text: &str| from_slice::<Value>(text.as_bytes(), Slice::Document, Bounds::default());
    for (what, text) in bombs().iter().take(3) {
        assert!(read(text).is_err(), "{what}");
    }
    let fair = format!("base: &b [{}]\nuse: [{}]\n", vec!["1"; 100].join(","), vec!["*b"; 100].join(","));
    assert_eq!(read(&fair).unwrap()["use"][99][99], 1);
}
