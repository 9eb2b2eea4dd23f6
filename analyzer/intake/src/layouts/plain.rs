//! Plain exports and manifests: coverage is what the input itself proves.
//!
//! - A list whose every object carries what only an API server writes (uid, resourceVersion or
//!   creationTimestamp) is complete for the kinds in it: for the whole cluster if the list shows several
//!   namespaces (in whichever kinds), for its one namespace otherwise.
//! - An empty list says its kind by its own type or by the name of the file. Its scope is the namespace
//!   in its path if there is one; else the scope of the other lists beside it, if they agree; else the
//!   whole cluster, only where nothing else that was read shows any namespace; else nothing is proved.
//! - Hand-picked objects, objects nobody stored, and manifests prove nothing about others.

use std::collections::{BTreeMap, BTreeSet};

use kubereach_reports::report::CoverageState;

use super::discovery::Discovery;
use super::facts::CoverageStatement;
use super::part::{File, Part, words};
use super::{Facts, FileEntry, Identity, Layout, Printed, hint};
use crate::content::{CapturedError, ErrorClass, ListDocument, TableDocument};
use crate::item::What;
use kubereach_model::snapshot::kinds::{self, Kind};
use kubereach_model::snapshot::{AnyObject, GroupKind};

/// The layout of everything that is no other.
#[derive(Debug)]
pub(crate) struct Plain;

pub(crate) static PLAIN: Plain = Plain;

impl Layout for Plain {
    fn name(&self) -> &'static str {
        "plain"
    }

    fn is_sent_to_support(&self) -> bool {
        false
    }

    fn roots(&self, _: &[FileEntry<'_>]) -> Vec<String> {
        Vec::new()
    }

    fn divide<'s>(&self, part: Part<'s>) -> Vec<Part<'s>> {
        by_cluster(part)
    }

    fn read(&self, part: &Part<'_>, out: &mut Facts) {
        out.by_hand = true;
        let mut survey = Survey { namespaces: namespaces(part), held: held(part), ..Survey::default() };
        for file in &part.files {
            survey.file(file, out);
        }
        survey.empty_lists(part, out);
        for (kind, live) in std::mem::take(&mut survey.picked) {
            if kinds::of(&kind).is_none() {
                continue;
            }
            let statement = if live {
                CoverageStatement::partial("only single objects of it were read, no list", "")
            } else {
                CoverageStatement::missing("manifests declare what shall be; they do not show what else there is")
            };
            out.say(&kind, None, statement);
        }
        let live = survey.live;
        out.rest(&Discovery::default(), |kind| {
            if live {
                CoverageStatement::missing(format!("the input holds no list of {} objects", kind.kind))
            } else {
                CoverageStatement::missing("manifests declare what shall be; they do not show what else there is")
            }
        });
    }
}

/// Where a list speaks for.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
enum Reach {
    Cluster,
    Namespace(String),
}

#[derive(Default)]
struct Survey<'p> {
    /// Every namespace that any object of the part names.
    namespaces: BTreeSet<String>,
    /// What the lists with namespaced objects reach.
    reaches: BTreeSet<Reach>,
    empty: Vec<(&'p File<'p>, Option<&'static Kind>)>,
    /// Kinds of objects outside of lists, and whether any of them is live.
    picked: BTreeMap<GroupKind, bool>,
    live: bool,
    /// Kinds of which there are objects, where tables have to be told from them.
    held: BTreeSet<GroupKind>,
}

fn held(part: &Part<'_>) -> BTreeSet<GroupKind> {
    if part.files.iter().all(|file| file.documents().is_none_or(|d| d.tables.is_empty())) {
        return BTreeSet::new();
    }
    part.files.iter().flat_map(File::objects).map(AnyObject::group_kind).collect()
}

fn namespaces(part: &Part<'_>) -> BTreeSet<String> {
    let mut names = BTreeSet::new();
    // Objects of one namespace stand together, mostly.
    let mut last = "";
    for object in part.files.iter().flat_map(File::objects) {
        let meta = object.meta();
        if let AnyObject::Namespace(_) = object {
            names.insert(meta.name.clone());
        } else if !meta.namespace.is_empty() && meta.namespace != last {
            last = &meta.namespace;
            names.insert(meta.namespace.clone());
        }
    }
    names
}

impl<'p> Survey<'p> {
    fn file(&mut self, file: &'p File<'p>, out: &mut Facts) {
        if let Some(value) = file.data() {
            // `[]` and `null` under a telling name are empty lists without a type.
            if value.is_null() || value.as_array().is_some_and(Vec::is_empty) {
                self.empty.push((file, None));
            }
            return;
        }
        let Some(documents) = file.documents() else {
            return;
        };
        for (n, list) in documents.lists.iter().enumerate() {
            let n = u32::try_from(n).unwrap_or(u32::MAX);
            self.list(file, list, n, out);
        }
        for decoded in documents.objects.iter().filter(|d| d.list.is_none()) {
            if let What::Object(object) = &decoded.value.what {
                let live = object.meta().is_stored();
                self.live |= live;
                *self.picked.entry(object.group_kind()).or_default() |= live;
            }
        }
        // Behind a table its objects may follow, or they stand in another file.
        let shown = |table: &TableDocument| {
            let kind = table.resource.as_deref().and_then(kinds::by_name).map(Kind::group_kind);
            !documents.objects.is_empty() || kind.is_some_and(|kind| self.held.contains(&kind))
        };
        for table in documents.tables.iter().filter(|table| !shown(table)) {
            out.problem(&file.display, Some(table.line), table.words());
            if let Some((kind, _)) = hint::named_kind(file.name()) {
                out.say(
                    &kind.group_kind(),
                    None,
                    CoverageStatement::new(
                        CoverageState::NotCollected,
                        "tables hold no specs; export with -o yaml",
                        &file.display,
                    ),
                );
            }
        }
        for error in &documents.errors {
            captured(file, error, out);
        }
    }

    fn list(&mut self, file: &'p File<'p>, list: &ListDocument, n: u32, out: &mut Facts) {
        if list.items == 0 {
            let kind = list.kind.as_deref().and_then(|k| k.strip_suffix("List")).filter(|k| !k.is_empty());
            let kind = kind.and_then(|k| kinds::of(&GroupKind::of(list.api_version.as_deref().unwrap_or("v1"), k)));
            self.empty.push((file, kind));
            return;
        }
        let mut kinds: BTreeMap<GroupKind, BTreeSet<&str>> = BTreeMap::new();
        let mut order = Order::default();
        let mut printed = true;
        let mut read = 0;
        // Objects of one kind and namespace stand together, mostly.
        let mut last: Option<(std::mem::Discriminant<AnyObject>, &str)> = None;
        for decoded in file.items().filter(|d| d.list == Some(n)) {
            read += 1;
            if let What::Object(object) = &decoded.value.what {
                printed &= object.meta().is_stored();
                let here = (std::mem::discriminant(object), object.meta().namespace.as_str());
                if last == Some(here) && one_kind(object) {
                    continue;
                }
                last = Some(here);
                let kind = object.group_kind();
                order.next(&kind, kinds.contains_key(&kind));
                kinds.entry(kind).or_default().insert(&object.meta().namespace);
            }
        }
        if !printed {
            for kind in kinds.into_keys() {
                self.picked.entry(kind).or_default();
            }
            return;
        }
        self.live = true;
        let namespaces: BTreeSet<&str> = kinds.values().flatten().copied().filter(|ns| !ns.is_empty()).collect();
        let reach = match namespaces.iter().collect::<Vec<_>>().as_slice() {
            [] => None,
            [one] => Some(Reach::Namespace((**one).to_owned())),
            _ => Some(Reach::Cluster),
        };
        self.reaches.extend(reach.clone());
        let broken = (list.truncated, list.remaining, list.items > read);
        let chosen = order.chosen(list.items).or_else(|| chosen_by_name(file.name()));
        if chosen.is_none() && kinds.len() > 1 {
            out.printed.push(Printed { source: file.display.clone(), kinds: kinds.keys().cloned().collect() });
        }
        for (kind, places) in kinds {
            let placed = places.iter().any(|ns| !ns.is_empty());
            let (scope, reason) = match (&reach, placed) {
                (Some(Reach::Namespace(ns)), true) => (
                    Some(ns.as_str()),
                    format!("a list of the API server shows them; all its objects are of namespace {ns}"),
                ),
                (_, true) => (
                    None,
                    format!("a list of the API server shows them; its objects are of {} namespaces", namespaces.len()),
                ),
                (_, false) => (None, "a list of the API server shows them".to_owned()),
            };
            let statement = match broken {
                (_, Some(more), _) => CoverageStatement::partial(
                    format!("the list is one page and {more} more objects were not fetched"),
                    &file.display,
                ),
                (true, ..) => {
                    CoverageStatement::partial("the list is not whole: more follows or it breaks off", &file.display)
                }
                (_, _, true) => CoverageStatement::partial("some items of the list could not be read", &file.display),
                _ => match &chosen {
                    Some(why) => CoverageStatement::partial(why.clone(), &file.display),
                    None => CoverageStatement::complete(reason, &file.display),
                },
            };
            if broken.0 {
                let more = list.remaining.map_or_else(|| "more objects".to_owned(), |n| format!("{n} more objects"));
                let message =
                    format!("the list of {kind} objects is not whole: {more} follow that this file does not hold");
                out.problem(&file.display, Some(list.line), message);
            }
            // What no check asks about needs no statement.
            if kinds::of(&kind).is_some() {
                out.say(&kind, scope, statement);
            }
        }
    }

    /// Empty lists prove that nothing is there, where it is clear of what and where.
    fn empty_lists(&self, part: &Part<'_>, out: &mut Facts) {
        for (file, typed) in &self.empty {
            if chosen_by_name(file.name()).is_some() {
                continue;
            }
            let named = hint::named_kind(file.name());
            let Some(kind) = typed.or(named.as_ref().map(|(k, _)| *k)) else {
                continue;
            };
            let group_kind = kind.group_kind();
            let statement = CoverageStatement::complete("an empty list of them was read", &file.display);
            if !kind.namespaced {
                out.say(&group_kind, None, statement);
                continue;
            }
            let rest = named.map(|(_, rest)| rest).unwrap_or_default();
            let folder = file.path.rsplit('/').nth(1).unwrap_or_default();
            // `config.openshift.io/ingresses.yaml`: of a group that has a kind of the same name.
            if typed.is_none() && folder.ends_with(".io") && folder != kind.group {
                continue;
            }
            let place = [rest.as_str(), folder].into_iter().find(|name| self.namespaces.contains(*name));
            match (place, self.reaches.iter().collect::<Vec<_>>().as_slice()) {
                (Some(ns), _) => out.say(&group_kind, Some(ns), statement),
                (None, all) if all.contains(&&Reach::Cluster) => out.say(&group_kind, None, statement),
                (None, [Reach::Namespace(ns)]) => out.say(&group_kind, Some(ns), statement),
                (None, []) if part.alone && self.namespaces.len() <= 1 => {
                    out.say(&group_kind, self.namespaces.first().map(String::as_str), statement);
                }
                _ => out.say(
                    &group_kind,
                    None,
                    CoverageStatement::new(
                        CoverageState::NotCollected,
                        "an empty list was read, and nothing shows of which namespaces",
                        &file.display,
                    ),
                ),
            }
        }
    }
}

/// More objects than this are not asked for one by one.
const TYPED: usize = 100;

/// In which order the kinds of a list stand.
#[derive(Default)]
struct Order {
    last: Option<GroupKind>,
    alternates: bool,
}

impl Order {
    /// The kind of the next object, and whether the list had one of it before.
    fn next(&mut self, kind: &GroupKind, known: bool) {
        if self.last.as_ref() != Some(kind) {
            self.alternates |= known;
            self.last = Some(kind.clone());
        }
    }

    /// Kinds that are asked for are listed one after the other (`kubectl get ing,svc`); objects that are asked for by
    /// their names stand in the order of the names (`kubectl get ing/a svc/b ing/c`).
    /// Nobody types hundreds of names: such a list was made of several.
    fn chosen(&self, items: usize) -> Option<String> {
        (self.alternates && items <= TYPED).then(|| {
            "its kinds alternate: single objects were asked for by name, and kubectl prints them as a list".to_owned()
        })
    }
}

/// A file whose name has a selector in it (`pods-l-app=web.yaml`) holds what that selected.
fn chosen_by_name(name: &str) -> Option<String> {
    let (key, value) = name.split_once('=')?;
    let key = key.rsplit([' ', ',']).next().unwrap_or(key).trim_end_matches(['!', '=']);
    let ends = key.bytes().last().is_some_and(|b| b.is_ascii_alphanumeric())
        && value.trim_start_matches('=').bytes().next().is_some_and(|b| b.is_ascii_alphanumeric());
    ends.then(|| format!("this list looks filtered: the file's name, {}, has a selector in it", words(name)))
}

/// Whether all objects of this shape are of one kind.
fn one_kind(object: &AnyObject) -> bool {
    matches!(
        object,
        AnyObject::Pod(_)
            | AnyObject::Service(_)
            | AnyObject::EndpointSlice(_)
            | AnyObject::Namespace(_)
            | AnyObject::Node(_)
    )
}

/// An error that was captured into the file.
fn captured(file: &File<'_>, error: &CapturedError, out: &mut Facts) {
    let kind = error
        .resource
        .as_deref()
        .and_then(|r| kinds::by_resource(r, error.group.as_deref()).or_else(|| kinds::by_name(r)))
        .or_else(|| hint::named_kind(file.name()).map(|(kind, _)| kind));
    if error.class != ErrorClass::NoResources {
        out.problem(&file.display, Some(error.line), format!("captured from the collector: {}", words(&error.text)));
    }
    let Some(kind) = kind else { return };
    // A named object that is not there says nothing about the kind.
    if error.class == ErrorClass::NotFound {
        return;
    }
    let scope = error.namespace.as_deref().filter(|_| kind.namespaced && error.class != ErrorClass::NotServed);
    out.say(&kind.group_kind(), scope, file.of_error(error, Some(kind)));
}

/// A plain folder may hold exports of several clusters side by side. Where its top folders or files show different uids
/// of one of the namespaces that every cluster has, or where all that they have in common has other uids and each has
/// something in common with another, it is divided by them.
fn by_cluster(part: Part<'_>) -> Vec<Part<'_>> {
    const MANY: usize = 64;
    let top = |path: &'_ str| path.split('/').next().unwrap_or(path).to_owned();
    let tops: BTreeSet<String> = part.files.iter().map(|file| top(file.path)).collect();
    if tops.len() < 2 || tops.len() > MANY {
        return vec![part];
    }
    let mut identities: BTreeMap<String, Identity> = BTreeMap::new();
    for file in &part.files {
        identities.entry(top(file.path)).or_default().add(file);
    }
    if !are_several(&identities.into_values().collect::<Vec<_>>()) {
        return vec![part];
    }
    part.divided(|path| path.split('/').next().unwrap_or(path))
}

fn are_several(identities: &[Identity]) -> bool {
    let mut same = false;
    let mut different: BTreeSet<usize> = BTreeSet::new();
    for (a, one) in identities.iter().enumerate() {
        for (b, other) in identities.iter().enumerate().skip(a + 1) {
            match one.same(other) {
                Some(false) if one.lasts(other) => return true,
                Some(false) => different.extend([a, b]),
                Some(true) => same = true,
                None => {}
            }
        }
    }
    !same && different.len() == identities.len()
}
