//! The report itself (`docs/design.md#json-report`).

use std::io::Write;

use super::{RenderError, RenderOptions};
use crate::report::Report;

/// Pretty-printed, streamed, with a newline at the end.
pub(super) fn render(report: &Report, _: &RenderOptions, out: &mut dyn Write) -> Result<(), RenderError> {
    serde_json::to_writer_pretty(&mut *out, report)?;
    out.write_all(b"\n")?;
    Ok(())
}
