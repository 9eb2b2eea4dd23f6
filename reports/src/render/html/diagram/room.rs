//! How much room a text takes. The reader's font is not known, so this errs on the wide side (`DejaVu Sans`, the widest
//! of the common ones).

use unicode_width::UnicodeWidthChar as _;

use crate::render::neutral::neutral;

/// Lines of what is wrong; only what nobody would read as a sentence has more.
const LINES: usize = 12;

/// Hundredths of the type size.
fn advance(c: char) -> u32 {
    match c {
        'i' | 'j' | 'l' | 'I' | '.' | ',' | ':' | ';' | '\'' | '|' | '!' | ' ' => 34,
        'f' | 't' | 'r' | '(' | ')' | '[' | ']' | '/' | '-' | '"' => 43,
        'm' | 'w' | 'M' | 'W' | '@' | '%' | '→' | '…' => 98,
        '<' | '>' | '=' | '+' | '~' | '#' | '&' | '^' => 86,
        'A'..='Z' => 74,
        c if c.width() == Some(2) => 110,
        _ => 63,
    }
}

/// In pixels, of a type size in tenths of a pixel.
pub(super) fn width(text: &str, size: u32) -> u32 {
    text.chars().map(advance).sum::<u32>() * size / 1000
}

/// The text, or its beginning and end around an ellipsis: names differ at both ends.
pub(super) fn shorten(text: &str, room: u32, size: u32) -> String {
    let text = neutral(text);
    if width(&text, size) <= room {
        return text.into_owned();
    }
    let chars: Vec<char> = text.chars().collect();
    let room = room.saturating_sub(width("…", size)) * 1000 / size.max(1);
    let (mut head, mut tail, mut taken) = (0, 0, 0);
    while head + tail < chars.len() {
        let from_front = head <= tail;
        let next = if from_front { chars.get(head) } else { chars.get(chars.len() - 1 - tail) };
        let cost = next.copied().map_or(0, advance);
        if taken + cost > room {
            break;
        }
        taken += cost;
        if from_front { head += 1 } else { tail += 1 }
    }
    let front: String = chars.iter().take(head).collect();
    let back: String = chars.iter().skip(chars.len() - tail).collect();
    format!("{front}…{back}")
}

/// The text in lines, all of it; a word that is too long for a line is broken.
pub(super) fn wrap(text: &str, room: u32, size: u32) -> Vec<String> {
    let text = neutral(text);
    let room = room * 1000 / size.max(1);
    let mut lines: Vec<String> = Vec::new();
    let (mut line, mut used) = (String::new(), 0);
    for word in text.split(' ').filter(|word| !word.is_empty()) {
        let cost: u32 = word.chars().map(advance).sum();
        if !line.is_empty() && used + advance(' ') + cost > room {
            lines.push(std::mem::take(&mut line));
            used = 0;
        }
        if !line.is_empty() {
            line.push(' ');
            used += advance(' ');
        }
        for c in word.chars() {
            if !line.is_empty() && used + advance(c) > room {
                lines.push(std::mem::take(&mut line));
                used = 0;
            }
            line.push(c);
            used += advance(c);
        }
    }
    if !line.is_empty() {
        lines.push(line);
    }
    if lines.len() > LINES {
        lines.truncate(LINES);
        if let Some(last) = lines.last_mut() {
            last.push('…');
        }
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn a_name_loses_its_middle_only_where_it_has_no_room() {
        assert_eq!(shorten("shop/cart", 150, 125), "shop/cart");
        let short = shorten("ingress-nginx/ingress-nginx-controller-admission", 150, 125);
        assert!(short.starts_with("ingress-") && short.ends_with("admission") && short.contains('…'), "{short}");
        assert!(width(&short, 125) <= 150);
    }

    #[test]
    fn a_word_without_a_space_is_broken() {
        assert!(wrap(&"x".repeat(200), 100, 110).len() > 5);
    }

    proptest! {
        #[test]
        fn what_is_wrong_is_never_cut(words in proptest::collection::vec("[a-zA-Z0-9()',:/.-]{1,30}", 0..14), room in 80_u32..400) {
            let lines = wrap(&words.join(" "), room, 110);
            let kept: String = lines.concat().split(' ').collect();
            prop_assume!(lines.len() < LINES);
            prop_assert_eq!(kept, words.concat());
            for line in &lines {
                prop_assert!(width(line, 110) <= room + 1, "{}", line);
            }
        }
    }
}
