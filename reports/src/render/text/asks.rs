//! What to ask for, in one message: between two lines, to be copied as it stands.

use super::sheet::{Ink, Sheet};
use crate::render::RenderError;
use crate::render::audience::{Audience, PLEASE, TITLE, asks, more};
use crate::render::neutral::neutral_command;
use crate::report::Report;

const EDGE: &str = "----";

pub(super) fn write(sheet: &mut Sheet<'_>, report: &Report, audience: Audience) -> Result<(), RenderError> {
    let (commands, left) = asks(report);
    if audience == Audience::Operator || commands.is_empty() {
        return Ok(());
    }
    sheet.gap()?;
    sheet.flow("", "", &[(Ink::Bold, format!("{TITLE}:"))])?;
    sheet.drawn("", EDGE)?;
    sheet.drawn("", PLEASE)?;
    sheet.gap()?;
    for command in commands {
        sheet.drawn("  ", &neutral_command(command))?;
    }
    sheet.drawn("", EDGE)?;
    match more(left) {
        Some(told) => sheet.flow("", "", &[(Ink::Dim, told)]),
        None => Ok(()),
    }
}
