//! Archives of the OpenShift Insights Operator (the page "Gathered Data" of openshift/insights-operator): configuration of
//! the platform, all Nodes, and of pods only those of the platform that do not run. Objects carry no type of their own.

use super::discovery::Discovery;
use super::facts::CoverageStatement;
use super::part::{File, Part};
use super::{Facts, FileEntry, Layout, Told, ends, outermost, singles};
use crate::content::TypeHint;
use kubereach_model::snapshot::kinds;

/// The layout.
#[derive(Debug)]
pub(crate) struct Insights;

const REPORT: &str = "insights-operator/gathers.json";

impl Layout for Insights {
    fn name(&self) -> &'static str {
        "insights"
    }

    fn roots(&self, files: &[FileEntry<'_>]) -> Vec<String> {
        outermost(files, |p| {
            ends(p, REPORT).or_else(|| ends(p, "insights-operator/gathering.json")).or_else(|| {
                // Before 4.7 without a report of its own.
                ends(p, "config/id").filter(|root| super::has(files, root, "config/version.json"))
            })
        })
    }

    fn type_by_folder(&self, folders: &[&str], _: &str) -> Told<TypeHint> {
        let kind = match folders {
            [.., "config", "pod", _] => "pods",
            [.., "config", "node"] => "nodes",
            _ => return Told::Nothing,
        };
        kinds::by_resource(kind, Some("")).map_or(Told::NoObjects, |kind| Told::Is(TypeHint::of(kind)))
    }

    fn read(&self, part: &Part<'_>, out: &mut Facts) {
        out.note("an Insights archive describes the platform and holds no application");
        for (n, file) in part.files.iter().enumerate() {
            // What ConfigMaps hold is no object of the cluster.
            if file.path.starts_with("config/configmaps/") {
                out.unused.insert(n);
            }
        }
        if let Some(kind) = kinds::by_resource("nodes", Some("")) {
            let statement = match gathered(part, "clusterconfig/nodes") {
                Some((count, source)) if count == part.below("config/node/").flat_map(|(_, f)| f.objects()).count() => {
                    CoverageStatement::complete("the operator gathered them all", source)
                }
                _ => CoverageStatement::partial("the archive does not say whether all were gathered", ""),
            };
            out.say(&kind.group_kind(), None, statement);
        }
        singles::found(part, out, "the operator gathers only what stands out: pods of the platform that do not run");
        out.rest(&Discovery::default(), |_| {
            CoverageStatement::missing("the Insights Operator does not gather this kind")
        });
    }
}

/// How many records a gatherer made, if it reported no error, and where that is written.
fn gathered(part: &Part<'_>, name: &str) -> Option<(usize, String)> {
    let (file, report) = part.file(REPORT).and_then(|f: &File<'_>| Some((f, f.data()?)))?;
    let one =
        report.get("status_reports")?.as_array()?.iter().find(|one| one.get("name").is_some_and(|n| n == name))?;
    let failed = one.get("errors").is_some_and(|errors| !errors.is_null());
    let count = usize::try_from(one.get("records_count")?.as_u64()?).ok()?;
    (!failed).then(|| (count, file.display.clone()))
}
