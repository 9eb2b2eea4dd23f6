//! 3scale dumps (`3scale-dump.sh`, also in integr8ly's support scripts): the objects of one OpenShift project, each in
//! `KIND/NAME.yaml` (older scripts: `.txt`), and all of a kind behind each other in `KIND.yaml`. Pods are in tables only.

use super::discovery::Discovery;
use super::facts::CoverageStatement;
use super::part::Part;
use super::{Facts, FileEntry, Layout, before, outermost, singles};
use crate::paths;

/// The layout.
#[derive(Debug)]
pub(crate) struct ThreeScale;

/// Folders of objects.
const FOLDERS: [&str; 7] = ["dc", "services", "routes", "configmaps", "serviceaccounts", "secrets", "pvc"];

impl Layout for ThreeScale {
    fn name(&self) -> &'static str {
        "3scale-dump"
    }

    fn roots(&self, files: &[FileEntry<'_>]) -> Vec<String> {
        let roots = outermost(files, |p| before(p, "dc/"));
        let of_3scale = |root: &String| {
            let below = |folder: &str| {
                files.iter().any(|f| f.path.strip_prefix(root.as_str()).is_some_and(|rest| rest.starts_with(folder)))
            };
            below("services/") && below("routes/") && (below("status/") || below("images/") || below("pvc/"))
        };
        roots.into_iter().filter(of_3scale).collect()
    }

    fn saves_as_text(&self) -> bool {
        true
    }

    fn read(&self, part: &Part<'_>, out: &mut Facts) {
        out.note("one OpenShift project; its pods are shown as tables only");
        for (n, file) in part.files.iter().enumerate() {
            // The same objects once more, behind each other.
            let stem = paths::stem(file.path);
            if FOLDERS.contains(&stem) && part.below(&format!("{stem}/")).next().is_some() {
                out.unused.insert(n);
            }
        }
        singles::errors(part, out);
        singles::found(part, out, "the script saves objects one by one, and does not say whether it saved all");
        out.rest(&Discovery::default(), |kind| match kind.plural {
            "pods" => CoverageStatement::missing("a 3scale dump shows pods as tables only (oc get pods -o yaml)"),
            _ => CoverageStatement::missing("a 3scale dump does not hold this kind"),
        });
    }
}
