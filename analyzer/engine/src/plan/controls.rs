//! Controls: what shows that the vantage works, and what an entry says to a host nobody declared.

use std::collections::{BTreeMap, BTreeSet};

use kubereach_prober::plan::{Span, Target};
use kubereach_prober::words::{Protocol, Purpose, Segment, VantageKind};

use super::draft::Drafts;
use super::facts::Facts;

/// A name that no one may own (RFC 6761 section 6.4).
const NOBODY: &str = "kubereach-control.invalid";

/// Every control, apart by when it is wanted.
#[derive(Debug, Default)]
pub(super) struct Controls {
    /// For every run.
    pub(super) general: Vec<Target>,
    /// For the first dial at an entry.
    pub(super) by_entry: BTreeMap<String, Target>,
    /// Do the host names resolve that clients use?
    pub(super) hosts: Vec<Target>,
}

/// The controls of what was collected.
pub(super) fn all(facts: &Facts<'_, '_>, drafts: &Drafts) -> Controls {
    let mut controls = Controls { general: cluster_dns(facts), ..Controls::default() };
    let mut hosts: BTreeSet<&str> = BTreeSet::new();
    for target in drafts.targets() {
        let Some(entry) = entry_of(target) else { continue };
        controls.by_entry.entry(entry).or_insert_with_key(|entry| unknown_host(target, entry));
        let named = target.host.as_deref().filter(|h| !target.guessed && h.contains('.'));
        hosts.extend(named.filter(|h| h.parse::<std::net::IpAddr>().is_err()));
    }
    controls.hosts = hosts.into_iter().map(host).collect();
    controls
}

/// Scheme and place of an HTTP entry, if the dial is at one.
pub(super) fn entry_of(target: &Target) -> Option<String> {
    let (_, entry) = target.dial.split_once('/').filter(|(what, _)| what.starts_with("front-door"))?;
    matches!(target.protocol, Protocol::Http | Protocol::Https).then(|| entry.to_owned())
}

fn control(id: String, span: Span, protocol: Protocol) -> Target {
    Target { purpose: Purpose::Control, ..Target::new(id, span, protocol) }
}

/// The same question with another host: an equal answer means that the host was not matched.
fn unknown_host(like: &Target, entry: &str) -> Target {
    let span = Span::new(Segment::Address, Segment::Listener);
    let mut target = control(format!("control/unknown-host/{entry}"), span, like.protocol);
    target.address = like.address;
    target.name.clone_from(&like.name);
    target.port = like.port;
    target.host = Some(NOBODY.to_owned());
    target.verify = false;
    "is an answer of this entry about the host asked for, or what it says to anyone".clone_into(&mut target.settles);
    "a host that nobody declared".clone_into(&mut target.chosen);
    target
}

/// The name that clients start with. An answer is no reachability, and no answer here may be one elsewhere.
fn host(name: &str) -> Target {
    let span = Span::new(Segment::Address, Segment::Address);
    let mut target = control(format!("control/host/{name}"), span, Protocol::Dns);
    target.name = Some(format!("{name}."));
    "does the host name resolve, and to the published address".clone_into(&mut target.settles);
    "the host that clients ask for".clone_into(&mut target.chosen);
    target
}

/// The cluster's DNS: a name that every cluster has, and the server by itself.
fn cluster_dns(facts: &Facts<'_, '_>) -> Vec<Target> {
    let span = Span::new(Segment::Service, Segment::Port);
    let mut name = control("control/cluster-dns".to_owned(), span, Protocol::Dns);
    // Completed by the search list: the cluster's domain need not be known.
    name.name = Some("kubernetes.default.svc".to_owned());
    name.vantages = vec![VantageKind::InCluster];
    "does the cluster's DNS answer this vantage".clone_into(&mut name.settles);
    "a name that every cluster has".clone_into(&mut name.chosen);
    let mut all = vec![name];
    let known = [("kube-system", "kube-dns"), ("kube-system", "coredns"), ("openshift-dns", "dns-default")];
    let server = known.iter().find_map(|(ns, name)| {
        let view = facts.cluster.service_view(ns, name)?;
        view.service.get().value.spec.cluster_ip.known()?.parse::<std::net::IpAddr>().ok()
    });
    if let Some(address) = server {
        let mut target = control("control/dns-server".to_owned(), span, Protocol::Tcp);
        target.address = Some(address);
        target.port = Some(53);
        target.vantages = vec![VantageKind::InCluster];
        "can this vantage connect to anything in the cluster".clone_into(&mut target.settles);
        "ClusterIP of the cluster's DNS".clone_into(&mut target.chosen);
        all.push(target);
    }
    all
}
