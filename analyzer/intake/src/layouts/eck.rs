//! `eck-diagnostics` of Elastic: a zip with `NAMESPACE/KIND.json`, a List each, of the namespaces that it was told. Most
//! kinds may be narrowed by filters, which the archive does not record (`internal/diag.go` in elastic/eck-diagnostics).

use std::collections::{BTreeMap, BTreeSet};

use kubereach_reports::report::CoverageState;

use super::discovery::Discovery;
use super::facts::{CoverageStatement, Scope};
use super::part::{File, Part, words};
use super::{Facts, FileEntry, Layout, ends, outermost, singles, time};
use crate::content::Content;
use crate::paths;
use kubereach_model::snapshot::kinds::{self, Kind};

/// The layout.
#[derive(Debug)]
pub(crate) struct Eck;

/// Kinds that no filter narrows.
const WHOLE: [&str; 3] = ["events", "networkpolicies", "serviceaccounts"];

impl Layout for Eck {
    fn name(&self) -> &'static str {
        "eck-diagnostics"
    }

    fn roots(&self, files: &[FileEntry<'_>]) -> Vec<String> {
        let named = |f: &FileEntry<'_>| match f.content {
            Content::Data(value) => {
                value.get("diagType").and_then(|kind| kind.as_str()) == Some("eck-diagnostics")
                    || value.get("DiagnosticsVersion").is_some()
            }
            _ => false,
        };
        let marked: BTreeSet<&str> = files
            .iter()
            .filter_map(|f| {
                let by_name = ends(f.path, "eck-diagnostics.log").or_else(|| ends(f.path, "eck-diagnostic-errors.txt"));
                by_name.or_else(|| {
                    let root = ends(f.path, "manifest.json").or_else(|| ends(f.path, "version.json"))?;
                    named(f).then_some(root)
                })
            })
            .collect();
        outermost(files, |p| marked.iter().copied().find(|root| p.starts_with(root)))
    }

    fn reads_text(&self, name: &str) -> bool {
        matches!(name, "eck-diagnostics.log" | "eck-diagnostic-errors.txt")
    }

    fn read(&self, part: &Part<'_>, out: &mut Facts) {
        about(part, out);
        let mut lists: BTreeMap<(&'static str, &'static str), BTreeMap<String, CoverageStatement>> = BTreeMap::new();
        let mut scope = Scope::default();
        for file in &part.files {
            match file.path.split('/').collect::<Vec<_>>().as_slice() {
                [name] => {
                    if let (Some(kind), Some(statement)) = (kind_of(name), file.listing())
                        && !kind.namespaced
                    {
                        out.say(&kind.group_kind(), None, statement);
                    }
                }
                [ns, name] => {
                    let Some(kind) = kind_of(name).filter(|kind| kind.namespaced) else { continue };
                    scope.namespaces.insert((*ns).to_owned());
                    let Some(statement) = file.listing() else { continue };
                    let list = lists.entry((kind.group, kind.kind)).or_default();
                    list.insert((*ns).to_owned(), narrowed(kind, statement));
                }
                _ => {}
            }
        }
        for kind in kinds::KINDS {
            if let Some(statement) = lists.remove(&(kind.group, kind.kind)) {
                let elsewhere = "only the namespaces that the collector was told were read";
                out.spread(&kind.group_kind(), &scope, statement, elsewhere);
            }
        }
        singles::errors(part, out);
        singles::found(part, out, "the collector shows objects of it, and no list");
        out.rest(&Discovery::default(), |_| CoverageStatement::missing("eck-diagnostics does not collect this kind"));
    }
}

fn kind_of(name: &str) -> Option<&'static Kind> {
    kinds::by_name(paths::stem(name))
}

/// What a list says of a kind that filters may have narrowed.
fn narrowed(kind: &Kind, statement: CoverageStatement) -> CoverageStatement {
    if statement.state != CoverageState::Complete || WHOLE.contains(&kind.plural) {
        return statement;
    }
    CoverageStatement::partial(
        "filters may have narrowed it to some of Elastic's resources, and the archive does not say so",
        statement.source,
    )
}

fn about(part: &Part<'_>, out: &mut Facts) {
    let text = |file: &str, path: &str| {
        let value = part.file(file).and_then(File::data)?.pointer(path)?.as_str()?.to_owned();
        Some(value).filter(|text| !text.is_empty())
    };
    out.taken_at = text("manifest.json", "/collectionDate").and_then(|date| time::parse(&date));
    if let Some(version) = text("version.json", "/ServerVersion/gitVersion") {
        out.note(format!("Kubernetes {}", words(&version)));
    }
    if let Some((file, errors)) = part.file("eck-diagnostic-errors.txt").and_then(|f| Some((f, f.text()?))) {
        out.problem(&file.display, None, format!("the collector's errors: {}", words(errors)));
    }
}
