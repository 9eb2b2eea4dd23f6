//! What only the text of a manifest shows: placeholders, what would be refused, and what its object makes. The model
//! keeps what judgement needs; this looks at all that is written.

mod fields;
mod holes;
mod rules;
mod versions;

use serde_json::Value;

use super::makers::{self, Made};
use super::object::RawObject;
pub(crate) use holes::Holes;
use kubereach_model::snapshot::{AnyObject, Refusal};

/// What a look at the text of a manifest brought.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Seen {
    pub(crate) holes: Holes,
    pub(crate) refusals: Vec<Refusal>,
    pub(crate) made: Vec<Made>,
}

/// Kinds whose fields are checked, by the version whose schema is at hand.
const CHECKED: [(&str, &str); 9] = [
    ("v1", "Service"),
    ("apps/v1", "Deployment"),
    ("apps/v1", "StatefulSet"),
    ("apps/v1", "DaemonSet"),
    ("apps/v1", "ReplicaSet"),
    ("batch/v1", "Job"),
    ("batch/v1", "CronJob"),
    ("networking.k8s.io/v1", "Ingress"),
    ("networking.k8s.io/v1", "NetworkPolicy"),
];

/// Looks at an object that no API server has stored; none where there is nothing to say.
pub(crate) fn look(raw: &RawObject<'_>, object: &AnyObject) -> Option<Box<Seen>> {
    let kind = object.group_kind();
    let mut seen = Seen { made: makers::made_by_annotation(object, "default"), ..Seen::default() };
    let other = matches!(object, AnyObject::Other(..));
    let (makes, holes) = (makers::is_maker(&kind), !other && raw.bytes().is_none_or(holes::may_be_in));
    let checked = CHECKED.contains(&(raw.api_version, raw.kind));
    let ruled = checked || raw.api_version.starts_with("gateway.networking.k8s.io/");
    if makes || holes || ruled {
        let value: Value = raw.decode_quietly()?;
        if makes {
            seen.made.extend(makers::made(&kind, &value));
        }
        if holes {
            seen.holes = holes::of(&value, matches!(object, AnyObject::Secret(_)));
        }
        if checked {
            seen.refusals.extend(fields::refusals(raw.kind, &value));
        }
        if ruled {
            seen.refusals.extend(rules::refusals(raw.api_version, raw.kind, &value));
        }
    }
    seen.refusals.extend(versions::refusal(raw.api_version, raw.kind));
    seen.refusals.extend(versions::unheard_of(raw.api_version, raw.kind));
    (seen != Seen::default()).then(|| Box::new(seen))
}
