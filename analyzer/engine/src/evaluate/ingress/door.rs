//! Ingress as a door: its published address on port 80 or 443 (API reference: `IngressRule`
//! "the port of an Ingress is implicitly :80 for http and :443 for https"), or the node port that stands
//! for it where the controller's Service has only that.

use std::collections::HashMap;

use kubereach_prober::words::Protocol;
use kubereach_reports::report::ObjectRef;

use super::answer::Answers;
use crate::evaluate::Cluster;
use crate::evaluate::door::answer::{Handled, Listing};
use crate::evaluate::door::request::{Request, literal};
use crate::evaluate::door::spoken::{Spoken, of_word};
use crate::evaluate::door::{Around, Door, FrontDoor, Kind, OpenDoor, Place, Question, STATUS, ask};
use crate::evaluate::service::Backends;
use crate::resolve::controllers::Product;
use crate::resolve::ingress::Ingresses;
use crate::resolve::ingress::rules::{Declared, covers};
use crate::resolve::ingress::state::{Address, IngressState};
use crate::resolve::request as asked;
use kubereach_model::evidence::{Path, SubjectPaths};
use kubereach_model::snapshot::model::{Meta, ServicePort};

/// networking.k8s.io Ingress.
#[derive(Debug)]
pub(crate) struct IngressDoor;

impl Door for IngressDoor {
    fn kinds(&self) -> &'static [Kind] {
        const KIND: Kind = Kind::leading("networking.k8s.io", "Ingress");
        &[Kind { speaks_http: true, ..KIND }]
    }

    fn subjects(&self, backends: &Backends<'_, '_>) -> Vec<SubjectPaths> {
        super::subjects(backends)
    }

    fn open<'w>(&self, cluster: &'w Cluster<'_>) -> Box<dyn OpenDoor + 'w> {
        Box::new(Open::new(cluster))
    }
}

/// The places of one Ingress's paths, by host and match.
type Rules = HashMap<(Option<String>, String), usize>;

struct Open<'w, 's> {
    cluster: &'w Cluster<'s>,
    answers: Answers,
    ingresses: Ingresses<'s>,
    at: HashMap<ObjectRef, usize>,
    rules: Vec<Rules>,
}

impl<'w, 's> Open<'w, 's> {
    fn new(cluster: &'w Cluster<'s>) -> Self {
        let ingresses = Ingresses::of(cluster);
        let at = ingresses.states.iter().enumerate().map(|(id, f)| (f.ingress.object(), id)).collect();
        let rules = ingresses.states.iter().map(|state| {
            let mut all = Rules::new();
            for (id, path) in state.ingress.declared.iter().enumerate() {
                all.entry((path.host.map(str::to_owned), path.matches())).or_insert(id);
            }
            all
        });
        let answers = Answers::new(&ingresses);
        Self { rules: rules.collect(), cluster, answers, ingresses, at }
    }

    fn of(&self, object: &ObjectRef) -> Option<&IngressState<'s>> {
        self.ingresses.states.get(*self.at.get(object)?)
    }

    fn rule(&self, entry: &ObjectRef, host: Option<&str>, text: &str) -> Option<&Declared<'s>> {
        let at = *self.at.get(entry)?;
        let id = self.rules.get(at)?.get(&(host.map(str::to_owned), text.to_owned()))?;
        self.ingresses.states.get(at)?.ingress.declared.get(*id)
    }

    fn question(&self, front: &IngressState<'s>, path: &Path) -> Result<Question, String> {
        let key = &path.key;
        let rule = self.rule(&key.entry, key.host.as_deref(), key.matches.as_deref().unwrap_or_default());
        let request = request(front, rule)?;
        let tls = is_encrypted(front, key.host.as_deref());
        let (port, chosen) = port(self.cluster, front, tls)?;
        Ok(Question { port, target: ask(path, tls, &request, &chosen) })
    }
}

impl OpenDoor for Open<'_, '_> {
    fn front(&self, path: &Path, _: &dyn Around) -> Result<FrontDoor, String> {
        let front = self.of(&path.key.entry).ok_or("the Ingress itself was not read")?;
        Ok(FrontDoor { places: places(front)?, question: self.question(front, path) })
    }

    fn speaks(&self, entry: &ObjectRef) -> Option<Spoken> {
        annotated(self.of(entry)?.ingress.metadata)
    }

    fn answer(&self, request: &asked::Request, only: Option<&ObjectRef>) -> Option<Vec<Handled>> {
        Some(self.answers.all(self.cluster, &self.ingresses, request, only))
    }

    fn listed(&self) -> Option<Vec<Listing>> {
        Some(Answers::listed(&self.ingresses))
    }
}

/// Every published place, or why there is none.
pub(crate) fn places(front: &IngressState<'_>) -> Result<Vec<Place>, String> {
    let published = front.ingress.published.unwrap_or_default().iter();
    let places: Vec<Place> = published
        .filter_map(|entry| {
            let address = entry.ip.known().map(String::as_str);
            Place::of(address.or(entry.hostname.as_deref())?)
        })
        .collect();
    if places.is_empty() { Err(no_place(front)) } else { Ok(places) }
}

fn no_place(front: &IngressState<'_>) -> String {
    match &front.address {
        Address::Published(_) => "its published address was masked by the collector".to_owned(),
        Address::None => "no address is published for it".to_owned(),
        Address::Manifest => "a manifest has no address yet".to_owned(),
        Address::NotCollected => "its status was not collected, so its address is not known".to_owned(),
    }
}

/// Is this host served over TLS? An entry of `tls` without hosts is for every host.
pub(super) fn is_encrypted(front: &IngressState<'_>, host: Option<&str>) -> bool {
    if front.says("nginx.ingress.kubernetes.io/ssl-passthrough") {
        return true;
    }
    if let Some(ports) = front.annotation(LISTEN_PORTS)
        && front.may_be(Product::AwsAlb)
    {
        return ports.contains("HTTPS");
    }
    if front.annotation("alb.ingress.kubernetes.io/certificate-arn").is_some() && front.may_be(Product::AwsAlb) {
        return true;
    }
    front.ingress.tls.iter().any(|tls| {
        tls.hosts.is_empty() || host.is_none_or(|host| tls.hosts.iter().any(|pattern| covers(pattern, host)))
    })
}

const LISTEN_PORTS: &str = "alb.ingress.kubernetes.io/listen-ports";

/// The port to dial, and why it is that one.
fn port(cluster: &Cluster<'_>, front: &IngressState<'_>, tls: bool) -> Result<(u16, String), String> {
    let usual = if tls { 443 } else { 80 };
    if let Some(text) = front.annotation(LISTEN_PORTS)
        && front.may_be(Product::AwsAlb)
    {
        let word = if tls { "HTTPS" } else { "HTTP" };
        let listed: Vec<serde_json::Map<String, serde_json::Value>> = serde_json::from_str(text).unwrap_or_default();
        let mut numbers = listed.iter().filter_map(|entry| u16::try_from(entry.get(word)?.as_u64()?).ok());
        return Ok((numbers.next().unwrap_or(usual), "published address, port of its listen-ports".to_owned()));
    }
    if !tls && front.annotation("kubernetes.io/ingress.allow-http") == Some("false") {
        return Err("it is told not to serve plain HTTP, and no TLS covers this host".to_owned());
    }
    let Some(services) = services_of_controller(cluster, front) else { return Ok((usual, STATUS.to_owned())) };
    let balanced = services.iter().any(|(kind, _)| *kind == "LoadBalancer");
    let ports = services.iter().filter(|(kind, _)| *kind == "NodePort").flat_map(|(_, ports)| *ports);
    let fits = |p: &&ServicePort| p.port.known() == Some(&usual) || p.name == named(tls) || p.name == traefik(tls);
    let node_port = ports.filter(fits).find_map(|p| p.node_port.known().copied()).filter(|n| *n != 0);
    match node_port.filter(|_| !balanced) {
        Some(number) => Ok((number, "published address, node port of the controller's Service".to_owned())),
        None => Ok((usual, STATUS.to_owned())),
    }
}

const fn named(tls: bool) -> &'static str {
    if tls { "https" } else { "http" }
}

/// Traefik's own names for the two.
const fn traefik(tls: bool) -> &'static str {
    if tls { "websecure" } else { "web" }
}

/// The Services in front of the controller's pods: type and ports. `None` where no pod of it was read.
fn services_of_controller<'f, 's>(
    cluster: &'f Cluster<'s>,
    front: &IngressState<'s>,
) -> Option<Vec<(&'f str, &'f [ServicePort])>> {
    let pod = front.seen.as_ref()?.pods.first()?;
    let labels = &pod.metadata.labels;
    // Only the Services of the controller's own namespace: a handful.
    let services = cluster.snapshot.services.in_namespace(&pod.metadata.namespace);
    Some(
        services
            .map(kubereach_model::snapshot::Found::get)
            .filter(|s| !s.is_selectorless() && kubereach_model::snapshot::matches_pairs(&s.spec.selector, labels))
            .map(|s| (s.spec.kind.as_str(), &*s.spec.ports))
            .collect(),
    )
}

/// What a declared path takes.
fn request(front: &IngressState<'_>, rule: Option<&Declared<'_>>) -> Result<Request, String> {
    let Some(rule) = rule else { return Ok(Request { guessed: true, ..Request::default() }) };
    let mut request = Request::default();
    let globs = front.is(Product::AwsAlb) || front.is(Product::Gce);
    let whole_tree = rule.path.strip_suffix('*').filter(|rest| globs && rest.ends_with('/') && !rest.contains('*'));
    let path = match (rule.path_type, whole_tree) {
        // The default backend takes what no rule takes; which request that is depends on the others.
        ("", _) => {
            request.guessed =
                rule.host.is_none() && front.ingress.ingress.is_some_and(|ingress| !ingress.spec.rules.is_empty());
            "/".to_owned()
        }
        ("Exact" | "Prefix", _) => rule.path.clone().into_owned(),
        (_, Some(prefix)) => prefix.to_owned(),
        _ => {
            let (text, is_pattern) = literal(&rule.path);
            request.guessed = is_pattern;
            text
        }
    };
    request.path = (!path.is_empty() && path != "/").then_some(path);
    canary(front, &mut request)?;
    Ok(request)
}

/// A canary is chosen by its header, where it has one (ingress-nginx `canary-by-header`).
fn canary(front: &IngressState<'_>, request: &mut Request) -> Result<(), String> {
    const BY_HEADER: &str = "nginx.ingress.kubernetes.io/canary-by-header";
    if !front.may_be(Product::IngressNginx) || !front.says("nginx.ingress.kubernetes.io/canary") {
        return Ok(());
    }
    let Some(header) = front.annotation(BY_HEADER) else { return Ok(()) };
    if matches!(header.to_ascii_lowercase().as_str(), "cookie" | "authorization") {
        return Err(format!("its canary is chosen by the header {header}, which is never sent"));
    }
    request.guessed |= front.annotation(&format!("{BY_HEADER}-pattern")).is_some();
    let value = front.annotation(&format!("{BY_HEADER}-value")).unwrap_or("always");
    request.headers.insert(header.to_ascii_lowercase(), value.to_owned());
    Ok(())
}

/// The protocol towards the backend that an Ingress's annotations name.
fn annotated(metadata: &Meta) -> Option<Spoken> {
    let get = |key: &str| metadata.annotation(key).map(|v| v.trim().to_ascii_lowercase());
    if get("alb.ingress.kubernetes.io/backend-protocol-version").as_deref() == Some("grpc") {
        return Some(Spoken::declared(Protocol::Grpc));
    }
    let keys = [
        "nginx.ingress.kubernetes.io/backend-protocol",
        "alb.ingress.kubernetes.io/backend-protocol",
        "traefik.ingress.kubernetes.io/service.serversscheme",
        "haproxy-ingress.github.io/backend-protocol",
        "ingress.kubernetes.io/protocol",
    ];
    // FastCGI is nothing that can be asked here.
    keys.iter().find_map(|key| match get(key)?.as_str() {
        "fcgi" => Some(Spoken::declared(Protocol::Tcp)),
        word => of_word(word),
    })
}
