//! The HTML report in a real browser: runs `tests/browser` where Node, its modules and Chromium are
//! installed, else says loudly that it did not. `KUBEREACH_REQUIRE_BROWSER=1` (CI) makes that a failure.

// A test may panic.
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic)]

use std::path::Path;
use std::process::Command;

use kubereach_reports::render::{Format, RenderOptions, render};
use kubereach_reports::report::Report;

#[path = "common/mod.rs"]
mod common;

fn missing(folder: &Path) -> Option<&'static str> {
    let chromium = std::env::var("CHROMIUM").unwrap_or_else(|_| "/usr/bin/chromium".to_owned());
    if !Path::new(&chromium).exists() {
        return Some("no Chromium: apt-get install chromium, or set CHROMIUM");
    }
    if !Command::new("node").arg("--version").output().is_ok_and(|run| run.status.success()) {
        return Some("no Node");
    }
    (!folder.join("node_modules/playwright-core").exists()).then_some("no modules: npm ci --prefix tests/browser")
}

fn write(path: &Path, report: &Report) {
    let mut html = Vec::new();
    render(report, Format::Html, &RenderOptions::default(), &mut html).unwrap();
    std::fs::write(path, html).unwrap();
}

#[test]
fn the_html_report_works_in_a_browser() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("../tests/browser");
    if let Some(reason) = missing(&folder) {
        let required = std::env::var_os("KUBEREACH_REQUIRE_BROWSER").is_some();
        assert!(!required, "the browser test cannot run: {reason}");
        println!("SKIPPED: the browser test did not run: {reason}");
        return;
    }
    let made = Path::new(env!("CARGO_TARGET_TMPDIR")).join("browser");
    std::fs::create_dir_all(&made).unwrap();
    write(&made.join("sample.html"), &common::sample());
    write(&made.join("many.html"), &common::many(15_000, 20));
    write(&made.join("full.html"), &common::with_causes(common::each_with_its_own(15_000)));
    write(&made.join("node.html"), &common::node_down());
    write(&made.join("class.html"), &common::class_missing());
    write(&made.join("deny.html"), &common::deny_all());
    write(&made.join("shop.html"), &common::shop());
    let run = Command::new("node")
        .args(["--test", "--test-concurrency=1", "report.test.mjs", "pictures.test.mjs"])
        .current_dir(&folder)
        .env("KUBEREACH_HTML", &made)
        .output()
        .unwrap();
    let text = String::from_utf8_lossy(&run.stdout);
    for figures in text.lines().filter(|line| line.contains("usable after")) {
        println!("{}", figures.trim_start_matches(['#', 'ℹ', ' ']));
    }
    assert!(run.status.success(), "{text}\n{}", String::from_utf8_lossy(&run.stderr));
}
