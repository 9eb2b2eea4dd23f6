//! What lets traffic in: the kinds of doors, and what the rest of the program asks of each.
//!
//! A door is an object that declares an address, what it takes, and where that leads: an Ingress, a Gateway with its
//! routes. [`DOORS`] is the only list of them. Evaluation takes subjects from it, the plan asks it how a client would
//! knock, the command line takes its kinds from it. The Service stands behind the doors; its own ports are dialled as
//! [`crate::plan`] says.

pub mod answer;
pub mod api_server;
mod ask;
pub mod contour;
mod kong_tcp;
pub mod lead;
pub mod openshift;
pub(crate) mod request;
pub mod spoken;

use std::borrow::Cow;

use kubereach_reports::report::{Backend, ObjectRef};

pub use ask::Place;
pub(crate) use ask::{DNS_QUESTION, STATUS, ask, blank, handshake, segment, stream, until, whole};

use crate::evaluate::service::Backends;
use crate::evaluate::{Cluster, gateway_api, ingress, istio, traefik};
use crate::resolve::request::Request;
use answer::{Handled, Listing};
use kubereach_model::evidence::{Path, SubjectPaths};
use kubereach_model::snapshot::{GroupKind, is_of_others, kinds};
use kubereach_prober::plan::Target;
use spoken::Spoken;

/// Every kind of door.
pub static DOORS: &[&dyn Door] = &[
    &ingress::DOOR,
    &gateway_api::DOOR,
    &kong_tcp::KongTcp,
    &openshift::OpenShift,
    &contour::Contour,
    &traefik::DOOR,
    &istio::DOOR,
    &api_server::ApiServer,
];

/// The checks of the doors that lead to Services by a reference of their own.
#[derive(Debug)]
pub struct CheckTable {
    /// Of what the API server asks.
    pub api_server: api_server::CheckTable,
    /// Of the `reference` segment.
    pub lead: &'static [lead::LeadCheck],
    /// Of Contour's `HTTPProxies`.
    pub contour: contour::CheckTable,
    /// Of OpenShift Routes.
    pub openshift: openshift::CheckTable,
}

/// What stands behind every door, and is a subject of its own.
pub static SERVICE: Kind = Kind { group: "", name: "Service", leads: false, speaks_http: false, passes_tls: false };

/// A kind of object that has a verdict of its own.
#[derive(Debug)]
pub struct Kind {
    /// Its API group.
    pub group: &'static str,
    /// As the API calls it.
    pub name: &'static str,
    /// Its paths lead to backends; a Gateway's end at its listeners.
    pub leads: bool,
    /// It reads requests, so that a mere connection proves little.
    pub speaks_http: bool,
    /// It passes TLS through unopened: a handshake is the backend's.
    pub passes_tls: bool,
}

impl Kind {
    /// A kind that leads connections to backends and reads nothing of them.
    pub const fn leading(group: &'static str, name: &'static str) -> Self {
        Self { group, name, leads: true, speaks_http: false, passes_tls: false }
    }

    /// Is this an object of the kind?
    pub fn is(&self, object: &ObjectRef) -> bool {
        self.is_kind(&object.kind, object.group.as_deref())
    }

    /// Is it the kind of this name, in this group where it is none of Kubernetes itself?
    fn is_kind(&self, kind: &str, group: Option<&str>) -> bool {
        self.name == kind && group == Some(self.group).filter(|group| is_of_others(group))
    }

    /// The word for it on the command line: the name, with the group where another kind has that name as well.
    pub fn word(&self) -> Cow<'static, str> {
        match kinds().find(|kind| kind.name == self.name) {
            Some(first) if first.group == self.group => Cow::Borrowed(self.name),
            _ => Cow::Owned(format!("{}.{}", self.name, self.group)),
        }
    }

    /// Do its objects live in a namespace?
    pub fn is_namespaced(&self) -> bool {
        kinds::of(&GroupKind::known(self.group, self.name)).is_none_or(|row| row.namespaced)
    }

    /// Is this what kubectl calls it: singular, plural or short, with the group behind it or without?
    pub fn is_called(&self, word: &str) -> bool {
        let (word, group) = word.split_once('.').map_or((word, None), |(word, group)| (word, Some(group)));
        if group.is_some_and(|group| !group.eq_ignore_ascii_case(self.group)) {
            return false;
        }
        let row = kinds::of(&GroupKind::known(self.group, self.name));
        row.is_some_and(|row| {
            [row.kind, row.plural].iter().chain(row.short).any(|known| known.eq_ignore_ascii_case(word))
        })
    }
}

/// A kind of door, or several that belong together.
pub trait Door: Sync {
    /// The kinds of objects that have verdicts.
    fn kinds(&self) -> &'static [Kind];

    /// Every such object with its paths.
    fn subjects(&self, backends: &Backends<'_, '_>) -> Vec<SubjectPaths>;

    /// Looks at all of its objects at once, for questions about single paths.
    fn open<'w>(&self, cluster: &'w Cluster<'_>) -> Box<dyn OpenDoor + 'w>;
}

/// The doors of one kind in one cluster.
pub trait OpenDoor: Sync {
    /// Where a client comes in for this path and what it asks there, or why nothing can be asked.
    fn front(&self, path: &Path, around: &dyn Around) -> Result<FrontDoor, String>;

    /// How an entry speaks to the ports that it leads to, where it says so.
    fn speaks(&self, entry: &ObjectRef) -> Option<Spoken>;

    /// What every door of this kind at which a request may come in does with it; `only` is the one that was asked for.
    /// `None` where this kind of door cannot say yet: then nobody claims to know.
    fn answer(&self, request: &Request, only: Option<&ObjectRef>) -> Option<Vec<Handled>> {
        let _ = (request, only);
        None
    }

    /// What each of its rules looks at; `None` where this kind of door cannot answer requests.
    fn listed(&self) -> Option<Vec<Listing>> {
        None
    }
}

/// What a door may ask about the rest of the cluster.
pub trait Around {
    /// How a port of a Service is spoken to.
    fn spoken(&self, backend: &Backend) -> Option<Spoken>;

    /// A host name that some entry serves at this listener.
    fn host_at(&self, listener: &str) -> Option<&str>;
}

/// Where a path begins for a client.
#[derive(Debug)]
pub struct FrontDoor {
    /// Every published place.
    pub places: Vec<Place>,
    /// What is asked there, or why nothing is.
    pub question: Result<Question, String>,
}

/// What a client asks.
#[derive(Debug)]
pub struct Question {
    /// At this port.
    pub port: u16,
    /// Everything but the place.
    pub target: Target,
}

/// Every kind that has verdicts, the Service first.
pub fn kinds() -> impl Iterator<Item = &'static Kind> {
    std::iter::once(&SERVICE).chain(DOORS.iter().flat_map(|door| door.kinds()))
}

/// The kind of an object.
pub fn kind(object: &ObjectRef) -> Option<&'static Kind> {
    kinds().find(|kind| kind.is(object))
}

/// Does this kind of object lead to Services? `group` as in [`ObjectRef`].
pub fn leads(name: &str, group: Option<&str>) -> bool {
    kinds().any(|kind| kind.leads && kind.is_kind(name, group))
}

/// Does a word of the command line, `Kind` or `Kind.group`, mean this kind? Without a group it means every kind of
/// that name.
pub fn names(word: &str, kind: &str, group: Option<&str>) -> bool {
    match word.split_once('.') {
        Some((word, of)) => word.eq_ignore_ascii_case(kind) && group.is_some_and(|g| g.eq_ignore_ascii_case(of)),
        None => word.eq_ignore_ascii_case(kind),
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use super::kinds;

    #[test]
    fn every_kind_is_there_once_and_known_by_its_names() {
        let words: BTreeSet<String> = kinds().map(|kind| kind.word().to_ascii_lowercase()).collect();
        assert_eq!(words.len(), kinds().count());
        for kind in kinds() {
            let word = kind.name.to_ascii_lowercase();
            let plural = match word.strip_suffix('y') {
                Some(stem) if !stem.ends_with('a') => format!("{stem}ies"),
                _ if word.ends_with('s') => format!("{word}es"),
                _ => format!("{word}s"),
            };
            for word in [word, plural] {
                let called = kinds().find(|k| k.is_called(&word)).map(|k| k.name);
                assert_eq!(called, Some(kind.name), "{word}");
                let called: Vec<(&str, &str)> = kinds()
                    .filter(|k| k.is_called(&format!("{word}.{}", kind.group)))
                    .map(|k| (k.name, k.group))
                    .collect();
                assert_eq!(called, [(kind.name, kind.group)], "{word}");
            }
        }
    }
}
