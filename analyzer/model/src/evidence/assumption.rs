//! What was not read and could only stand in the way of traffic: the path is open as far as was read, and says so
//! (`docs/design.md#two-kinds-of-gaps`).

use kubereach_reports::report::{CoverageState, ObjectRef, SegmentName};
use sha2::{Digest as _, Sha256};

use super::command::arg;
use super::{CatalogueEntry, FieldPath, Finding, Step};
use crate::snapshot::{Gap, GroupKind, ManifestsOnly};

/// Things that take traffic away only if they exist and say so, and things that no collector takes. Nothing else can
/// be assumed: what must be there for traffic to flow is none of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum MayBeInTheWay<'a> {
    /// Policies of this kind, of another system if one is named: whom they select they may turn away.
    Policies(&'a GroupKind, Option<&'static str>),
    /// What is in Secrets: collectors leave it out.
    Secrets,
    /// Ingresses of other namespaces, which may be older and hold the same host.
    Claims,
    /// Pods that carry the traffic of what somebody has vouched for, or that a platform brings itself as it brings
    /// kube-proxy: these words name them.
    ProxyPods(&'static str),
}

impl MayBeInTheWay<'_> {
    /// The kind, as a report names it.
    fn kind(self) -> String {
        match self {
            Self::Policies(kind, _) => kind.kind.to_string(),
            Self::Secrets => "Secret".to_owned(),
            Self::Claims => "Ingress".to_owned(),
            Self::ProxyPods(_) => "Pod".to_owned(),
        }
    }

    /// Its group, unless it is one of Kubernetes itself: kinds of several systems share names.
    fn group(self) -> Option<String> {
        match self {
            Self::Policies(kind, _) => {
                let own = !kind.group.contains('.') || kind.group.ends_with("k8s.io");
                (!own).then(|| kind.group.to_string())
            }
            Self::Secrets | Self::Claims | Self::ProxyPods(_) => None,
        }
    }

    const fn is_third_party(self) -> bool {
        matches!(self, Self::Policies(_, Some(_)))
    }

    /// What was not read, in words.
    fn words(self) -> String {
        match self {
            Self::Policies(_, Some(system)) => format!("policies of {system}"),
            Self::Policies(kind, None) if &*kind.kind == "NetworkPolicy" && &*kind.group == "networking.k8s.io" => {
                "network policies".to_owned()
            }
            Self::Policies(kind, None) => format!("{} objects", kind.kind),
            Self::Secrets => "TLS Secrets".to_owned(),
            Self::Claims => "Ingresses of other namespaces".to_owned(),
            Self::ProxyPods(words) => words.to_owned(),
        }
    }
}

/// A gap of something that may be in the way.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Obstacle {
    kind: String,
    group: Option<String>,
    words: String,
    /// What a cluster brings itself.
    of_cluster: bool,
    /// Of another system than the API.
    third_party: bool,
    gap: Gap,
}

impl Obstacle {
    /// What may be in the way, and why it was not read.
    pub fn new(what: MayBeInTheWay<'_>, gap: Gap) -> Self {
        Self {
            kind: what.kind(),
            group: what.group(),
            words: what.words(),
            of_cluster: false,
            third_party: what.is_third_party(),
            gap,
        }
    }

    /// Of manifests, and of nothing else: what the cluster that they are for brings itself, and what only a running
    /// cluster shows. `words` says what, in the plural: `the controllers of the cluster`. A name that comes close to
    /// one that was read is rather a slip, and no obstacle.
    pub fn of_cluster(manifests: Option<ManifestsOnly>, kind: &str, words: &str, gap: Gap) -> Option<Self> {
        manifests.filter(|_| gap.near.is_none())?;
        let (kind, words) = (kind.to_owned(), words.to_owned());
        Some(Self { kind, group: None, words, of_cluster: true, third_party: false, gap })
    }

    /// The gap.
    pub const fn gap(&self) -> &Gap {
        &self.gap
    }

    /// What became of it: `were not read`.
    const fn fate(&self) -> &'static str {
        match self.gap.coverage {
            _ if self.of_cluster => "are not in the input",
            Some(CoverageState::Forbidden) => "could not be read (permission refused)",
            Some(CoverageState::Partial) => "were read only in part",
            _ => "were not read",
        }
    }
}

/// How to read what is missing: `kubectl get RESOURCE`, in one namespace or in all.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct Reading {
    /// As `kubectl get` takes it, with its group: `networkpolicies.networking.k8s.io`.
    pub resource: String,
    /// Further arguments, ready for a shell.
    pub arguments: String,
}

impl Reading {
    /// One runnable line. Objects of a cluster-wide kind are in no namespace.
    pub fn command(&self, namespaces: &[String]) -> String {
        let scope = match namespaces {
            [] => String::new(),
            [one] => format!(" -n {}", arg(one)),
            _ => " -A".to_owned(),
        };
        let arguments = if self.arguments.is_empty() { String::new() } else { format!(" {}", self.arguments) };
        format!("kubectl get {}{scope}{arguments}", arg(&self.resource))
    }
}

/// Something that was not read and could only stand in the way. Made only by [`super::CheckDoc`], from an
/// [`Obstacle`]; a proof cannot be made from it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Assumption {
    entry: &'static CatalogueEntry,
    obstacle: Obstacle,
    object: ObjectRef,
    message: String,
    field: Option<(u32, FieldPath)>,
    /// Where it would be; `None` for a cluster-wide kind.
    pub namespace: Option<String>,
    /// What it could change, one clause.
    pub could: &'static str,
    /// How to read it.
    pub reading: Reading,
}

impl Assumption {
    pub(super) const fn new(
        entry: &'static CatalogueEntry,
        obstacle: Obstacle,
        object: ObjectRef,
        message: String,
    ) -> Self {
        let namespace = None;
        let reading = Reading { resource: String::new(), arguments: String::new() };
        Self { entry, obstacle, object, message, field: None, namespace, could: "", reading }
    }

    /// The very field that asks for it: the origin of the stored object and the path into it.
    #[must_use]
    pub fn at(mut self, origin: u32, field: impl IntoIterator<Item = Step>) -> Self {
        self.field = Some((origin, field.into_iter().collect()));
        self
    }

    /// In which namespace it would be.
    #[must_use]
    pub fn within(mut self, namespace: Option<&str>) -> Self {
        self.namespace = namespace.map(str::to_owned);
        self
    }

    /// What it could change.
    #[must_use]
    pub const fn could(mut self, could: &'static str) -> Self {
        self.could = could;
        self
    }

    /// How to read it.
    #[must_use]
    pub fn read_by(mut self, reading: Reading) -> Self {
        self.reading = reading;
        self
    }

    /// Its code.
    pub const fn code(&self) -> &'static str {
        self.entry.text.code
    }

    /// The segment that is open on it.
    pub const fn segment(&self) -> SegmentName {
        self.entry.text.segment
    }

    /// The kind that was not read.
    pub fn kind(&self) -> &str {
        &self.obstacle.kind
    }

    /// Its group, unless it is one of Kubernetes itself.
    pub fn group(&self) -> Option<&str> {
        self.obstacle.group.as_deref()
    }

    /// One clause: `network policies were not read`.
    pub fn clause(&self) -> String {
        format!("{} {}", self.obstacle.words, self.obstacle.fate())
    }

    /// The same in two parts, so that several can be said at once: `network policies`, `were not read`.
    pub fn parts(&self) -> (&str, &'static str) {
        (&self.obstacle.words, self.obstacle.fate())
    }

    /// Why it was not read.
    pub fn reason(&self) -> String {
        self.obstacle.gap.reason.clone()
    }

    /// Where it stands among others: what the API itself knows before what other systems add.
    pub fn place(&self) -> impl Ord + '_ {
        let (third_party, kind) = (self.obstacle.third_party, &self.obstacle.kind);
        (self.code(), third_party, kind, &self.namespace, &self.object, &self.message)
    }

    /// The same for everything of one kind that was left out for one check, wherever it would be.
    pub fn id(&self) -> String {
        let mut hash = Sha256::new();
        for part in [self.code(), self.kind()].into_iter().chain(self.group()) {
            hash.update(part.as_bytes());
            hash.update([0]);
        }
        let digest: String = hash.finalize().iter().take(4).map(|byte| format!("{byte:02x}")).collect();
        format!("{}-{digest}", self.code().replace('/', "."))
    }

    /// The one line that reads it.
    pub fn command(&self) -> String {
        self.reading.command(self.namespace.as_slice())
    }

    /// What to do about it.
    pub fn action(&self) -> String {
        match self.segment() {
            SegmentName::Policy => format!(
                "Read the missing policies as well and give both files to kubereach; if there are none, add \
                 --assume-complete={}.",
                self.kind()
            ),
            _ if self.obstacle.of_cluster => {
                "Judge the manifests on top of a snapshot of the cluster that they are for (--on-top-of).".to_owned()
            }
            _ => format!("Read the {} as well and give both files to kubereach.", self.kind()),
        }
    }

    /// What it is where assumptions count as unknown.
    pub fn strictly(&self) -> Finding {
        let finding = Finding::of_gap(self.entry, &self.obstacle.gap, self.object.clone(), self.message.clone());
        let finding = finding.next(self.action(), self.command());
        match &self.field {
            Some((origin, field)) => finding.at(*origin, field.iter().cloned()),
            None => finding,
        }
    }
}
