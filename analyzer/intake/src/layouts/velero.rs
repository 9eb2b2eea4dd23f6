//! Velero backups: `resources/<plural>[.<group>]/{namespaces/<ns>,cluster}/<name>.json`, and the same
//! again per API version. What was asked for stands only in a file beside the backup.

use super::discovery::Discovery;
use super::facts::CoverageStatement;
use super::part::{File, Part, words};
use super::{Facts, FileEntry, Layout, ends, outermost, singles};

/// The layout.
#[derive(Debug)]
pub(crate) struct Velero;

impl Layout for Velero {
    fn name(&self) -> &'static str {
        "velero"
    }

    fn is_sent_to_support(&self) -> bool {
        false
    }

    fn roots(&self, files: &[FileEntry<'_>]) -> Vec<String> {
        let with_resources = |root: &String| {
            files.iter().any(|f| f.path.strip_prefix(root.as_str()).is_some_and(|p| p.starts_with("resources/")))
        };
        outermost(files, |p| ends(p, "metadata/version")).into_iter().filter(with_resources).collect()
    }

    fn reads_text(&self, name: &str) -> bool {
        name == "version"
    }

    fn read(&self, part: &Part<'_>, out: &mut Facts) {
        if let Some(version) = part.file("metadata/version").and_then(File::text) {
            out.note(format!("backup format {}", words(version)));
        }
        out.note("which kinds and namespaces were asked for is not written in a backup");
        for (n, file) in part.files.iter().enumerate() {
            let mut parts = file.path.split('/').skip(2);
            if parts.next().is_some_and(|p| !matches!(p, "namespaces" | "cluster")) {
                out.copies.insert(n);
            }
        }
        singles::found(part, out, "a backup holds what was selected, and does not say what that was");
        out.rest(&Discovery::default(), |_| {
            CoverageStatement::missing("the backup holds none of them and does not say whether they were selected")
        });
    }
}
