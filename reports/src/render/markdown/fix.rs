//! A repair that was proved, as a fenced diff and the command that applies it.

use super::escape::{fence, prose};
use crate::render::fix::proof;
use crate::report::Fix;

/// Adds it below what it mends.
pub(super) fn block(out: &mut String, fix: Option<&Fix>) {
    let Some(fix) = fix else { return };
    out.push_str(&format!("**Fix:** {} {}\n\n", prose(&fix.summary), prose(&proof(fix))));
    out.push_str(&fence("diff", &fix.diff));
    out.push('\n');
    if !fix.change_at.is_empty() {
        out.push_str(&format!("Not by hand: {}.\n\n", prose(&fix.change_at)));
    }
    if !fix.kubectl.is_empty() {
        out.push_str(&fence("sh", std::slice::from_ref(&fix.kubectl)));
        out.push('\n');
    }
}
