//! Reads a message back as Slack does: nothing of a value may mention, link or format.

use proptest::prelude::*;

use super::*;
use crate::render::ticket::Piece;

fn plain(text: &str) -> String {
    text.replace(JOINER, "").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// The value with the look-alikes that it may have got.
fn alike(text: &str) -> String {
    text.replace('*', "∗").replace('~', "∼").replace('`', "‵").replace('_', "＿")
}

fn nasty() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop_oneof![
            "[*_~`<>&@#!|:/. -]{1,4}",
            "[a-z0-9]{1,3}",
            Just("<!channel>".to_owned()),
            Just("<@U012AB3CD>".to_owned()),
            Just("<https://evil.example|click>".to_owned()),
            Just("@here".to_owned()),
            Just("&lt;!here&gt;".to_owned()),
            Just(":fire:".to_owned()),
            Just("```".to_owned()),
            Just("www.evil.example".to_owned()),
        ],
        0..12,
    )
    .prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn prose_stays_text(value in prop_oneof![nasty(), "\\PC{0,40}"]) {
        let text = prose(&value);
        prop_assert_eq!(alike(&plain(&text)), alike(&neutral(&value)));
        prop_assert!(!text.contains(['<', '>', '*', '~', '`']), "{text:?}");
        for (at, _) in text.match_indices('&') {
            let rest = &text[at..];
            prop_assert!(["&amp;", "&lt;", "&gt;"].iter().any(|entity| rest.starts_with(entity)), "{text:?}");
        }
        prop_assert!(!text.contains("://") && !text.to_ascii_lowercase().contains("www."), "{text:?}");
        let chars: Vec<char> = text.chars().collect();
        for (i, pair) in chars.windows(2).enumerate() {
            prop_assert!(!(matches!(pair[0], '@' | '#') && pair[1].is_alphanumeric()), "{text:?}");
            prop_assert!(!(pair[0] == ':' && is_emoji(&chars[i + 1..])), "{text:?}");
            let word = i > 0 && chars[i - 1].is_alphanumeric() && pair[1].is_alphanumeric();
            prop_assert!(pair[0] != '_' || word, "{text:?}");
        }
    }

    #[test]
    fn code_stays_code(value in prop_oneof![nasty(), "\\PC{0,40}"]) {
        let text = Slack.line(&[Piece::Code(value.clone())]);
        if text != "(empty)" {
            let inside = text.strip_prefix('`').and_then(|text| text.strip_suffix('`'));
            prop_assert!(inside.is_some_and(|inside| !inside.contains(['`', '<', '>'])), "{text:?}");
        }
        let block = Slack.block(&Block::Commands(vec![value]));
        prop_assert_eq!(block.matches("```").count(), 2);
        prop_assert!(!block.contains(['<', '>']));
    }
}

#[test]
fn ordinary_names_are_not_littered() {
    assert_eq!(prose("Service shop/web_1 (port 80): 3 of 3 ready."), "Service shop/web_1 (port 80): 3 of 3 ready.");
    assert_eq!(Slack.line(&[Piece::Code("kubectl get svc > a".to_owned())]), "`kubectl get svc &gt; a`");
}
