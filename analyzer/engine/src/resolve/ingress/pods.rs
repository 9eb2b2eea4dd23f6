//! The pods of ingress controllers.

use std::collections::{BTreeMap, BTreeSet};

use crate::resolve::ClusterIndex;
use crate::resolve::controllers::Controller;
use crate::resolve::controllers::flags::{Flags, Said};
use kubereach_model::snapshot::model::{Pod, Resource as _};
use kubereach_model::snapshot::{Found, Gap};

use super::class::Named;
use super::instances::{self, Answer, Asked, Instance};

/// Pods of every recognised controller.
#[derive(Debug)]
pub struct ControllerPods<'s> {
    instances: Vec<Instance<'s>>,
    /// Does what some instance takes depend on the namespace?
    watches_some: bool,
    watching_classless: Option<(&'static Controller, Found<'s, Pod>)>,
    complete: Result<(), Gap>,
}

/// The pods that serve one class: looked at once, however many Ingresses are of it.
#[derive(Debug, Clone)]
pub struct Seen<'s> {
    /// Pods that are neither finished nor being deleted, of the class's controller and of those that take its Ingresses
    /// in its place.
    pub pods: Vec<Found<'s, Pod>>,
    /// How many of them are ready.
    pub ready: usize,
    /// Does each of them say that it is not?
    pub all_unready: bool,
    /// Could a pod that is not ready be dialled all the same, because it listens on its node?
    pub may_listen_on_node: bool,
    /// Instances of the controller that ignore the Ingress, by a pod of each, and why.
    pub ignoring: Vec<(Found<'s, Pod>, String)>,
    /// A pod of another controller that may take the Ingress in its place; its flags were not read.
    pub stand_in: Option<Found<'s, Pod>>,
    /// Flags that some pod carries and does not switch off; `None` where they could not be read: no pod, or
    /// masked arguments.
    flags: Option<BTreeSet<&'s str>>,
    /// Were the pods of the whole cluster read? Otherwise the gap.
    pub complete: Result<(), Gap>,
}

impl<'s> ControllerPods<'s> {
    /// Of the pods that were recognised.
    pub fn of(cluster: &ClusterIndex<'s>) -> Self {
        let instances = instances::all(&cluster.proxy_pods().by_controller);
        let classless = Asked { named: Named::Nothing, object: None, namespace: "" };
        // One that watches some namespaces only takes nothing here that could be relied upon elsewhere.
        let takes = |instance: &&Instance<'s>| instance.answer(classless) == Answer::Takes;
        let watching = instances.iter().find(takes).and_then(|one| Some((one.controller, *one.pods.first()?)));
        Self {
            watches_some: instances.iter().any(Instance::watches_some),
            watching_classless: watching,
            instances,
            complete: cluster.snapshot.is_complete(Pod::KIND, None),
        }
    }

    /// The pods of a controller that serve an Ingress, as far as their flags say what they serve. Without an Ingress
    /// that is asked for, all of them.
    pub fn serving(&self, controller: &Controller, asked: Option<Asked<'_, 's>>) -> Seen<'s> {
        let (mut pods, mut ignoring, mut stand_in) = (Vec::new(), Vec::new(), None);
        for instance in &self.instances {
            let own = std::ptr::eq(instance.controller, controller);
            let answer = asked.map_or(Answer::Unknown, |asked| instance.answer(asked));
            match (own, answer) {
                (_, Answer::Takes) | (true, Answer::Unknown | Answer::Off) => {
                    pods.extend(instance.pods.iter().copied());
                }
                (true, Answer::Ignores(why)) => ignoring.extend(instance.pods.first().map(|pod| (*pod, why))),
                (false, _) if asked.is_some() && instance.may_stand_in() => {
                    stand_in = stand_in.or_else(|| instance.pods.first().copied());
                }
                (false, _) => {}
            }
        }
        let ready = pods.iter().filter(|pod| pod.is_ready() == Some(true)).count();
        let all_unready = pods.iter().all(|pod| pod.is_ready() == Some(false));
        let may_listen_on_node = pods.iter().any(|pod| may_listen_on_node(pod));
        let readable = !pods.is_empty() && pods.iter().all(|pod| flags_readable(pod));
        let flags = readable.then(|| pods.iter().flat_map(|pod| flags(&pod.get().value)).collect());
        let complete = self.complete.clone();
        Seen { pods, ready, all_unready, may_listen_on_node, ignoring, stand_in, flags, complete }
    }

    /// The one controller with an instance that takes an Ingress.
    pub fn taking(&self, asked: Asked<'_, 's>) -> Option<&'static Controller> {
        let mut takers = self.instances.iter().filter(|one| one.answer(asked) == Answer::Takes).map(|i| i.controller);
        let first = takers.next()?;
        takers.all(|other| std::ptr::eq(other, first)).then_some(first)
    }

    /// Was an instance of this controller read?
    pub fn has(&self, controller: &Controller) -> bool {
        self.instances.iter().any(|instance| std::ptr::eq(instance.controller, controller))
    }

    /// Does what some instance takes depend on the namespace?
    pub const fn watches_some(&self) -> bool {
        self.watches_some
    }

    /// A pod that was told to serve Ingresses without a class, and its controller.
    pub const fn watching_classless(&self) -> Option<(&'static Controller, Found<'s, Pod>)> {
        self.watching_classless
    }
}

impl Seen<'_> {
    /// The value of a flag of the first pod, by its name in lower case without dashes; `None` where flags could not be
    /// read, an empty text where it is not given.
    pub fn value(&self, name: &str) -> Option<String> {
        let flags = Flags::of(&self.pods.first()?.get().value)?;
        match flags.said(name) {
            Said::Nothing => Some(String::new()),
            Said::Value(value) => Some(value.to_owned()),
            Said::Unreadable => None,
        }
    }

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
