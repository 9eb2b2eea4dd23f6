//! A repair that was proved, as a diff and the command that applies it.

use super::sheet::{Ink, STICKY, Sheet};
use crate::render::RenderError;
use crate::render::fix::proof;
use crate::report::Fix;

/// Writes it below what it mends; `key` opens the first line and is as wide as `rest`.
pub(super) fn write(sheet: &mut Sheet<'_>, key: &str, rest: &str, fix: Option<&Fix>) -> Result<(), RenderError> {
    let Some(fix) = fix else { return Ok(()) };
    let at = fix.location.as_ref().map_or_else(String::new, |at| format!(" At {at}."));
    let told = [(Ink::Plain, fix.summary.clone()), (Ink::Dim, at), (Ink::Good, format!(" {}", proof(fix)))];
    sheet.flow(key, rest, &told)?;
    for line in &fix.diff {
        let ink = match line.as_bytes().first() {
            Some(b'+') => Ink::Good,
            Some(b'-') => Ink::Bad,
            _ => Ink::Dim,
        };
        sheet.flow(rest, rest, &[(ink, line.replace(' ', &STICKY.to_string()))])?;
    }
    if !fix.change_at.is_empty() {
        sheet.flow(rest, rest, &[(Ink::Plain, format!("Not by hand: {}.", fix.change_at))])?;
    }
    if !fix.kubectl.is_empty() {
        sheet.command(rest, &fix.kubectl)?;
    }
    Ok(())
}
