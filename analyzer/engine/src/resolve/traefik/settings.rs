//! What Traefik was told when it was started, and what its pods show.
//!
//! Sources: Traefik documentation, "Configuration Introduction" (a configuration file, arguments and environment
//! variables exclude each other: who finds arguments for entry points or providers finds all of them there), and the
//! reference of the provider Kubernetes CRD.

use std::collections::BTreeMap;
use std::sync::Arc;

use crate::resolve::ClusterIndex;
use crate::resolve::controllers::CONTROLLERS;
use crate::resolve::ingress::pods::{ControllerPods, Seen};
use crate::resolve::proxy_pods::{self, Proxy};
use kubereach_model::snapshot::model::{Pod, PodSpec, Workload};
use kubereach_model::snapshot::{Found, Gap, Proof};
use kubereach_reports::report::ObjectRef;

use super::shape::Syntax;

/// Who serves the routes of this cluster.
#[derive(Debug)]
pub struct Tier<'s> {
    /// Its pods.
    pub seen: Seen<'s>,
    /// They dial the backends.
    pub proxy: Option<Arc<Proxy<'s>>>,
    /// Every one is seconds old.
    pub young: bool,
    /// What each that differs from the others was told; empty where that is not known.
    pub told: Vec<Told<'s>>,
    /// Some were told something that cannot be read.
    pub unreadable: bool,
}

/// What shows what Traefik was told.
#[derive(Debug, Clone, Copy)]
pub enum By<'s> {
    /// A pod.
    Pod(Found<'s, Pod>),
    /// A workload whose pods are not there yet.
    Workload(Found<'s, Workload>),
}

impl By<'_> {
    /// As a proof.
    pub fn shows(self, fact: &str) -> Proof {
        match self {
            Self::Pod(pod) => pod.shows(fact),
            Self::Workload(workload) => workload.shows(fact),
        }
    }

    /// Its name.
    pub fn object(self) -> ObjectRef {
        match self {
            Self::Pod(pod) => pod.object(),
            Self::Workload(workload) => workload.object(),
        }
    }
}

/// What one Traefik was told.
#[derive(Debug, Clone)]
pub struct Told<'s> {
    /// What shows it.
    pub by: By<'s>,
    flags: BTreeMap<String, String>,
    /// The major version, by the tag of its image.
    pub version: Option<u32>,
}

/// A pod younger than this is still starting.
const YOUNG_SECONDS: i64 = 60;

/// The name of the row in the table of controllers.
const NAME: &str = "Traefik";

/// How the keys of the provider begin.
const PROVIDER: &str = "providers.kubernetescrd";

impl<'s> Tier<'s> {
    /// Looks at the pods, and at the workloads where nothing runs yet.
    pub fn of(cluster: &ClusterIndex<'s>) -> Option<Self> {
        let controller = CONTROLLERS.iter().find(|controller| controller.name == NAME)?;
        let seen = ControllerPods::of(cluster).serving(controller, None);
        let proxy = proxy_pods::of_ingress(cluster, controller, &seen.pods).map(Arc::new);
        let age = |pod: &Found<'s, Pod>| cluster.age_seconds(pod.metadata.creation_timestamp.0);
        let young = seen.pods.iter().all(|pod| age(pod).is_some_and(|age| age < YOUNG_SECONDS));
        let mut told: Vec<Told<'s>> = Vec::new();
        let mut unreadable = false;
        let pods = seen.pods.iter().map(|pod| (By::Pod(*pod), &pod.get().value.spec));
        let workloads = cluster.snapshot.workloads.iter().filter(|_| seen.pods.is_empty());
        let templates =
            workloads.filter_map(|workload| Some((By::Workload(workload), workload.get().value.pod_spec()?)));
        for (by, spec) in pods.chain(templates) {
            match Told::by(by, spec) {
                Some(Ok(one)) if !told.iter().any(|known| known.flags == one.flags) => told.push(one),
                Some(Err(())) => unreadable = true,
                _ => {}
            }
        }
        Some(Self { seen, proxy, young, told, unreadable })
    }

    /// Is it proven that no pod takes requests?
    pub fn is_unserved(&self) -> bool {
        let all_read = self.seen.complete.is_ok() && self.seen.all_unready;
        !self.seen.pods.is_empty() && all_read && !self.seen.may_listen_on_node && !self.young
    }

    /// Does what was read show what each Traefik of the cluster was told?
    pub fn is_known(&self) -> bool {
        !self.told.is_empty() && !self.unreadable && self.seen.complete.is_ok()
    }

    /// Why it does not.
    pub fn gap(&self) -> Gap {
        let what = "what Traefik was told when it was started is not shown";
        match &self.seen.complete {
            _ if self.unreadable => Gap::investigate(what, "its configuration is not in the arguments of its pods"),
            Err(gap) => Gap::investigate(what, gap.sentence()),
            Ok(()) => Gap::investigate(what, "no pod or workload of Traefik was recognised"),
        }
    }
}

/// The answer to a question about settings.
#[derive(Debug, Clone)]
pub enum Answer {
    /// Some Traefik was told so.
    Yes,
    /// None was: what shows it.
    No(Proof),
    /// It is not known.
    Unknown,
}

impl<'s> Tier<'s> {
    /// Do all that fit say no, or does one say yes?
    pub fn asked(&self, fits: impl Fn(&Told<'s>) -> bool, yes: impl Fn(&Told<'s>) -> bool, fact: &str) -> Answer {
        let mut of = self.told.iter().filter(|told| fits(told)).peekable();
        let Some(first) = of.peek().copied() else { return Answer::Unknown };
        if of.any(yes) {
            Answer::Yes
        } else if self.is_known() {
            Answer::No(first.by.shows(fact))
        } else {
            Answer::Unknown
        }
    }
}

impl<'s> Told<'s> {
    /// None where no container runs Traefik; an error where its arguments do not show how it is configured.
    fn by(by: By<'s>, spec: &'s PodSpec) -> Option<Result<Self, ()>> {
        let images = |image: &str| {
            let name = image.split('@').next().unwrap_or(image).rsplit('/').next().unwrap_or(image);
            let (name, tag) = name.split_once(':').unwrap_or((name, ""));
            matches!(name, "traefik" | "mirrored-library-traefik").then(|| version(tag))
        };
        let (container, version) =
            spec.containers.iter().find_map(|container| Some((container, images(container.image.as_deref()?)?)))?;
        let mut flags = BTreeMap::new();
        let mut arguments = container.args.iter().peekable();
        while let Some(argument) = arguments.next() {
            let Some(text) = argument.known() else { return Some(Err(())) };
            let Some(text) = text.strip_prefix('-') else { continue };
            let text = text.strip_prefix('-').unwrap_or(text);
            let (key, value) = if let Some((key, value)) = text.split_once('=') {
                (key, value.to_owned())
            } else {
                let next = arguments.peek().and_then(|next| next.known()).filter(|next| !next.starts_with('-'));
                (text, next.map_or_else(|| "true".to_owned(), String::clone))
            };
            flags.entry(key.to_ascii_lowercase()).or_insert(value);
        }
        let configures = flags.keys().any(|key| key.starts_with("providers.") || key.starts_with("entrypoints."));
        if !configures || flags.contains_key("configfile") {
            return Some(Err(()));
        }
        Some(Ok(Self { by, flags, version }))
    }

    fn is_set(&self, key: &str) -> bool {
        self.flags.get(&format!("{PROVIDER}.{key}")).is_some_and(|value| value == "true")
    }

    /// Does it read these kinds at all?
    pub fn reads(&self) -> bool {
        self.flags.iter().any(|(key, value)| {
            key.strip_prefix(PROVIDER)
                .is_some_and(|rest| rest.starts_with('.') || (rest.is_empty() && value != "false"))
        })
    }

    /// Does it read this namespace?
    pub fn watches(&self, namespace: &str) -> bool {
        let key = format!("{PROVIDER}.namespaces");
        let mut lists = self.flags.iter().filter(|(k, _)| **k == key || k.starts_with(&format!("{key}["))).peekable();
        lists.peek().is_none() || lists.any(|(_, list)| list.split(',').any(|one| one.trim() == namespace))
    }

    /// Its class; empty for none.
    pub fn class(&self) -> &str {
        self.flags.get(&format!("{PROVIDER}.ingressclass")).map_or("", String::as_str)
    }

    /// Does it serve objects of this class? (`pkg/provider/kubernetes/crd/kubernetes.go` `shouldProcessIngress`)
    pub fn serves(&self, class: &str) -> bool {
        let own = self.class();
        own == class || (own.is_empty() && class == "traefik")
    }

    /// `allowCrossNamespace`; what Traefik 1 and early versions of 2 did without it is not asked.
    pub fn crosses_namespaces(&self) -> bool {
        self.is_set("allowcrossnamespace")
    }

    /// `allowExternalNameServices`.
    pub fn serves_names(&self) -> bool {
        self.is_set("allowexternalnameservices")
    }

    /// `allowEmptyServices`.
    pub fn keeps_empty(&self) -> bool {
        self.is_set("allowemptyservices")
    }

    /// `nativeLBByDefault`.
    pub fn dials_cluster_addresses(&self) -> bool {
        self.is_set("nativelbbydefault")
    }

    /// Its entry points, by name, with the port where it can be read.
    pub fn entry_points(&self) -> BTreeMap<&str, Option<u16>> {
        let mut all: BTreeMap<&str, Option<u16>> = BTreeMap::new();
        for (key, value) in &self.flags {
            let Some((name, rest)) = key.strip_prefix("entrypoints.").and_then(|rest| rest.split_once('.')) else {
                continue;
            };
            let port = all.entry(name).or_default();
            if rest == "address" {
                let address = value.split('/').next().unwrap_or(value);
                *port = address.rsplit_once(':').and_then(|(_, port)| port.parse().ok());
            }
        }
        all
    }

    /// Where an entry point sends every request of plain HTTP, if it does.
    pub fn redirects(&self, entry_point: &str) -> Option<&str> {
        let name = entry_point.to_ascii_lowercase();
        self.flags.get(&format!("entrypoints.{name}.http.redirections.entrypoint.to")).map(String::as_str)
    }

    /// Where an entry point sends plain requests: the scheme, the port, and whether for good. An error where that cannot
    /// be told. (`pkg/provider/traefik/internal.go` `redirection`)
    pub fn sends(&self, entry_point: &str) -> Option<Result<(String, u16, bool), String>> {
        let name = entry_point.to_ascii_lowercase();
        let to = self.redirects(&name)?;
        let flag = |key: &str| self.flags.get(&format!("entrypoints.{name}.http.redirections.entrypoint.{key}"));
        if flag("priority").is_some() || self.flags.contains_key(&format!("entrypoints.{name}.allowacmebypass")) {
            return Some(Err("its entry point redirects some requests (redirections.entryPoint)".to_owned()));
        }
        let scheme = flag("scheme").map_or("https", String::as_str).to_ascii_lowercase();
        let number = to.strip_prefix(':').and_then(|port| port.parse().ok());
        let port = number.or_else(|| self.entry_points().get(to.to_ascii_lowercase().as_str()).copied().flatten());
        let permanent = flag("permanent").is_none_or(|value| value == "true");
        Some(port.map(|port| (scheme, port, permanent)).ok_or_else(|| format!("its entry point redirects to {to}")))
    }

    /// Do all routes of an entry point speak TLS?
    pub fn speaks_tls(&self, entry_point: &str) -> bool {
        let key = format!("entrypoints.{}.http.tls", entry_point.to_ascii_lowercase());
        self.flags.get(&key).is_some_and(|value| value != "false")
            || self.flags.keys().any(|own| own.starts_with(&format!("{key}.")))
    }

    /// Is it one of those at which routes stand that name none?
    pub fn is_default(&self, entry_point: &str) -> bool {
        let flag = |name: &str| self.flags.get(&format!("entrypoints.{name}.asdefault")).is_some_and(|v| v == "true");
        let some = self.entry_points().keys().any(|name| flag(name));
        let name = entry_point.to_ascii_lowercase();
        if some { flag(&name) } else { name != "traefik" }
    }

    /// The language of rules that do not say theirs.
    pub fn syntax(&self) -> Option<Syntax> {
        match (self.version?, self.flags.get("core.defaultrulesyntax").map(String::as_str)) {
            (0..=2, _) | (3, Some("v2")) => Some(Syntax::V2),
            _ => Some(Syntax::V3),
        }
    }
}

/// `v3.1` is 3.
fn version(tag: &str) -> Option<u32> {
    let tag = tag.strip_prefix('v').unwrap_or(tag);
    tag.split(['.', '-']).next()?.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::version;

    #[test]
    fn the_tag_of_an_image_shows_the_version() {
        for (tag, expected) in
            [("v3.1", Some(3)), ("2.10.4", Some(2)), ("v3.0.0-rc1", Some(3)), ("latest", None), ("", None)]
        {
            assert_eq!(version(tag), expected, "{tag}");
        }
    }
}
