//! Everything from a dump is untrusted text. Here it loses its power over terminals and readers:
//! control characters, escape sequences, bidirectional overrides and invisible characters become
//! visible (`\u{1b}`). Every renderer passes every value through here before its own escaping.

use std::borrow::Cow;

/// More of one value than this is not printed; the number of characters left out is.
pub const MAX_CHARS: usize = 4_000;

/// Makes a value safe to show on one line: line breaks and tabs become spaces, everything that
/// could move the cursor, change colours, reorder or hide text becomes visible.
///
/// ```
/// use kubereach_reports::render::neutral::neutral;
/// assert_eq!(neutral("a\u{1b}[31mb\nc"), "a\\u{1b}[31mb c");
/// ```
pub fn neutral(value: &str) -> Cow<'_, str> {
    clean(value, true)
}

/// The same for a command line, where a line break must be seen and not be run as a space.
pub fn neutral_command(value: &str) -> Cow<'_, str> {
    clean(value, false)
}

fn clean(value: &str, space_for_breaks: bool) -> Cow<'_, str> {
    let short = value.len() <= MAX_CHARS;
    if short && !value.chars().any(|c| is_break(c) || is_dangerous(c)) {
        return Cow::Borrowed(value);
    }
    let mut out = String::with_capacity(value.len().min(MAX_CHARS) + 16);
    let mut chars = value.chars();
    for c in chars.by_ref().take(MAX_CHARS) {
        if is_break(c) && space_for_breaks {
            if !out.ends_with(' ') {
                out.push(' ');
            }
        } else if is_break(c) || is_dangerous(c) {
            out.extend(c.escape_unicode());
        } else {
            out.push(c);
        }
    }
    let left = chars.count();
    if left > 0 {
        out.push_str(&format!("… ({left} more characters)"));
    }
    Cow::Owned(out)
}

fn is_break(c: char) -> bool {
    matches!(c, '\n' | '\r' | '\t')
}

/// Control and format characters (Unicode categories Cc, Cf, Zl, Zp) that change how text around
/// them is shown, including the bidirectional controls of UAX #9, and noncharacters.
fn is_dangerous(c: char) -> bool {
    c.is_control()
        || matches!(c,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{115f}' | '\u{1160}' | '\u{17b4}' | '\u{17b5}'
            | '\u{180b}'..='\u{180f}' | '\u{200b}'..='\u{200f}' | '\u{2028}'..='\u{202e}'
            | '\u{2060}'..='\u{206f}' | '\u{3164}' | '\u{feff}' | '\u{ffa0}' | '\u{fff0}'..='\u{fffb}'
            | '\u{fffe}' | '\u{ffff}' | '\u{1d173}'..='\u{1d17a}' | '\u{e0000}'..='\u{e0fff}')
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn terminal_escapes_and_bidi_overrides_become_visible() {
        assert_eq!(neutral("\u{1b}]8;;http://evil\u{7}x"), "\\u{1b}]8;;http://evil\\u{7}x");
        assert_eq!(neutral("\u{9b}31m"), "\\u{9b}31m");
        assert_eq!(neutral("a\u{202e}gpj.exe"), "a\\u{202e}gpj.exe");
        assert_eq!(neutral("a\u{200b}b"), "a\\u{200b}b");
        assert_eq!(neutral("two\r\n\tlines"), "two lines");
        assert_eq!(neutral_command("get pods\nrm -rf /"), "get pods\\u{a}rm -rf /");
    }

    #[test]
    fn ordinary_names_in_any_script_are_left_alone() {
        for name in ["web", "kube-system/coredns:53", "größe", "東京", "سلام", "a`b|c<d>"] {
            assert!(matches!(neutral(name), Cow::Borrowed(same) if same == name));
        }
    }

    #[test]
    fn a_huge_value_says_how_much_was_left_out() {
        let shown = neutral(&"x".repeat(MAX_CHARS + 7)).into_owned();
        assert!(shown.ends_with("… (7 more characters)"));
        assert!(shown.len() < MAX_CHARS + 40);
    }

    proptest! {
        #[test]
        fn nothing_that_moves_the_cursor_or_hides_survives(value in "\\PC*|(?s).*") {
            for clean in [neutral(&value), neutral_command(&value)] {
                prop_assert!(!clean.chars().any(|c| c.is_control() || is_dangerous(c)));
            }
        }
    }
}
