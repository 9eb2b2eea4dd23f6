//! How each kind of dump looks on disk. A layout is one file here and one line in [`LAYOUTS`].
//!
//! A layout recognizes its roots by their markers and reads from a part what the objects alone do not
//! tell: how much of each kind was collected, when, and by what. All that is particular to it, down to the names of
//! its files, stands in its own file.

use std::collections::BTreeMap;
use std::fmt::Debug;
use std::sync::LazyLock;

mod capi;
mod cilium;
mod cluster_info;
mod crashd;
mod crust_gather;
mod discovery;
mod eck;
mod facts;
pub(crate) mod hint;
mod identity;
mod insights;
mod istio;
mod kube_dump;
pub mod kubereach;
mod microk8s;
mod must_gather;
mod part;
mod plain;
mod rancher;
mod singles;
mod sonobuoy;
mod splunk;
mod threescale;
pub(crate) mod time;
mod troubleshoot;
mod velero;

pub(crate) use facts::{Facts, Printed, is_custom};
pub(crate) use identity::Identity;
pub(crate) use part::{File, Part};

use super::content::{Container, Content, ScannedInput, TypeHint};
use super::item::Item;
use super::paths::{self, Written, display};
use kubereach_model::snapshot::kinds::Kind;

/// One way in which dumps are laid out.
pub(crate) trait Layout: Debug + Sync {
    /// The word in the inventory.
    fn name(&self) -> &'static str;
    /// The folders of an input that hold such a bundle, each with its final `/`, or empty for the input
    /// itself. Of nested ones the outermost count.
    fn roots(&self, files: &[FileEntry<'_>]) -> Vec<String>;
    /// What a part shows beside its objects.
    fn read(&self, part: &Part<'_>, out: &mut Facts);

    /// Is a file of this name a short text that [`Layout::read`] looks into? Others are opened only where they may
    /// hold objects.
    fn reads_text(&self, name: &str) -> bool {
        let _ = name;
        false
    }

    /// `apiVersion` (where it is always the same) and `kind` of the collector's own document about its run.
    fn record(&self) -> Option<(Option<&'static str>, &'static str)> {
        None
    }

    /// The type of items that carry none, by the folders of their member and its name without endings. It is asked
    /// before anybody knows which layout the member belongs to: the folders must not mean anything else.
    fn type_by_folder(&self, folders: &[&str], stem: &str) -> Told<TypeHint> {
        let _ = (folders, stem);
        Told::Nothing
    }

    /// As [`Layout::type_by_folder`], of a name that nobody else gives a file, in whatever folder.
    fn kind_by_name(&self, stem: &str) -> Told<&'static Kind> {
        let _ = stem;
        Told::Nothing
    }

    /// Does it keep objects in files whose names say that they are text? Elsewhere such a file is a log, and what it
    /// shows is none of the bundle.
    fn saves_as_text(&self) -> bool {
        false
    }

    /// Is a folder with these files in it, of which only the names are known, one bundle?
    fn is_bundle(&self, files: &[FileEntry<'_>]) -> bool {
        self.roots(files).iter().any(String::is_empty)
    }

    /// Do people send it to somebody who has no access to its cluster? What is not made for that is read at home.
    fn is_sent_to_support(&self) -> bool {
        true
    }

    /// The part divided by clusters, where it may hold several.
    fn divide<'s>(&self, part: Part<'s>) -> Vec<Part<'s>> {
        vec![part]
    }
}

/// What a layout knows of a member by its path.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) enum Told<T> {
    /// The path is none of this layout's.
    Nothing,
    /// It is, and there are no objects of a known kind in it.
    NoObjects,
    /// It is, and this is the type of its items.
    Is(T),
}

impl<T> Told<T> {
    /// The word of the first layout that has one.
    pub(crate) fn first(ask: impl Fn(&'static dyn Layout) -> Self) -> Self {
        LAYOUTS.into_iter().map(ask).find(|told| !matches!(told, Self::Nothing)).unwrap_or(Self::Nothing)
    }
}

impl Told<&'static Kind> {
    /// Of a path that is this layout's.
    fn of(kind: Option<&'static Kind>) -> Self {
        kind.map_or(Self::NoObjects, Self::Is)
    }
}

/// A member before anybody knows what it belongs to.
#[derive(Debug, Clone, Copy)]
pub(crate) struct FileEntry<'s> {
    pub(crate) path: &'s str,
    pub(crate) content: &'s Content<Item>,
}

/// Every layout, the most telling markers first.
static LAYOUTS: [&dyn Layout; 19] = [
    &kubereach::Kubereach,
    &troubleshoot::Troubleshoot,
    &crust_gather::CrustGather,
    &must_gather::MUST_GATHER,
    &must_gather::INSPECT,
    &sonobuoy::Sonobuoy,
    &velero::Velero,
    &rancher::Rancher,
    &cilium::Cilium,
    &istio::Istio,
    &crashd::Crashd,
    &insights::Insights,
    &eck::Eck,
    &splunk::Splunk,
    &microk8s::Microk8s,
    &capi::Capi,
    &threescale::ThreeScale,
    &cluster_info::ClusterInfo,
    &kube_dump::KubeDump,
];

/// Deeper than this inside an input no bundle is looked for.
const MAX_DEPTH: usize = 4;

/// More bundles of one layout than this in one input are read as plain files.
const MAX_BUNDLES: usize = 64;

/// The outermost folders among those that `find` makes of the paths.
fn outermost<'s>(files: &[FileEntry<'s>], find: impl Fn(&'s str) -> Option<&'s str>) -> Vec<String> {
    let mut found: Vec<&str> =
        files.iter().filter_map(|f| find(f.path)).filter(|r| r.matches('/').count() <= MAX_DEPTH).collect();
    found.sort_unstable();
    found.dedup();
    let mut roots: Vec<String> = Vec::new();
    for root in found {
        // In this order everything below a root follows it at once.
        if !roots.last().is_some_and(|last| root.starts_with(last.as_str())) {
            roots.push(root.to_owned());
        }
    }
    roots.truncate(MAX_BUNDLES);
    roots
}

/// What stands before a marker that begins at a path component.
fn before<'s>(path: &'s str, marker: &str) -> Option<&'s str> {
    let at = path
        .match_indices(marker)
        .map(|(at, _)| at)
        .find(|&at| at == 0 || path.as_bytes().get(at - 1) == Some(&b'/'))?;
    path.get(..at)
}

/// What stands before a marker that is the whole rest of a path.
fn ends<'s>(path: &'s str, marker: &str) -> Option<&'s str> {
    let root = path.strip_suffix(marker)?;
    (root.is_empty() || root.ends_with('/')).then_some(root)
}

/// Is there a file of this path?
fn has(files: &[FileEntry<'_>], root: &str, rest: &str) -> bool {
    files.iter().any(|f| f.path.strip_prefix(root) == Some(rest))
}

/// The name of the layout of everything that is no other.
pub(crate) fn plain() -> &'static str {
    plain::PLAIN.name()
}

/// Is a file of this name a short text that some layout looks into?
pub(crate) fn is_text(name: &str) -> bool {
    LAYOUTS.iter().any(|layout| layout.reads_text(name))
}

/// Is this a collector's own document about its run?
pub(crate) fn is_record(api_version: &str, kind: &str) -> bool {
    type Record = (Option<&'static str>, &'static str);
    // Asked of every object.
    static RECORDS: LazyLock<Vec<Record>> =
        LazyLock::new(|| LAYOUTS.iter().filter_map(|layout| layout.record()).collect());
    RECORDS.iter().any(|(version, name)| *name == kind && version.is_none_or(|version| version == api_version))
}

/// Divides everything that was read into bundles.
pub(crate) fn parts(inputs: &[ScannedInput<Item>]) -> Vec<Part<'_>> {
    let mut parts = Vec::new();
    let mut loose: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    for (number, input) in inputs.iter().enumerate() {
        let claims = claims(input);
        if claims.is_empty() && input.container == Container::File {
            let folder = input.name.rsplit_once('/').map_or("", |(folder, _)| folder);
            loose.entry(folder.to_owned()).or_default().push(number);
        } else {
            bundles(number, input, &claims, &mut parts);
        }
    }
    for (folder, numbers) in loose {
        parts.push(beside(inputs, &folder, &numbers));
    }
    let mut parts: Vec<Part<'_>> = parts.into_iter().flat_map(|part| part.layout.divide(part)).collect();
    parts.retain(|p| !p.files.is_empty());
    parts.sort_by_cached_key(|p| (p.name.clone(), p.root.clone(), p.files.first().map(|f| f.display.clone())));
    if let [one] = parts.as_mut_slice() {
        one.alone = true;
    }
    parts
}

/// Whether a folder with these files in it is laid out as one bundle, by their names alone.
pub fn is_bundle_folder(files: &[String]) -> bool {
    let entries: Vec<FileEntry<'_>> = files.iter().map(|path| FileEntry { path, content: &Content::Empty }).collect();
    LAYOUTS.iter().any(|layout| layout.is_bundle(&entries))
}

/// Is this layout one that people send to somebody who has no access to its cluster?
pub fn is_sent_to_support(name: &str) -> bool {
    LAYOUTS.iter().any(|layout| layout.name() == name && layout.is_sent_to_support())
}

/// A root and the layout of what is below it.
type Claim = (String, &'static dyn Layout);

/// Finds the bundles of an input. An archive inside it is looked at by itself: what it holds is none of the bundle that
/// it may stand in.
fn claims(input: &ScannedInput<Item>) -> Vec<Claim> {
    let mut archives: BTreeMap<&str, Vec<FileEntry<'_>>> = BTreeMap::new();
    for m in &input.members {
        let archive = paths::archive_of(&m.path);
        let path = m.path.get(archive.len()..).unwrap_or_default();
        archives.entry(archive).or_default().push(FileEntry { path, content: &m.content });
    }
    let mut all: Vec<Claim> = Vec::new();
    for (archive, entries) in archives {
        let mut claims: Vec<Claim> = Vec::new();
        for layout in LAYOUTS {
            for root in layout.roots(&entries) {
                let root = format!("{archive}{root}");
                if !claims.iter().any(|(claimed, _)| root.starts_with(claimed.as_str())) {
                    claims.push((root, layout));
                }
            }
        }
        all.append(&mut claims);
    }
    all
}

/// The bundles of one input, and what stands beside them.
fn bundles<'s>(number: usize, input: &'s ScannedInput<Item>, claims: &[Claim], parts: &mut Vec<Part<'s>>) {
    let mut unreadable: Vec<String> = input.problems.iter().map(|p| p.path.clone()).collect();
    unreadable.extend(input.cut.then(|| input.name.clone()));
    let mut files: BTreeMap<(Option<usize>, &str), Vec<File<'_>>> = BTreeMap::new();
    for (member, m) in input.members.iter().enumerate() {
        let archive = paths::archive_of(&m.path);
        let claim = claims
            .iter()
            .enumerate()
            .filter(|(_, (root, _))| paths::archive_of(root) == archive && m.path.starts_with(root.as_str()))
            .max_by_key(|(_, (root, _))| root.len());
        let root = claim.map_or(archive, |(_, (root, _))| root.as_str());
        files.entry((claim.map(|(n, _)| n), archive)).or_default().push(File {
            path: m.path.strip_prefix(root).unwrap_or(&m.path),
            display: display(input.container, &input.name, &m.path),
            content: &m.content,
            at: (number, member),
        });
    }
    for ((claim, archive), mut files) in files {
        let (root, layout) =
            claim.and_then(|n| claims.get(n)).map_or((archive, &plain::PLAIN as &'static dyn Layout), |(r, l)| (r, *l));
        match claim {
            Some(_) if layout.saves_as_text() => {}
            Some(_) => files.retain(|file| !(file.documents().is_some() && is_saved(file))),
            None if beside_bundle(archive, &files, claims) => continue,
            None => drop_saved_manifests(&mut files),
        }
        let prefix = display(input.container, &input.name, root);
        let name = if root.is_empty() { input.name.clone() } else { part_name(&prefix).to_owned() };
        parts.push(Part::new(name, root.to_owned(), layout, files, prefix, unreadable.clone()));
    }
}

fn part_name(prefix: &str) -> &str {
    prefix.strip_suffix(paths::NESTED).unwrap_or_else(|| prefix.trim_end_matches('/'))
}

fn is_saved(file: &File<'_>) -> bool {
    paths::written(file.path) == Written::Text
}

/// Is it nothing but what lies around a bundle: an archive in it that is no bundle, or notes beside it?
fn beside_bundle(archive: &str, files: &[File<'_>], claims: &[Claim]) -> bool {
    let inside = |root: &str| paths::archive_of(root).is_empty() && archive.starts_with(root);
    if archive.is_empty() {
        !claims.is_empty() && files.iter().all(|file| file.documents().is_none())
    } else {
        claims.iter().any(|(root, _)| inside(root))
    }
}

/// Where manifests stand in files that are documents by their names, those in a text are an example or a copy: what
/// applies the folder does not read them. What an API server printed counts however the file is called.
fn drop_saved_manifests(files: &mut Vec<File<'_>>) {
    if !files.iter().any(|file| !is_saved(file) && file.objects().next().is_some()) {
        return;
    }
    files.retain(|file| {
        let declared = file.objects().next().is_some() && !file.objects().any(|object| object.meta().is_stored());
        !(declared && is_saved(file))
    });
}

/// Files side by side were exported by one hand, whether the shell or we walked the folder.
fn beside<'s>(inputs: &'s [ScannedInput<Item>], folder: &str, numbers: &[usize]) -> Part<'s> {
    let mut files = Vec::new();
    let mut unreadable = Vec::new();
    for &number in numbers {
        let Some(input) = inputs.get(number) else {
            continue;
        };
        unreadable.extend(input.problems.iter().map(|p| p.path.clone()));
        files.extend(input.members.iter().enumerate().map(|(member, m)| File {
            path: &m.path,
            display: input.name.clone(),
            content: &m.content,
            at: (number, member),
        }));
    }
    let name = match numbers {
        [one] => inputs.get(*one).map(|i| i.name.clone()).unwrap_or_default(),
        _ => folder.to_owned(),
    };
    let prefix = if folder.is_empty() { String::new() } else { format!("{folder}/") };
    Part::new(name, String::new(), &plain::PLAIN, files, prefix, unreadable)
}
