//! The pods of ingress controllers, found in one walk over all pods.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use crate::paths::World;
use crate::paths::controllers::{Controller, Product, Recogniser};
use crate::snapshot::model::{Pod, Resource as _};
use crate::snapshot::{Found, Gap};

/// Pods of every recognised controller.
#[derive(Debug)]
pub struct ControllerPods<'s> {
    by_name: HashMap<&'static str, Vec<Found<'s, Pod>>>,
    watching_classless: Option<Found<'s, Pod>>,
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

impl<'s> ControllerPods<'s> {
    /// One walk over the pods.
    pub fn of(world: &World<'s>) -> Self {
        let recogniser = Recogniser::default();
        let mut by_name: HashMap<&'static str, Vec<Found<'s, Pod>>> = HashMap::new();
        for pod in world.snapshot.pods.iter().filter(|pod| is_living(pod)) {
            if let Some(controller) = recogniser.recognise(&pod.get().value) {
                by_name.entry(controller.name).or_default().push(pod);
            }
        }
        let nginx = by_name.get("ingress-nginx").map(Vec::as_slice).unwrap_or_default();
        let watches = |pod: &Found<'s, Pod>| flag(pod, "--watch-ingress-without-class").is_some_and(|v| v != "false");
        let watching_classless = nginx.iter().copied().find(watches);
        Self { by_name, watching_classless, complete: world.snapshot.is_complete(Pod::KIND, None) }
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

    /// An ingress-nginx pod that was told to serve Ingresses without a class.
    pub const fn watching_classless(&self) -> Option<Found<'s, Pod>> {
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

/// Neither finished nor being deleted.
fn is_living(pod: &Pod) -> bool {
    !pod.is_finished() && !pod.is_terminating()
}

/// ingress-nginx serves the class whose `spec.controller` equals its `--controller-class`; other products
/// are not told apart by instance.
fn serves(controller: &Controller, pod: &Pod, id: Option<&str>) -> bool {
    let (Product::IngressNginx, Some(id)) = (controller.product, id) else { return true };
    if !flags_readable(pod) {
        return true;
    }
    flag(pod, "--controller-class").unwrap_or("k8s.io/ingress-nginx") == id
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

#[cfg(test)]
mod tests {
    use super::*;
    use crate::snapshot::model::lenient::Time;

    /// Invariant 78, `LivePods_ExcludesTerminalAndDeleting`.
    #[test]
    fn finished_and_deleting_pods_are_no_controller_pods() {
        let mut pod = Pod::default();
        assert!(is_living(&pod));
        pod.metadata.deletion_timestamp = Time(Some(jiff::Timestamp::UNIX_EPOCH));
        assert!(!is_living(&pod));
        for phase in ["Succeeded", "Failed"] {
            let status = crate::snapshot::model::PodStatus { phase: Some(phase.into()), ..Default::default() };
            let pod = Pod { status: Some(status), ..Pod::default() };
            assert!(!is_living(&pod), "{phase}");
        }
    }
}
