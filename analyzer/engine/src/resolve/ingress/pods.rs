//! The pods of ingress controllers.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::resolve::ClusterIndex;
use crate::resolve::controllers::{CONTROLLERS, Controller};
use kubereach_model::snapshot::model::{Pod, Resource as _};
use kubereach_model::snapshot::{Found, Gap};

/// Pods of every recognised controller.
#[derive(Debug)]
pub struct ControllerPods<'w, 's> {
    by_name: &'w HashMap<&'static str, Vec<Found<'s, Pod>>>,
    watching_classless: Option<(&'static Controller, Found<'s, Pod>)>,
    complete: Result<(), Gap>,
}

/// The pods that serve one class: looked at once, however many Ingresses are of it.
#[derive(Debug, Clone)]
pub struct Seen<'s> {
    /// Pods that are neither finished nor being deleted.
    pub pods: Vec<Found<'s, Pod>>,
    /// How many of them are ready.
    pub ready: usize,
    /// Does each of them say that it is not?
    pub all_unready: bool,
    /// Could a pod that is not ready be dialled all the same, because it listens on its node?
    pub may_listen_on_node: bool,
    /// Flags that some pod carries and does not switch off; `None` where they could not be read: no pod, or
    /// masked arguments.
    flags: Option<BTreeSet<&'s str>>,
    /// Were the pods of the whole cluster read? Otherwise the gap.
    pub complete: Result<(), Gap>,
}

impl<'w, 's> ControllerPods<'w, 's> {
    /// Of the pods that were recognised.
    pub fn of(cluster: &'w ClusterIndex<'s>) -> Self {
        let by_name = &cluster.proxy_pods().by_controller;
        let watching_classless = CONTROLLERS.iter().find_map(|controller| {
            let flag_name = controller.flags?.classless;
            let watches = |pod: &Found<'s, Pod>| flag(pod, flag_name).is_some_and(|value| value != "false");
            Some((controller, by_name.get(controller.name)?.iter().copied().find(watches)?))
        });
        Self { by_name, watching_classless, complete: cluster.snapshot.is_complete(Pod::KIND, None) }
    }

    /// The pods of a controller that serve classes with this `spec.controller` (where their flags say
    /// which they serve).
    pub fn serving(&self, controller: &Controller, id: Option<&str>) -> Seen<'s> {
        let all = self.by_name.get(controller.name).map(Vec::as_slice).unwrap_or_default();
        let pods: Vec<_> = all.iter().copied().filter(|pod| serves(controller, pod, id)).collect();
        let ready = pods.iter().filter(|pod| pod.is_ready() == Some(true)).count();
        let all_unready = pods.iter().all(|pod| pod.is_ready() == Some(false));
        let may_listen_on_node = pods.iter().any(|pod| may_listen_on_node(pod));
        let readable = !pods.is_empty() && pods.iter().all(|pod| flags_readable(pod));
        let flags = readable.then(|| pods.iter().flat_map(|pod| flags(&pod.get().value)).collect());
        Seen { pods, ready, all_unready, may_listen_on_node, flags, complete: self.complete.clone() }
    }

    /// A pod that was told to serve Ingresses without a class, and its controller.
    pub const fn watching_classless(&self) -> Option<(&'static Controller, Found<'s, Pod>)> {
        self.watching_classless
    }
}

impl Seen<'_> {
    /// Does a pod carry this flag? `None` where flags could not be read: no pod, or masked arguments.
    pub fn flag(&self, name: &str) -> Option<bool> {
        self.flags.as_ref().map(|flags| flags.contains(name))
    }
}

fn may_listen_on_node(pod: &Pod) -> bool {
    let on_node = pod.spec.is_host_network()
        || pod.spec.containers.iter().flat_map(|c| &c.ports).any(|p| !p.host_port.is_absent());
    let running = pod.status.as_ref().is_some_and(|s| s.container_statuses.iter().any(|c| c.state.running.is_some()));
    on_node && running
}

/// Some serve only the class whose `spec.controller` a flag names; instances of other products are not told apart.
fn serves(controller: &Controller, pod: &Pod, id: Option<&str>) -> bool {
    let (Some(flags), Some(id)) = (controller.flags, id) else { return true };
    if !flags_readable(pod) {
        return true;
    }
    let (name, default) = flags.class;
    flag(pod, name).unwrap_or(default) == id
}

fn flags_readable(pod: &Pod) -> bool {
    let mut args = pod.spec.containers.iter().flat_map(|c| &c.args).peekable();
    args.peek().is_some() && args.all(|arg| arg.known().is_some())
}

/// The flags of a pod that are not `false`; of a flag given twice the first counts.
fn flags(pod: &Pod) -> impl Iterator<Item = &str> {
    let mut all: BTreeMap<&str, &str> = BTreeMap::new();
    for arg in pod.spec.containers.iter().flat_map(|c| &c.args).filter_map(|arg| arg.known()) {
        let (name, value) = arg.split_once('=').unwrap_or((arg, ""));
        all.entry(name).or_insert(value);
    }
    all.into_iter().filter(|(_, value)| *value != "false").map(|(name, _)| name)
}

/// The value of `--name=value`, or an empty text for a bare `--name`.
fn flag<'p>(pod: &'p Pod, name: &str) -> Option<&'p str> {
    pod.spec.containers.iter().flat_map(|c| &c.args).filter_map(|arg| arg.known()).find_map(|arg| {
        let rest = arg.strip_prefix(name)?;
        if rest.is_empty() { Some("") } else { rest.strip_prefix('=') }
    })
}
