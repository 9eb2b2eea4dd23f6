//! A path on one line, the break marked:
//! `Ingress shop/web ── /cart ──✗ Service shop/cart (does not exist)`.

use super::sheet::{Ink, Piece, STICKY};
use crate::render::hops::{Hop, Step, hops};
use crate::render::neutral::neutral;
use crate::report::Path;

/// The chain as plain text, made neutral.
pub(in crate::render) fn chain_text(path: &Path) -> String {
    let text: String = chain(path).into_iter().map(|(_, text)| text).collect();
    neutral(&text).replace(STICKY, " ")
}

/// The pieces of one path, up to its break.
pub(super) fn chain(path: &Path) -> Vec<Piece> {
    let mut out: Vec<Piece> = Vec::new();
    for (i, hop) in hops(path).iter().enumerate() {
        if hop.step == Step::Beyond {
            break;
        }
        let (glyph, ink) = glyph(hop.step);
        let asks = hop.asks.join(" ");
        if i == 0 {
            if !asks.is_empty() {
                out.push((Ink::Plain, format!("{asks} ──{glyph} ")));
            } else if !matches!(hop.step, Step::ConfigOpen) {
                out.push((ink, format!("{glyph} ")));
            }
        } else if asks.is_empty() {
            out.push((ink, format!(" ──{glyph}{STICKY}")));
        } else {
            out.push((Ink::Plain, format!(" ──{STICKY}{asks} ")));
            out.push((ink, format!("──{glyph}{STICKY}")));
        }
        out.push((Ink::Plain, title(hop)));
        if let Some(note) = hop.note.as_deref().filter(|note| !note.is_empty()) {
            out.push((ink, format!(" ({note})")));
        }
    }
    if path.dormant {
        let why = path.dormant_reason.as_deref().unwrap_or("on purpose");
        out.push((Ink::Dim, format!(" [carries nothing: {why}]")));
    }
    out
}

fn title(hop: &Hop<'_>) -> String {
    hop.title().replace(' ', &STICKY.to_string())
}

const fn glyph(step: Step) -> (char, Ink) {
    match step {
        Step::Verified => ('✓', Ink::Good),
        Step::Answered => ('•', Ink::Plain),
        Step::ConfigOpen => ('▶', Ink::Plain),
        Step::Narrowed => ('~', Ink::Warn),
        Step::Unknown => ('?', Ink::Unsure),
        Step::Blocked => ('✗', Ink::Bad),
        Step::Beyond => ('·', Ink::Dim),
        Step::Resting => ('○', Ink::Dim),
    }
}
