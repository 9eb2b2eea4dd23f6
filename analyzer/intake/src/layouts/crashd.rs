//! Crash Diagnostics (crashd, Tanzu): `kubecapture/<group>_<version>/<ns>/<resource>/<name>-<time>.json`
//! or one file per resource. The script of the user decides what is asked for; nothing says what it was.

use super::discovery::Discovery;
use super::facts::CoverageStatement;
use super::part::Part;
use super::time::{self, Clock};
use super::{Facts, FileEntry, Layout, before, outermost, singles};
use crate::paths;

/// The layout.
#[derive(Debug)]
pub(crate) struct Crashd;

impl Layout for Crashd {
    fn name(&self) -> &'static str {
        "crashd"
    }

    fn roots(&self, files: &[FileEntry<'_>]) -> Vec<String> {
        outermost(files, |p| before(p, "kubecapture/"))
    }

    fn reads_text(&self, name: &str) -> bool {
        name == "crashd.log"
    }

    fn read(&self, part: &Part<'_>, out: &mut Facts) {
        for file in &part.files {
            let stem = paths::stem(file.name());
            let tail = stem.char_indices().rev().nth(18).and_then(|(at, _)| stem.get(at..));
            match tail.and_then(time::in_name).or_else(|| time::in_name(stem)) {
                Some(Clock::Utc(at)) => out.began = out.began.max(Some(at)),
                Some(Clock::Local(at)) => out.began_local = out.began_local.max(Some(at)),
                None => {}
            }
            // A printer that failed writes its words into the file.
            if let Some(text) = file.text() {
                let message = format!("holds a text instead of an object: {}", super::part::words(text));
                out.problem(&file.display, None, message);
            }
        }
        out.note("which kinds and namespaces were asked for is not written in a capture");
        singles::errors(part, out);
        singles::found(part, out, "a capture holds what its script selected, and does not say what that was");
        out.rest(&Discovery::default(), |_| {
            CoverageStatement::missing("the capture holds none of them and does not say whether they were asked for")
        });
    }
}
