//! From what was scanned to one snapshot per cluster.

use std::collections::{BTreeMap, HashMap, HashSet};

use jiff::Timestamp;
use kubereach_reports::report::{Input, Location, ObjectRef, Problem};

use super::clusters;
use super::content::{Content, FileId, InputSpec, IntakeError, Origin};
use super::item::{Failed, Item, What};
use super::layouts::{self, Facts, Identity, Part, Printed, time};
use super::limits::Limits;
use super::paths::display;
use super::positions::{self, PathStep, Sources};
use super::progress::Progress;
use super::releases::{self, Releases};
use super::rendering::{self, Unread};
use super::scan::{self, Scan};
use super::statements::{self, Loss, Shown};
use super::unsettled::Unsettled;
use super::{contradiction, duplicates, empty, helm, kustomize};
use kubereach_model::evidence::{FieldPath, Step};
use kubereach_model::evidence::{Locate, Place};
use kubereach_model::snapshot::{AnyObject, Assumption, Builder, Snapshot, Thresholds, kinds};

/// How to read.
#[derive(Debug, Clone, Default)]
pub struct IntakeOptions {
    /// What `--assume-complete` declares.
    pub assume_complete: Vec<Assumption>,
    /// Namespace of manifests that name none; `default` if empty.
    pub default_namespace: String,
    /// Read what Helm's release Secrets applied as desired state.
    pub helm_releases: bool,
    /// Limits against hostile input.
    pub limits: Limits,
    /// From when checks say something.
    pub thresholds: Thresholds,
    /// The version of Kubernetes 1 that manifests are for, if one was named.
    pub kubernetes_minor: Option<u16>,
    /// What was not read and may stand in the way counts as unknown, in every judgement.
    pub strict: bool,
}

/// What was read.
#[derive(Debug)]
pub struct Intake {
    /// One per cluster, in the order of their names.
    pub snapshots: Vec<Snapshot>,
    /// For the inventory, in the order of their names whatever the order on the command line.
    pub inputs: Vec<Input>,
    /// What could not be read.
    pub problems: Vec<Problem>,
    /// What of manifests is there and could not be read.
    pub unread: Unread,
    origins: Vec<Origin>,
    /// Chart templates by origin.
    templates: HashMap<u32, Box<str>>,
    sources: Sources,
}

/// Reads inputs: scans the bytes, recognizes the layouts, and assembles one snapshot per cluster.
///
/// The order of the inputs does not matter. An error means that nothing at all could be analyzed; what
/// is wrong with a part of the input is a problem in the result.
pub fn read(inputs: &[InputSpec], options: &IntakeOptions, progress: &dyn Progress) -> Result<Intake, IntakeError> {
    let decode = if options.helm_releases { releases::decode } else { Item::decode };
    let scan = scan::scan(inputs, &options.limits, &layouts::hint::hint, &decode, progress)?;
    assemble(scan, options)
}

/// What is known of a part once its layout has read it; nothing of it borrows from the scan.
struct Reading {
    name: String,
    layout: &'static str,
    facts: Facts,
    began: Option<Timestamp>,
    taken_at: Option<Timestamp>,
    cluster: usize,
    inputs: Vec<usize>,
    /// How the inventory names the part of each input.
    path: Option<String>,
}

/// Where a member went.
#[derive(Clone, Copy)]
struct Standing {
    part: usize,
    unused: bool,
    copy: bool,
}

pub(super) fn assemble(mut scan: Scan<Item>, options: &IntakeOptions) -> Result<Intake, IntakeError> {
    let rendering = rendering::survey(&mut scan);
    let missing = kustomize::set_patches_aside(&mut scan);
    if let Some(error) = empty::nothing(&scan) {
        return Err(error);
    }
    let parts = layouts::parts(&scan.inputs);
    // One part alone has nobody to be compared with.
    let several = parts.len() > 1;
    let identities: Vec<Identity> =
        parts.iter().map(|part| if several { Identity::of(part) } else { Identity::default() }).collect();
    let divided = clusters::divide(&identities);
    let mut places: HashMap<(usize, usize), Standing> = HashMap::new();
    let mut readings: Vec<Reading> = Vec::with_capacity(parts.len());
    for (number, part) in parts.iter().enumerate() {
        let reading = read_part(part, divided.groups.iter().position(|g| g.contains(&number)).unwrap_or_default());
        for (n, file) in part.files.iter().enumerate() {
            let place = Standing {
                part: number,
                unused: reading.facts.unused.contains(&n),
                copy: reading.facts.copies.contains(&n),
            };
            places.insert(file.at, place);
        }
        readings.push(reading);
    }
    drop(parts);
    let mut problems: Vec<Problem> = Vec::new();
    for reading in &mut readings {
        problems.append(&mut reading.facts.problems);
    }
    if divided.groups.len() > 1 {
        for reading in divided.unclear.iter().filter_map(|n| readings.get(*n)) {
            let message = "nothing in it shows which of the clusters it comes from: it is judged by itself";
            problems.push(Problem {
                path: reading.name.clone(),
                line: None,
                column: None,
                message: message.to_owned(),
            });
        }
    }
    said_apart(&divided, &mut readings);
    let names = cluster_names(&divided.groups, &readings);
    let mut filled = fill(scan, &places, &readings, divided.groups.len(), options, &mut problems);
    if let Some(lost) = filled.lost.first_mut() {
        lost.extend(missing.into_iter().map(Loss::of_missing));
    }
    let mut intake = finish(filled, &readings, &names, options, problems);
    intake.problems.retain(|problem| !rendering.templates.contains(&problem.path));
    if intake.snapshots.iter().all(Snapshot::is_manifests) {
        intake.unread = rendering.unread;
    }
    Ok(intake)
}

fn read_part(part: &Part<'_>, cluster: usize) -> Reading {
    let mut facts = Facts::default();
    part.layout.read(part, &mut facts);
    let newest = part.files.iter().flat_map(layouts::File::items).filter_map(|d| d.value.seen).max();
    let began = facts.began.or_else(|| time::settle(facts.began_local?, newest));
    let taken_at = facts.taken_at.or_else(|| Some(time::ended(began?, newest)));
    Reading {
        name: part.name.clone(),
        layout: part.layout.name(),
        facts,
        began,
        taken_at,
        cluster,
        inputs: part.inputs.clone(),
        path: (!part.root.is_empty()).then(|| part.name.clone()),
    }
}

/// Says of what was read of further clusters why it stands by itself.
fn said_apart(divided: &clusters::Clusters, readings: &mut [Reading]) {
    let first = divided.groups.first().and_then(|group| readings.get(*group.first()?)).map(|r| r.name.clone());
    for number in divided.groups.iter().skip(1).flatten().filter(|n| !divided.unclear.contains(n)) {
        if let (Some(first), Some(reading)) = (&first, readings.get_mut(*number)) {
            reading.facts.note(format!("another cluster than {first}: what both hold has other uids"));
        }
    }
}

/// Empty where there is only one cluster.
fn cluster_names(groups: &[Vec<usize>], readings: &[Reading]) -> Vec<String> {
    if groups.len() < 2 {
        return Vec::new();
    }
    let firsts: Vec<String> = groups
        .iter()
        .map(|g| g.first().and_then(|n| readings.get(*n)).map(|r| r.name.clone()).unwrap_or_default())
        .collect();
    clusters::names(&firsts)
}

/// The objects of all clusters, before their coverage.
struct Filled {
    builders: Vec<Builder>,
    /// Per cluster.
    shown: Vec<Shown>,
    /// Per cluster.
    failed: Vec<Vec<Failed>>,
    /// Per cluster.
    lost: Vec<Vec<Loss>>,
    inputs: Vec<Input>,
    origins: Vec<Origin>,
    templates: HashMap<u32, Box<str>>,
    /// Helm hooks of the input at hand that are not part of what runs.
    hooks: Vec<String>,
    copies: HashSet<FileId>,
    /// Per cluster: the newest release of each name.
    releases: Vec<Releases>,
    /// Per cluster: what its manifests leave open.
    unsettled: Vec<Unsettled>,
    sources: Sources,
}

fn fill(
    scan: Scan<Item>,
    places: &HashMap<(usize, usize), Standing>,
    readings: &[Reading],
    clusters: usize,
    options: &IntakeOptions,
    problems: &mut Vec<Problem>,
) -> Filled {
    let mut filled = Filled {
        builders: Vec::new(),
        shown: (0..clusters).map(|_| Shown::default()).collect(),
        failed: (0..clusters).map(|_| Vec::new()).collect(),
        lost: (0..clusters).map(|_| Vec::new()).collect(),
        inputs: Vec::new(),
        origins: Vec::new(),
        templates: HashMap::new(),
        hooks: Vec::new(),
        copies: HashSet::new(),
        releases: (0..clusters).map(|_| Releases::new()).collect(),
        unsettled: (0..clusters).map(|_| Unsettled::default()).collect(),
        sources: scan.sources,
    };
    for _ in 0..clusters {
        let mut builder = Builder::default();
        builder.default_namespace.clone_from(&options.default_namespace);
        filled.builders.push(builder);
    }
    // Ties between copies go to the first by name, whatever the order on the command line.
    let mut inputs: Vec<(usize, _)> = scan.inputs.into_iter().enumerate().collect();
    inputs.sort_by(|a, b| a.1.name.cmp(&b.1.name));
    for (number, input) in inputs {
        problems.extend(input.problems);
        let mut counts: BTreeMap<usize, usize> =
            readings.iter().enumerate().filter(|(_, r)| r.inputs.contains(&number)).map(|(n, _)| (n, 0)).collect();
        for (member, m) in input.members.into_iter().enumerate() {
            let (Some(place), Content::Documents(documents)) = (places.get(&(number, member)), m.content) else {
                continue;
            };
            let Some(reading) = readings.get(place.part) else {
                continue;
            };
            if place.copy {
                filled.copies.insert(m.file);
            }
            if place.unused {
                continue;
            }
            if let Some(lost) = filled.lost.get_mut(reading.cluster).filter(|_| !documents.lost.is_empty()) {
                lost.extend(Loss::of(&documents, &display(input.container, &input.name, &m.path)));
            }
            let count = counts.entry(place.part).or_default();
            if let Some(unsettled) = filled.unsettled.get_mut(reading.cluster).filter(|_| !reading.facts.stripped) {
                let path = display(input.container, &input.name, &m.path);
                problems.extend(unsettled.file(&documents, &path));
            }
            for decoded in documents.objects {
                *count += usize::from(filled.take(decoded.value, decoded.origin, reading, problems));
            }
        }
        filled.inventory(&input.name, input.skipped, &counts, readings);
    }
    filled
}

impl Filled {
    /// Takes one object; says whether it is one.
    fn take(&mut self, item: Item, origin: Origin, reading: &Reading, problems: &mut Vec<Problem>) -> bool {
        let cluster = reading.cluster;
        let (Some(builder), Some(shown), Some(failed)) =
            (self.builders.get_mut(cluster), self.shown.get_mut(cluster), self.failed.get_mut(cluster))
        else {
            return false;
        };
        let mut object = match item.what {
            What::Object(object) => object,
            What::Failed(one) => {
                problems.push(one.problem.clone());
                failed.push(*one);
                return false;
            }
            What::About(_) | What::Nameless => return false,
            What::Release(release) => match self.releases.get_mut(cluster) {
                Some(known) => releases::keep(*release, known, problems),
                None => release.secret,
            },
        };
        if reading.facts.deleted_by.is_some_and(|key| object.meta().annotation(key).is_some()) {
            return false;
        }
        if helm::is_set_aside(&object) {
            self.hooks.push(helm::title(&object));
            return true;
        }
        match &mut object {
            AnyObject::Secret(secret) if reading.facts.secrets_emptied && secret.keys.is_empty() => {
                secret.stripped = true;
            }
            AnyObject::CustomResourceDefinition(crd) => {
                shown.definitions.insert((crd.spec.group.clone(), crd.spec.names.kind.clone()));
            }
            _ => {}
        }
        let kind = object.group_kind();
        if object.meta().is_stored() && !shown.live.contains(&kind) {
            shown.live.insert(kind.clone());
        }
        shown.kinds.insert(kind);
        let number = u32::try_from(self.origins.len()).unwrap_or(u32::MAX);
        if let Some(template) = item.template {
            self.templates.insert(number, template);
        }
        let text = item.text.filter(|_| !reading.facts.stripped);
        if let (Some(text), Some(unsettled)) = (text, self.unsettled.get_mut(cluster)) {
            unsettled.made.extend(text.made);
            if !text.refusals.is_empty() {
                builder.refusals.insert(number, text.refusals);
            }
        }
        builder.push(object, number, reading.facts.stripped);
        self.origins.push(if reading.facts.placeless { Origin { file: FileId::NOWHERE, ..origin } } else { origin });
        true
    }

    fn inventory(&mut self, name: &str, skipped: usize, counts: &BTreeMap<usize, usize>, readings: &[Reading]) {
        if counts.is_empty() {
            self.inputs.push(Input {
                path: name.to_owned(),
                layout: layouts::plain().to_owned(),
                taken_at: None,
                objects: 0,
                skipped,
                facts: Vec::new(),
                cluster: None,
            });
        }
        let hooks = helm::fact(&std::mem::take(&mut self.hooks));
        for (nth, (&part, &objects)) in counts.iter().enumerate() {
            let Some(reading) = readings.get(part) else {
                continue;
            };
            let mut facts = reading.facts.about.clone();
            facts.extend(hooks.clone().filter(|_| nth == 0));
            let path = reading.path.as_ref().filter(|_| counts.len() > 1);
            self.inputs.push(Input {
                path: path.cloned().unwrap_or_else(|| name.to_owned()),
                layout: reading.layout.to_owned(),
                taken_at: reading.taken_at.map(|t| t.to_string()),
                objects,
                skipped: if nth == 0 { skipped } else { 0 },
                facts,
                // The number of the cluster, until it has a name.
                cluster: Some(reading.cluster.to_string()),
            });
        }
    }
}

fn finish(
    mut filled: Filled,
    readings: &[Reading],
    names: &[String],
    options: &IntakeOptions,
    mut problems: Vec<Problem>,
) -> Intake {
    for input in &mut filled.inputs {
        input.cluster = input.cluster.take().and_then(|n| names.get(n.parse::<usize>().ok()?).cloned());
    }
    let mut snapshots = Vec::with_capacity(filled.builders.len());
    let mut of_helm = std::mem::take(&mut filled.releases).into_iter();
    for (cluster, mut builder) in filled.builders.into_iter().enumerate() {
        let own = || readings.iter().filter(move |r| r.cluster == cluster);
        builder.began = own().filter_map(|r| r.began.or(r.taken_at)).max();
        builder.taken_at = own().filter_map(|r| r.taken_at).max();
        let facts = own().map(|r| &r.facts);
        let none = Shown::default();
        let vouched = statements::record(facts, filled.shown.get(cluster).unwrap_or(&none), &mut builder.coverage);
        releases::apply(
            of_helm.next().unwrap_or_default(),
            &mut builder,
            &mut filled.origins,
            &mut filled.inputs,
            names.get(cluster),
        );
        let failed = filled.failed.get(cluster).map(Vec::as_slice).unwrap_or_default();
        let lost = filled.lost.get(cluster).map(Vec::as_slice).unwrap_or_default();
        statements::lessen(&mut builder.coverage, failed, lost, &options.assume_complete);
        if let Some(unsettled) = filled.unsettled.get(cluster) {
            problems.extend(unsettled.settle(&mut builder.coverage, &options.assume_complete));
        }
        builder.cluster = names.get(cluster).cloned();
        duplicates::said_twice(builder.duplicates(), &filled.origins, &filled.copies, &filled.sources, &mut problems);
        duplicates::made_again(builder.made_again(), &filled.origins, &filled.sources, &mut problems);
        let mut snapshot = Snapshot {
            thresholds: options.thresholds,
            strict: options.strict,
            kubernetes_minor: options.kubernetes_minor,
            ..builder.build()
        };
        let printed: Vec<Printed> = own().flat_map(|r| r.facts.printed.iter().cloned()).collect();
        contradiction::weigh(&mut snapshot, &printed, &vouched);
        snapshots.push(snapshot);
    }
    snapshots.sort_by(|a, b| a.cluster.cmp(&b.cluster));
    filled.inputs.sort_by(|a, b| (&a.path, &a.layout).cmp(&(&b.path, &b.layout)));
    problems.sort();
    problems.dedup();
    Intake {
        snapshots,
        inputs: filled.inputs,
        problems,
        unread: Unread::default(),
        origins: filled.origins,
        templates: filled.templates,
        sources: filled.sources,
    }
}

impl Intake {
    /// How many origins the objects of this intake refer to: those of another intake can be counted on
    /// from there.
    pub fn origins(&self) -> u32 {
        u32::try_from(self.origins.len()).unwrap_or(u32::MAX)
    }

    /// Objects by their origins with all their fields, read once more; none where that is not possible.
    pub fn whole(&self, origins: &[u32]) -> Vec<Option<serde_json::Value>> {
        let known: Vec<(usize, Origin)> = origins
            .iter()
            .enumerate()
            .filter_map(|(n, origin)| Some((n, *self.origins.get(*origin as usize)?)))
            .collect();
        let (at, wanted): (Vec<usize>, Vec<Origin>) = known.into_iter().unzip();
        let mut objects = vec![None; origins.len()];
        for (n, object) in at.into_iter().zip(positions::whole(&self.sources, &wanted)) {
            if let Some(slot) = objects.get_mut(n) {
                *slot = object;
            }
        }
        objects
    }
}

impl Locate for Intake {
    fn places(&self, requests: &[(u32, FieldPath)]) -> Vec<Option<Place>> {
        let mut wanted = Vec::new();
        let mut at = Vec::new();
        let mut places = vec![None; requests.len()];
        let origins: HashSet<u32> = requests.iter().map(|(origin, _)| *origin).collect();
        let objects: HashMap<u32, ObjectRef> = self.snapshots.iter().flat_map(|s| s.objects_at(&origins)).collect();
        for (n, (origin, path)) in requests.iter().enumerate() {
            let object = objects.get(origin).cloned();
            let Some(origin) = self.origins.get(*origin as usize) else { continue };
            if path.is_empty() && origin.item.is_none() {
                // Where an object begins is known without reading it again.
                if let (Some(path), Some(slot)) = (self.sources.path(origin.file), places.get_mut(n)) {
                    let location = Location { path, line: origin.line, column: origin.column, ..Location::default() };
                    *slot = Some(Place { location, frame: None, object });
                }
            } else {
                let steps = path.iter().map(|step| match step {
                    Step::Key(key) => PathStep::Key(key.clone()),
                    Step::Index(index) => PathStep::Index(*index),
                });
                wanted.push((*origin, steps.collect()));
                at.push((n, path, object));
            }
        }
        for (found, (n, path, object)) in positions::show(&self.sources, &wanted).into_iter().zip(at) {
            let Some(found) = found else { continue };
            let field = path.get(..found.steps).filter(|steps| !steps.is_empty()).map(field_words);
            // What a Secret or a ConfigMap holds is nobody's to show.
            let confidential = |o: &ObjectRef| kinds::KINDS.iter().any(|k| k.confidential && k.kind == o.kind);
            let hidden = object.as_ref().is_some_and(confidential);
            let place = Place {
                location: Location {
                    path: found.path,
                    line: found.line,
                    column: found.column,
                    template: None,
                    end_column: found.end_column,
                    field,
                },
                frame: found.frame.filter(|_| !hidden),
                object,
            };
            if let Some(slot) = places.get_mut(n) {
                *slot = Some(place);
            }
        }
        for ((origin, _), place) in requests.iter().zip(&mut places) {
            if let (Some(place), Some(template)) = (place, self.templates.get(origin)) {
                place.location.template = Some(template.to_string());
            }
        }
        places
    }

    fn origin_of(&self, object: &ObjectRef) -> Option<u32> {
        self.snapshots.iter().find_map(|snapshot| snapshot.origin_of(object))
    }
}

/// `spec.ports[0].targetPort`.
fn field_words(steps: &[Step]) -> String {
    let mut words = String::new();
    for step in steps {
        match step {
            Step::Index(index) => words.push_str(&format!("[{index}]")),
            Step::Key(key) if key.contains(['.', '/', ' ', '[', '"']) => words.push_str(&format!("[{key:?}]")),
            Step::Key(key) => {
                if !words.is_empty() {
                    words.push('.');
                }
                words.push_str(key);
            }
        }
    }
    words
}
