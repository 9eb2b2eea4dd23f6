//! Releases that Helm keeps in Secrets: what it applied, as the desired state (`--helm-releases`).
//!
//! A release is JSON, compressed and encoded twice, in a Secret of the type `helm.sh/release.v1` (Helm,
//! `pkg/storage/driver/util.go` and `secrets.go`). Only its manifest is looked at: values and the chart may hold what
//! nobody is to see.

use std::collections::BTreeMap;
use std::io::Read as _;
use std::sync::Mutex;

use base64::Engine as _;
use serde::Deserialize;

use super::content::{Content, FileId, Origin, Problem, TypeHint};
use super::document::{self, Context};
use super::helm;
use super::item::{Item, Release, What};
use super::limits::Limits;
use super::object::RawObject;
use kubereach_model::snapshot::{AnyObject, Builder};
use kubereach_reports::report::{CoverageState, Input};

/// The type of the Secrets.
const TYPE: &str = "helm.sh/release.v1";
/// The largest release after decompression. Helm cannot store one whose compressed form is larger than a Secret (1 MiB).
const MOST_BYTES: u64 = 32 << 20;
/// The status of the release that is in the cluster.
const DEPLOYED: &str = "deployed";

/// The newest release of each name, by namespace and name.
pub(crate) type Releases = BTreeMap<(String, String), Release>;

#[derive(Deserialize, Default)]
#[serde(default)]
struct Secret {
    #[serde(rename = "type")]
    kind: String,
    data: Data,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Data {
    release: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Stored {
    name: String,
    namespace: String,
    version: u32,
    info: Info,
    manifest: String,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Info {
    status: String,
}

/// Decodes an object; a Secret that holds a release brings what it applied.
pub(crate) fn decode(raw: &RawObject<'_>) -> Item {
    let mut item = Item::decode(raw);
    if raw.kind != "Secret" || raw.api_version != "v1" {
        return item;
    }
    let Ok(secret) = raw.decode::<Secret>() else { return item };
    if secret.kind != TYPE {
        return item;
    }
    let (what, problem) = match stored(&secret.data.release) {
        Ok(stored) if stored.info.status != DEPLOYED => return item,
        Ok(stored) => (stored, None),
        Err(why) => (Stored::default(), Some(why)),
    };
    if let What::Object(secret) = item.what {
        let objects = if problem.is_some() { Vec::new() } else { objects(&what, raw) };
        let Stored { name, namespace, version, .. } = what;
        let problem = problem.map(|why| {
            let meta = secret.meta();
            raw.remark(format!("the Helm release in Secret {}/{} could not be read: {why}", meta.namespace, meta.name))
        });
        item.what = What::Release(Box::new(Release {
            secret,
            name,
            namespace,
            version,
            objects,
            origin: raw.origin(),
            problem,
        }));
    }
    item
}

fn stored(text: &str) -> Result<Stored, &'static str> {
    let engine = &base64::engine::general_purpose::STANDARD;
    let outer = engine.decode(text.trim()).map_err(|_| "its data is not there, or masked")?;
    let inner = engine.decode(outer.trim_ascii()).map_err(|_| "it is not encoded as Helm encodes releases")?;
    let mut json = Vec::new();
    if inner.starts_with(&[0x1F, 0x8B]) {
        let mut unpacked = flate2::read::GzDecoder::new(inner.as_slice()).take(MOST_BYTES + 1);
        unpacked.read_to_end(&mut json).map_err(|_| "it is damaged")?;
        if json.len() as u64 > MOST_BYTES {
            return Err("it is larger than a release can be");
        }
    } else {
        json = inner;
    }
    serde_json::from_slice(&json).map_err(|_| "it is no release")
}

/// The objects of a manifest; those that name no namespace are of the release's.
fn objects(stored: &Stored, raw: &RawObject<'_>) -> Vec<AnyObject> {
    let limits = Limits { objects: 10_000, ..Limits::default() };
    let ctx = Context {
        member: raw.member,
        display: raw.display,
        file: FileId::NOWHERE,
        limits: &limits,
        hint: TypeHint::default(),
        decode: &Item::decode,
        direct: false,
        sniffed: true,
        cut: false,
        notes: Mutex::default(),
    };
    let (content, _) = document::read(stored.manifest.as_bytes(), &ctx);
    let Content::Documents(documents) = content else { return Vec::new() };
    let placed = |item: Item| {
        let What::Object(mut object) = item.what else { return None };
        if let Some(object) = object.object_mut()
            && object.namespaced() == Some(true)
            && object.meta().namespace.is_empty()
        {
            object.meta_mut().namespace.clone_from(&stored.namespace);
        }
        Some(object)
    };
    documents.objects.into_iter().filter_map(|decoded| placed(decoded.value)).collect()
}

/// Keeps a release if it is newer than what is known; hands back its Secret.
pub(crate) fn keep(mut release: Release, known: &mut Releases, problems: &mut Vec<Problem>) -> AnyObject {
    problems.extend(release.problem.take());
    let secret = release.secret.clone();
    let key = (release.namespace.clone(), release.name.clone());
    if !release.name.is_empty() && known.get(&key).is_none_or(|other| other.version < release.version) {
        known.insert(key, release);
    }
    secret
}

/// Adds what releases applied, where the cluster's own objects of the kind were not all read: those that were count
/// instead, and what is not among all of them is not there.
pub(crate) fn apply(
    releases: Releases,
    builder: &mut Builder,
    origins: &mut Vec<Origin>,
    inputs: &mut [Input],
    cluster: Option<&String>,
) {
    if releases.is_empty() {
        return;
    }
    let names: Vec<String> =
        releases.values().map(|r| format!("{}/{} (revision {})", r.namespace, r.name, r.version)).collect();
    let fact = format!("desired state of Helm releases: {}", names.join(", "));
    if let Some(input) = inputs.iter_mut().find(|input| input.cluster.as_ref() == cluster) {
        input.facts.push(fact);
    }
    for release in releases.into_values() {
        // A place in the Secret is all there is to show of an object in it, and none of its text.
        let origin = Origin { len: 0, ..release.origin };
        for object in release.objects {
            let namespace = Some(object.meta().namespace.as_str()).filter(|ns| !ns.is_empty());
            let state = builder.coverage.of(&object.group_kind(), namespace).state;
            if state == CoverageState::Complete || helm::is_set_aside(&object) {
                continue;
            }
            let number = u32::try_from(origins.len()).unwrap_or(u32::MAX);
            origins.push(origin);
            builder.push(object, number, false);
        }
    }
}
