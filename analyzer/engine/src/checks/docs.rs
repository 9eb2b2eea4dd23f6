//! `docs/checks.md`, generated from the pages.

use std::fmt::Write as _;

use crate::checks::catalogue;

/// The catalogue as Markdown.
pub fn catalogue_markdown() -> String {
    let catalogue = catalogue();
    let mut text = String::from(
        "# Checks\n\n\
         Generated from the pages of the checks (`kubereach explain --markdown`); do not edit.\n\n\
         A finding has one effect on one segment of a path: it **blocks** (no traffic can pass; proved), \
         **narrows** (some traffic passes, less than declared), **clouds** (cannot be told) or **notes** \
         (changes nothing). One that **assumes** stands for something that was not read and could only be in the way: \
         the path counts as open and says so, and with `--strict` it clouds.\n\n\
         | code | effect | segment | what |\n|---|---|---|---|\n",
    );
    // Writing to a String does not fail.
    for entry in catalogue.values() {
        let anchor = entry.text.code.replace('/', "");
        let _ = writeln!(
            text,
            "| [`{}`](#{anchor}) | {} | `{}` | {} |",
            entry.text.code,
            entry.does(),
            entry.text.segment,
            entry.text.title
        );
    }
    for entry in catalogue.values() {
        let page = &entry.text;
        let explanation = page.explanation.split_whitespace().collect::<Vec<_>>().join(" ");
        let _ = write!(
            text,
            "\n## `{}`\n\n*{}* — **{}**, segment `{}`.\n\n{explanation}\n\nExample:\n\n```yaml\n{}\n```\n\nSource: {}.\n",
            page.code,
            page.title,
            entry.does(),
            page.segment,
            page.example.trim_end(),
            page.sources.join("; "),
        );
    }
    text
}
