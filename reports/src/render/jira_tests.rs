//! Reads the markup back as Jira's help describes it: it must find the value and nothing that acts.

use proptest::prelude::*;

use super::*;
use crate::render::ticket::Piece;

/// The text a reader sees, or the first sign that acts.
fn read(markup: &str) -> Result<String, String> {
    let chars: Vec<char> = markup.chars().collect();
    let mut out = String::new();
    let mut i = 0;
    while let Some(&c) = chars.get(i) {
        let (before, next) = (i.checked_sub(1).map(|at| chars[at]), chars.get(i + 1).copied());
        let acts = match c {
            '\\' => match next {
                Some(sign) if "{}[]|*^~!?-+_".contains(sign) => {
                    out.push(sign);
                    i += 2;
                    continue;
                }
                Some('\\') => true,
                _ => false,
            },
            '{' | '}' | '[' | ']' | '|' | '*' | '^' | '~' | '!' => true,
            '?' => next == Some('?'),
            '-' | '+' | '_' => {
                let beside = [before, next];
                let word = beside.iter().all(|c| c.is_some_and(|c| c.is_alphanumeric() || c == JOINER));
                !word && !beside.iter().all(|c| c.is_some_and(char::is_whitespace))
            }
            _ => false,
        };
        if acts {
            return Err(format!("{c:?} acts in {markup:?}"));
        }
        out.push(c);
        i += 1;
    }
    Ok(out)
}

fn nasty() -> impl Strategy<Value = String> {
    prop::collection::vec(
        prop_oneof![
            "[\\\\{}\\[\\]|*^~!?+_(): ;&#@.'/-]{1,4}",
            "[a-zA-Z0-9]{1,3}",
            Just("[~admin]".to_owned()),
            Just("{code}".to_owned()),
            Just("{noformat}".to_owned()),
            Just("!http://evil.example/x.png!".to_owned()),
            Just("[text|http://evil.example]".to_owned()),
            Just("SHOP-12".to_owned()),
            Just("www.evil.example".to_owned()),
            Just("&lt;b&gt;".to_owned()),
            Just("\nh1. ".to_owned()),
            Just("(x)".to_owned()),
        ],
        0..12,
    )
    .prop_map(|parts| parts.concat())
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(2000))]

    #[test]
    fn prose_stays_text(value in prop_oneof![nasty(), "\\PC{0,40}"]) {
        let text = read(&format!("x {} x", prose(&value)));
        prop_assert_eq!(text.map(|text| text.replace(JOINER, "")), Ok(format!("x {} x", neutral(&value))));
    }

    #[test]
    fn nothing_is_linked_or_referred_to(value in prop_oneof![nasty(), "[A-Za-z0-9:/w.@&#;-]{0,20}"]) {
        let text = prose(&value);
        prop_assert!(!text.contains("://") && !text.to_ascii_lowercase().contains("www."), "{text:?}");
        let chars: Vec<char> = text.chars().collect();
        for (i, pair) in chars.windows(2).enumerate() {
            prop_assert!(pair[0] != '@' || !pair[1].is_alphanumeric(), "{text:?}");
            prop_assert!(pair[0] != '&' || !(pair[1].is_ascii_alphanumeric() || pair[1] == '#'), "{text:?}");
            let key = pair[0] == '-' && pair[1].is_ascii_digit() && ends_with_key(&chars[..i]);
            prop_assert!(!key, "{text:?}");
        }
    }

    #[test]
    fn a_block_ends_only_where_it_ends(value in prop_oneof![nasty(), "\\PC{0,40}"]) {
        let block = noformat(&[value, "{noformat}".to_owned(), "{NoFormat:x}".to_owned()]);
        prop_assert_eq!(block.to_ascii_lowercase().matches("{noformat").count(), 2);
        let (begins, ends) = (block.starts_with("{noformat}\n"), block.ends_with("\n{noformat}\n"));
        prop_assert!(begins && ends);
    }
}

#[test]
fn ordinary_names_are_not_littered() {
    assert_eq!(prose("Service shop/web-1 (port 80): 3 of 3 ready."), "Service shop/web-1 (port 80): 3 of 3 ready.");
    assert_eq!(Jira.line(&[Piece::Code("shop/web".to_owned())]), "{{shop/web}}");
    assert_eq!(prose("SHOP-12 web-12"), format!("SHOP-{JOINER}12 web-12"));
}
