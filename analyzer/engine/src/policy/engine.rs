//! Policy engines: each reads some kinds of policy and says what its policies mean. Everything else asks by these
//! traits and knows no kind by name; another kind is another engine in [`ENGINES`].

use std::fmt;
use std::ops::Deref;

use ipnet::IpNet;
use kubereach_reports::report::{CoverageState, ObjectRef};

use super::answer::{Direction, PolicyAnswer, Protocol, Truth};
use super::ends::{End, PodEnd, ServiceEnd};
use super::groups::Sight;
use super::ineffective::Kinds;
use super::ladder::Rung;
use super::options::PolicyOptions;
use super::ports::PortEntry;
use super::request::Request;
use super::{admin, antrea, calico, cilium, core, egress_firewall, istio, linkerd, vpc_cni};
use kubereach_model::evidence::{FieldPath, Reading, command};
use kubereach_model::snapshot::{Gap, GroupKind, LabelSelector, Proof, Snapshot, kinds};

macro_rules! engines {
    ($($module:ident :: $policy:ident),+ $(,)?) => {
        /// Every engine, in the order in which their policies are numbered.
        pub(super) static ENGINES: &[&dyn Engine] = &[$(&$module::Engine),+];

        /// A compiled policy of one of the engines. (A boxed trait object would bind its lifetime more tightly than
        /// those who ask need.)
        #[derive(Debug)]
        pub(super) enum Compiled<'s> {
            $(#[doc = concat!("Of the engine in `", stringify!($module), "`.")] $policy($module::$policy<'s>)),+
        }

        impl<'s> Deref for Compiled<'s> {
            type Target = dyn Rules<'s> + 's;

            fn deref(&self) -> &Self::Target {
                match self {
                    $(Self::$policy(policy) => policy),+
                }
            }
        }
    };
}

// One line each: its folder, and what it compiles a policy into.
engines! {
    core::Core,
    admin::Admin,
    egress_firewall::Firewall,
    calico::Calico,
    antrea::Antrea,
    cilium::Cilium,
    vpc_cni::StartsClosed,
    istio::Istio,
    linkerd::Linkerd,
}

/// Who enforces a policy. Each layer decides for itself, and a connection has to get through all of them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Layer {
    /// The network plugin, at both ends.
    Network,
    /// The waypoint that leads to the destination, where one stands on the way.
    Waypoint,
    /// The proxy in front of the destination, whatever plugin runs.
    Mesh,
}

impl Layer {
    /// In the order in which a connection meets them.
    pub(super) const ALL: [Self; 3] = [Self::Network, Self::Waypoint, Self::Mesh];
}

/// When a policy is asked: a connection goes through the tiers of a layer in this order until one of them decides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Tier {
    /// At the edge of the cluster: what it turns away nothing else lets through, the rest is for the others.
    Perimeter,
    /// Before the policies of namespaces, which cannot override it.
    Admin,
    /// The policies of namespaces.
    Namespace,
    /// Only where no policy of a namespace isolates the pod.
    Baseline,
    /// One that a system brings itself, by the number it has there.
    Own(u16),
    /// Policies of a waypoint that turn away, or leave it to another program.
    WaypointDeny,
    /// Policies of a waypoint that allow.
    WaypointAllow,
    /// How a client has to prove who it is before its proxy is let in.
    MeshTransport,
    /// Mesh policies that turn away, or leave it to another program, before any that allows is asked.
    MeshDeny,
    /// Mesh policies that allow: where there is one, what none of them names is turned away.
    MeshAllow,
}

impl Tier {
    /// Who enforces its policies.
    pub(super) const fn layer(self) -> Layer {
        match self {
            Self::Perimeter | Self::Admin | Self::Namespace | Self::Baseline | Self::Own(_) => Layer::Network,
            Self::WaypointDeny | Self::WaypointAllow => Layer::Waypoint,
            Self::MeshTransport | Self::MeshDeny | Self::MeshAllow => Layer::Mesh,
        }
    }
}

/// How the policies of a tier are taken together.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Order {
    /// In no order: one that admits settles it.
    AnyAdmits,
    /// By [`Priority`]: the first that matches settles it.
    ByPriority,
    /// By the number of their [`Priority`]: the first that matches settles it, and where none does and one selects the
    /// pod, the tier itself: it denies, or leaves it to the next one.
    InTurn {
        /// Does it deny at its end?
        denies: bool,
    },
}

/// A node whose own traffic, or what it forwards, policies may decide about.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Guard<'s> {
    /// The node.
    pub(super) node: &'s str,
    /// The object that makes it so.
    pub(super) by: &'s str,
    /// Is the traffic of the node's own processes decided about?
    pub(super) own: bool,
    /// Is the traffic that the node forwards to and from pods decided about?
    pub(super) forwarded: bool,
}

/// The place of a policy in its tier.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Priority {
    /// Policies of different families have no defined order.
    pub(super) family: u8,
    /// Lower is asked first; `None` where it is missing or masked.
    pub(super) number: Option<i64>,
}

/// A kind of policy that was not all read where it matters.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Unread {
    /// Which kind.
    pub kind: GroupKind,
    /// Its plural, as `kubectl get` takes it.
    pub plural: String,
    /// Where its objects matter; everywhere, for a cluster-wide kind.
    pub namespace: Option<String>,
    /// The other system whose policies they are; none for those that the API knows.
    pub system: Option<&'static str>,
    /// May it let through what the policies of its layer that were read turn away?
    pub may_allow: bool,
    /// Who would enforce them.
    pub layer: Layer,
    /// Why.
    pub gap: Gap,
}

impl Unread {
    /// How to read it. A list without objects shows no kind: the name of the file says which one it is.
    pub fn reading(&self) -> Reading {
        let resource = format!("{}.{}", self.plural, self.kind.group);
        // An empty list says its kind by the name of its file alone: a plain plural is that of Kubernetes' own.
        let file = if self.system.is_some() { &resource } else { &self.plural };
        let arguments = format!("-o yaml > {file}.yaml");
        Reading { resource, arguments }
    }

    /// The one line that reads it.
    pub fn command(&self) -> String {
        self.reading().command(self.namespace.as_slice())
    }
}

/// Reads policies of some kinds.
pub(super) trait Engine: fmt::Debug + Sync {
    /// The kinds it reads; nobody else speaks of them.
    fn kinds(&self) -> &'static [GroupKind];

    /// Compiles every policy of its kinds.
    fn compile<'s>(&self, snapshot: &'s Snapshot) -> Vec<Policy<'s>>;

    /// The tiers in their order, where these policies bring their own; every [`Tier`] stands among them.
    fn ladder(&self, _snapshot: &Snapshot, _policies: &[Policy<'_>]) -> Option<Vec<Rung>> {
        None
    }

    /// Nodes that are more than bystanders.
    fn guards<'s>(&self, _snapshot: &'s Snapshot) -> Vec<Guard<'s>> {
        Vec::new()
    }

    /// Cluster-wide kinds that were not all read.
    fn unread(&self, _snapshot: &Snapshot) -> Vec<Unread> {
        Vec::new()
    }

    /// A namespaced kind that was not all read in a namespace.
    fn unread_in(&self, _snapshot: &Snapshot, _namespace: &str) -> Option<Unread> {
        None
    }

    /// A namespaced kind that speaks only of connections out of the cluster and was not all read.
    fn unread_outbound(&self, _snapshot: &Snapshot, _namespace: &str) -> Option<Unread> {
        None
    }
}

/// A policy with its name and place.
#[derive(Debug)]
pub struct Policy<'s> {
    /// Its name.
    pub object: ObjectRef,
    /// Where it came from, for positions.
    pub origin: u32,
    /// When it is asked.
    pub tier: Tier,
    pub(super) rules: Compiled<'s>,
}

/// Which pods a policy may be about.
#[derive(Debug, Clone, Copy)]
pub(super) enum Scope<'s> {
    /// Pods of this namespace that the selector selects.
    Namespace(&'s str, &'s LabelSelector),
    /// Pods of any namespace.
    Cluster,
}

/// One compiled policy: whom it selects, what it says, and how that is explained.
pub(super) trait Rules<'s>: fmt::Debug + Send + Sync {
    /// Which pods it may be about.
    fn scope(&self) -> Scope<'s>;

    /// Does it apply to the pod in this direction?
    fn selects(&self, pod: &PodEnd<'s>, direction: Direction) -> Truth<'s>;

    /// What it says to a connection of a pod that it may select.
    fn answer(&self, asked: &Asked<'_, 's>, selected: Truth<'s>) -> PolicyAnswer<'s>;

    /// Its place among the policies of its tier, where these have an order.
    fn priority(&self) -> Priority {
        Priority { family: 0, number: Some(0) }
    }

    /// Rules it has in this direction; `None` where it does not isolate it.
    fn rule_count(&self, direction: Direction) -> Option<usize>;

    /// May it turn anybody away in this direction?
    fn restricts(&self, direction: Direction) -> bool;

    /// Does it leave traffic between a pod and its own node alone?
    fn spares_own_node(&self) -> bool;

    /// Does it hold only for pods that no other policy selects?
    fn yields(&self) -> bool {
        false
    }

    /// Are nodes its subjects?
    fn is_about_nodes(&self) -> bool {
        false
    }

    /// The same in one direction only.
    fn spares_own_node_in(&self, _direction: Direction) -> bool {
        self.spares_own_node()
    }

    /// The tier in which it stands, where tiers have names.
    fn tier_name(&self) -> Option<&str> {
        None
    }

    /// Its kind, where others have the same name.
    fn kind(&self) -> Option<GroupKind> {
        None
    }

    /// Does it turn away whom no rule lets through?
    fn denies_by_default(&self) -> bool;

    /// What a rule is called; empty where it has no name.
    fn rule_name(&self, _direction: Direction, _rule: usize) -> &'s str {
        ""
    }

    /// The list in which a rule stands, its number there, and in which of several specs.
    fn rule_place(&self, direction: Direction, rule: usize) -> RulePlace {
        RulePlace { spec: None, list: direction.word(), number: rule }
    }

    /// How an answer reads, and the field it is about, where the usual words do not fit.
    fn says(&self, _answer: PolicyAnswer<'s>) -> Option<(String, FieldPath)> {
        None
    }

    /// Every port that a rule of this direction names.
    fn ports(&self, direction: Direction, each: &mut dyn FnMut(&PortEntry<'s>));

    /// Every address range that a rule of this direction names.
    fn ranges(&self, direction: Direction, each: &mut dyn FnMut(IpNet));

    /// Notes what it can see of a pod beside ports and addresses.
    fn see(&self, sight: &mut Sight<'s>);

    /// Whom it lets the pods reach: a phrase for each peer.
    fn reached(&self, phrases: &mut Vec<String>);

    /// Whom it admits to the port that is asked about: a phrase for each peer.
    fn admitted(&self, asked: &Asked<'_, 's>, phrases: &mut Vec<String>);

    /// What the policy, which was read, shows.
    fn shows(&self, fact: &str) -> Proof;

    /// Rules of a direction that the policy does not isolate: they do nothing.
    fn inactive_rules(&self, _direction: Direction) -> usize {
        0
    }

    /// Rules whose peers are surely no pod.
    fn rules_for_nobody(&self, _direction: Direction, _pods: &Kinds<'_, 's>) -> Vec<usize> {
        Vec::new()
    }

    /// Names of ports in ingress rules that none of these pods declares with that protocol, with the rule.
    fn ports_no_pod_has(&self, _pods: &[&PodEnd<'s>]) -> Vec<(usize, &'s str)> {
        Vec::new()
    }

    /// Single ports that ingress rules name by number, with the rule.
    fn ports_by_number(&self) -> Vec<(usize, Protocol, u16)> {
        Vec::new()
    }

    /// Rules that nearly let through what is turned away, with what to change. `service` leads there.
    fn near_misses(
        &self,
        _asked: &Asked<'_, 's>,
        _service: Option<&ServiceEnd<'s>>,
        _each: &mut dyn FnMut(usize, String),
    ) {
    }

    /// The keys of labels by which it selects its pods, where these are of one namespace.
    fn selector_keys(&self) -> Vec<&'s str> {
        Vec::new()
    }
}

impl<'s> Policy<'s> {
    /// Who enforces it.
    pub const fn layer(&self) -> Layer {
        self.tier.layer()
    }

    /// Rules it has in this direction; `None` where it does not isolate it.
    pub fn rule_count(&self, direction: Direction) -> Option<usize> {
        self.rules.rule_count(direction)
    }

    /// Rules of a direction that the policy does not isolate: they do nothing.
    pub fn inactive_rules(&self, direction: Direction) -> usize {
        self.rules.inactive_rules(direction)
    }

    /// Names of ports in ingress rules that none of these pods declares with that protocol, with the rule.
    pub fn ports_no_pod_has(&self, pods: &[&PodEnd<'s>]) -> Vec<(usize, &'s str)> {
        self.rules.ports_no_pod_has(pods)
    }

    /// Single ports that ingress rules name by number, with the rule.
    pub fn ports_by_number(&self) -> Vec<(usize, Protocol, u16)> {
        self.rules.ports_by_number()
    }

    /// The keys of labels by which it selects its pods, where these are of one namespace.
    pub fn selector_keys(&self) -> Vec<&'s str> {
        self.rules.selector_keys()
    }

    /// What a rule is called; empty where it has no name.
    pub fn rule_name(&self, direction: Direction, rule: usize) -> &'s str {
        self.rules.rule_name(direction, rule)
    }

    /// The one line that shows it.
    pub fn describe(&self) -> String {
        match self.rules.kind().as_ref().and_then(kinds::of) {
            Some(kind) => command::describe_as(&kind.full_name(), &self.object),
            None => command::describe(&self.object),
        }
    }

    /// The list in which a rule stands, its number there, and in which of several specs.
    pub fn rule_place(&self, direction: Direction, rule: usize) -> RulePlace {
        self.rules.rule_place(direction, rule)
    }

    /// How an answer reads, and the field it is about, where the usual words do not fit.
    pub fn says(&self, answer: PolicyAnswer<'s>) -> Option<(String, FieldPath)> {
        self.rules.says(answer)
    }

    /// The tier in which it stands, where tiers have names.
    pub fn tier_name(&self) -> Option<&str> {
        self.rules.tier_name()
    }

    /// What the policy, which was read, shows.
    pub fn shows(&self, fact: &str) -> Proof {
        self.rules.shows(fact)
    }
}

/// Where a rule stands in its policy.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct RulePlace {
    /// The number in `specs`; none for `spec`.
    pub spec: Option<usize>,
    /// `ingress`, `egressDeny`, …
    pub list: &'static str,
    /// From zero.
    pub number: usize,
}

/// A connection seen from one of its ends.
#[derive(Debug, Clone, Copy)]
pub(super) struct Asked<'a, 's> {
    pub(super) direction: Direction,
    /// The end whose policies are asked.
    pub(super) pod: &'a PodEnd<'s>,
    /// The other end.
    pub(super) other: &'a End<'s>,
    /// Where the connection goes: ports are the destination's in both directions.
    pub(super) to: &'a End<'s>,
    pub(super) protocol: Protocol,
    /// The pod's port, after a Service has translated its own; `None` where it is not known.
    pub(super) port: Option<u16>,
    /// What it carries, where that is asked about.
    pub(super) request: Option<&'a Request>,
    pub(super) options: &'a PolicyOptions,
}

/// Does an engine read this kind?
pub(crate) fn is_evaluated(kind: &GroupKind) -> bool {
    ENGINES.iter().any(|engine| engine.kinds().contains(kind))
}

/// A kind that was not all read.
pub(super) fn unread(snapshot: &Snapshot, kind: &GroupKind, namespace: Option<&str>) -> Option<Unread> {
    let gap = snapshot.is_complete(kind, namespace).err()?;
    let plural = kinds::of(kind).map_or_else(|| plural(&kind.kind), |row| row.plural.to_owned());
    Some(Unread {
        kind: kind.clone(),
        plural,
        namespace: namespace.map(str::to_owned),
        system: None,
        may_allow: true,
        layer: Layer::Network,
        gap,
    })
}

/// The plural of a kind that no table names, as the API's makers form it.
fn plural(kind: &str) -> String {
    let lower = kind.to_ascii_lowercase();
    lower.strip_suffix('y').map_or_else(|| format!("{lower}s"), |stem| format!("{stem}ies"))
}

/// Does the snapshot show that the API server has this kind?
pub(super) fn is_served(snapshot: &Snapshot, kind: &GroupKind) -> bool {
    let defined = snapshot.crds.iter().any(|crd| kind.group == crd.spec.group && kind.kind == crd.spec.names.kind);
    // An API server that refuses the list, or breaks it off, has the kind.
    let state = snapshot.coverage.of(kind, None).state;
    defined || matches!(state, CoverageState::Forbidden | CoverageState::Partial)
}
