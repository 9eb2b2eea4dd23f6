//! From an object's bytes to an item.

use std::cell::RefCell;

use jiff::Timestamp;
use serde::de::DeserializeOwned;

use super::item::{Failed, Item, What, is_recipe};
use super::layouts;
use super::manifest;
use super::misfit;
use super::object::{DecodeError, RawObject};
use kubereach_model::snapshot::model::lenient::{List, Time};
use kubereach_model::snapshot::model::{Meta, Resource as _, Sharing};
use kubereach_model::snapshot::{AnyObject, Decode, GroupKind};

impl Decode for RawObject<'_> {
    type Error = DecodeError;
    fn decode<T: DeserializeOwned>(&self) -> Result<T, DecodeError> {
        RawObject::decode(self)
    }
}

impl Item {
    /// Decodes an object. What cannot be decoded keeps its kind and namespace, so that nobody takes it
    /// for absent.
    pub fn decode(raw: &RawObject<'_>) -> Self {
        if layouts::is_record(raw.api_version, raw.kind) || is_recipe(raw.api_version, raw.kind) {
            let value = raw.decode().map_or(serde_json::Value::Null, |v| v);
            return Self { what: What::About(Box::new(value)), seen: None, template: None, text: None };
        }
        let object = match AnyObject::decode(raw.api_version, raw.kind, raw) {
            Ok(object) => object,
            Err(error) => {
                let head: Head = raw.decode().unwrap_or_default();
                let failed = Failed {
                    kind: GroupKind::of(raw.api_version, raw.kind),
                    namespace: head.metadata.namespace,
                    problem: raw.problem(&error),
                };
                return Self { what: What::Failed(Box::new(failed)), seen: None, template: None, text: None };
            }
        };
        if raw.guessed && misfit::refuses(raw, &object) {
            raw.note(format!(
                "without apiVersion and kind, in a file that speaks of {}, and it is none: it was left out",
                raw.kind
            ));
            return Self { what: What::Nameless, seen: None, template: None, text: None };
        }
        let meta = object.meta();
        if meta.name.is_empty() && meta.generate_name.is_none() {
            return Self { what: What::Nameless, seen: None, template: None, text: None };
        }
        let seen = seen(&object, raw);
        // What an API server stored was rendered long ago, by whatever.
        let template = raw.source_comment().filter(|_| !object.meta().is_stored()).map(Box::from);
        let text = if object.meta().is_stored() { None } else { manifest::look(raw, &object) };
        let mut object = slim(object);
        if let Some(object) = object.object_mut() {
            SHARING.with_borrow_mut(|sharing| object.share(sharing));
        }
        Self { what: What::Object(object), seen, template, text }
    }
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct Head {
    metadata: HeadMeta,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct HeadMeta {
    namespace: String,
}

/// Of a kind nobody evaluates only the identity is kept; the same goes for events that are no warnings.
fn slim(object: AnyObject) -> AnyObject {
    let bare = |meta: Meta| {
        Box::new(Meta {
            name: meta.name,
            namespace: meta.namespace,
            uid: meta.uid,
            resource_version: meta.resource_version,
            creation_timestamp: meta.creation_timestamp,
            ..Meta::default()
        })
    };
    match object {
        AnyObject::Other(kind, meta) => AnyObject::Other(kind, bare(*meta)),
        AnyObject::Event(event) if event.kind.as_deref() == Some("Normal") => {
            AnyObject::Other(event.group_kind(), bare(event.metadata))
        }
        other => other,
    }
}

thread_local! {
    /// What the objects that this thread read last had.
    static SHARING: RefCell<Sharing> = RefCell::new(Sharing::default());
}

fn seen(object: &AnyObject, raw: &RawObject<'_>) -> Option<Timestamp> {
    let created = object.meta().creation_timestamp.0;
    let newest = match object {
        AnyObject::Event(event) => event.last_timestamp.0.max(event.event_time.0),
        AnyObject::Other(kind, _) if kind.kind == "Lease" => {
            raw.decode::<Lease>().ok().and_then(|lease| lease.spec.renew_time.0)
        }
        AnyObject::Node(_) => raw
            .decode::<Beats>()
            .ok()
            .and_then(|node| node.status.conditions.iter().filter_map(|c| c.last_heartbeat_time.0).max()),
        _ => None,
    };
    created.max(newest)
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct Lease {
    spec: LeaseSpec,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct LeaseSpec {
    renew_time: Time,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct Beats {
    status: BeatStatus,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(default)]
struct BeatStatus {
    conditions: List<Beat>,
}

#[derive(Debug, Default, serde::Deserialize)]
#[serde(rename_all = "camelCase", default)]
struct Beat {
    last_heartbeat_time: Time,
}
