//! Somebody else's parser reads the escaped text: it must find the value and nothing else.

use proptest::prelude::*;
use pulldown_cmark::{Event, Options, Parser, Tag, TagEnd};

use super::*;

/// The text a reader sees, or the first active thing found.
fn read(markdown: &str) -> Result<String, String> {
    let mut text = String::new();
    for event in Parser::new_ext(markdown, Options::all()) {
        match event {
            Event::Start(Tag::Paragraph | Tag::Table(_) | Tag::TableHead | Tag::TableRow | Tag::TableCell)
            | Event::End(
                TagEnd::Paragraph | TagEnd::Table | TagEnd::TableHead | TagEnd::TableRow | TagEnd::TableCell,
            ) => {}
            Event::Text(part) | Event::Code(part) => text.push_str(&part),
            Event::InlineHtml(tag) if matches!(&*tag, "<code>" | "</code>") => {}
            other => return Err(format!("{other:?} in {markdown:?}")),
        }
    }
    Ok(text)
}

/// Smart punctuation is on in `Options::all`: undo it, it is not ours to judge.
fn straight(text: &str) -> String {
    text.replace(['‘', '’'], "'")
        .replace(['“', '”'], "\"")
        .replace(['–', '—', '…'], "-")
        .replace("...", "-")
        .replace("---", "-")
        .replace("--", "-")
}

fn in_paragraph(inner: &str) -> Result<String, String> {
    read(&format!("x{inner}x\n")).map(|text| straight(&text).replace(JOINER, ""))
}

fn in_cell(inner: &str) -> Result<String, String> {
    read(&format!("|a|b|\n|-|-|\n|x{inner}x|y|\n"))
        .map(|text| straight(&text).replace(JOINER, "").trim_start_matches("ab").trim_end_matches('y').to_owned())
}

fn shown(value: &str) -> String {
    straight(&format!("x{}x", neutral(value)))
}

/// Signs that mean something to Markdown, next to each other and to ordinary text.
fn nasty() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop_oneof![
            "[\\\\`*_{}\\[\\]()<>#+\\-.!|~&:@$^=\"'/ ]{1,4}",
            "[a-z0-9]{1,3}",
            Just("](javascript:alert(1))".to_owned()),
            Just("<script>".to_owned()),
            Just("</details>".to_owned()),
            Just("&lt;".to_owned()),
            Just("&#60;".to_owned()),
            Just("\n\n# ".to_owned()),
            Just("\n- [ ] ".to_owned()),
            Just("```".to_owned()),
            Just("\\|".to_owned()),
            Just("https://evil.example/x".to_owned()),
            Just("[^1]".to_owned()),
            Just("$x$".to_owned()),
        ],
        0..12,
    )
    .prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn prose_stays_text(value in prop_oneof![nasty(), "\\PC{0,40}"]) {
        prop_assert_eq!(in_paragraph(&prose(&value)), Ok(shown(&value)));
        prop_assert_eq!(in_cell(&prose(&value)), Ok(shown(&value)));
    }

    #[test]
    fn code_stays_code(value in prop_oneof![nasty(), "\\PC{0,40}"]) {
        prop_assume!(!neutral(&value).trim().is_empty());
        // The reader turns the value into one code event, or into text inside `<code>`.
        prop_assert_eq!(in_paragraph(&format!(" {} ", code(&value))), Ok(straight(&format!("x {} x", neutral(&value)))));
        prop_assert_eq!(in_cell(&format!(" {} ", code_cell(&value))), Ok(straight(&format!("x {} x", neutral(&value)))));
        prop_assert_eq!(in_paragraph(&html_code(&value)), Ok(shown(&value)));
    }

    #[test]
    fn a_fence_is_left_only_by_its_own_end(value in prop_oneof![nasty(), "\\PC{0,40}"]) {
        let block = fence("sh", &[value.clone(), "```".to_owned()]);
        let events: Vec<Event<'_>> = Parser::new_ext(&block, Options::all()).collect();
        prop_assert!(matches!(events.first(), Some(Event::Start(Tag::CodeBlock(_)))));
        prop_assert!(matches!(events.last(), Some(Event::End(TagEnd::CodeBlock))));
        prop_assert!(events[1..events.len() - 1].iter().all(|e| matches!(e, Event::Text(_))));
    }

    #[test]
    fn nobody_is_pinged_and_nothing_referred_to(value in prop_oneof![nasty(), "[@#!~&%$^a-z0-9GHw.:/-]{0,20}"]) {
        let text = in_paragraph_with_joiners(&prose(&value));
        let mut before = ' ';
        for c in text.chars() {
            prop_assert!(!(matches!(before, '@' | '#' | '!' | '~' | '&' | '%' | '$' | '^') && c.is_alphanumeric()), "{text:?}");
            before = c;
        }
        prop_assert!(!text.contains("://") && !text.to_ascii_lowercase().contains("www."), "{text:?}");
    }
}

fn in_paragraph_with_joiners(inner: &str) -> String {
    read(&format!("- {inner}-\n").replacen("- ", "x ", 1)).unwrap()
}

#[test]
fn ordinary_names_are_not_littered() {
    assert_eq!(prose("Service shop/web-1 (port 80): 3 of 3 ready."), "Service shop/web-1 (port 80): 3 of 3 ready.");
    assert_eq!(code("shop/web"), "`shop/web`");
    assert_eq!(code("a`b"), "``a`b``");
    assert_eq!(code("`a"), "`` `a ``");
    assert_eq!(code_cell("a|b"), "<code>a&#124;b</code>");
}

#[test]
fn issue_numbers_of_the_old_style_are_parted() {
    assert_eq!(prose("GH-12 and foo@bar"), format!("GH-{JOINER}12 and foo\\@{JOINER}bar"));
}
