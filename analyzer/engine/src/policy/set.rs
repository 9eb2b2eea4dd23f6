//! All policies of a snapshot, compiled and indexed, and what they say to a connection.

use std::collections::BTreeMap;

use super::answer::{Answer, Direction, Missing, Protocol, Truth};
use super::ends::{End, PodEnd};
use super::engine::{Asked, ENGINES, Guard, Layer, Policy, Scope};
use super::ladder::Ladder;
use super::options::{AgainstPods, Assumed, EndPorts, Nodes, PolicyOptions};
use super::request::Request;
use super::shelf::Shelf;
use super::side::{LayerAnswer, Reason, SideAnswer, Verdict};
use kubereach_model::snapshot::{Index, LabelSelector, Snapshot};

/// One connection.
#[derive(Debug, Clone, Copy)]
pub struct Connection<'a, 's> {
    /// Who connects.
    pub from: &'a End<'s>,
    /// To whom.
    pub to: &'a End<'s>,
    /// How.
    pub protocol: Protocol,
    /// The destination's own port, after a Service has translated its; `None` where it is not known.
    pub port: Option<u16>,
    /// What it carries; `None` where any request may come.
    pub request: Option<&'a Request>,
}

static ANYONE: End<'static> = End::Anyone;

impl<'a, 's> Connection<'a, 's> {
    /// Its end in this direction, and the other one.
    pub(super) const fn ends(&self, direction: Direction) -> (&'a End<'s>, &'a End<'s>) {
        match direction {
            Direction::Egress => (self.from, self.to),
            Direction::Ingress => (self.to, self.from),
        }
    }

    /// As the policies of this pod, one of its ends, are asked about it.
    pub(super) fn asked<'b>(
        &self,
        direction: Direction,
        pod: &'b PodEnd<'s>,
        options: &'b PolicyOptions,
    ) -> Asked<'b, 's>
    where
        'a: 'b,
    {
        let other = match self.ends(direction).1 {
            // It is nobody's pod: the options say whose it is.
            End::OwnProxy => &ANYONE,
            other => other,
        };
        let (to, protocol, port, request) = (self.to, self.protocol, self.port, self.request);
        Asked { direction, pod, other, to, protocol, port, request, options }
    }
}

/// The same for whoever is at the other end.
fn options_for(options: &PolicyOptions, other: &End<'_>) -> PolicyOptions {
    let from_own_proxy = matches!((other, options.nodes), (End::OwnProxy, Nodes::Identity { .. }));
    PolicyOptions { from_own_proxy, ..*options }
}

/// The policies that (may) select a pod, for one direction: computed once per pod or group of equal pods.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Selection<'s> {
    per_direction: [Vec<(u32, Truth<'s>)>; 2],
}

impl<'s> Selection<'s> {
    /// Which, with how sure the selection is.
    pub fn of(&self, direction: Direction) -> &[(u32, Truth<'s>)] {
        self.per_direction.get(direction.index()).map(Vec::as_slice).unwrap_or_default()
    }
}

/// All policies, compiled and indexed.
#[derive(Debug)]
pub struct Policies<'s> {
    all: Vec<Policy<'s>>,
    /// Those about the pods of one namespace.
    by_namespace: Index<&'s str, Shelf<'s>>,
    /// Those about pods of any namespace.
    anywhere: Vec<u32>,
    /// Is any of them about nodes?
    about_nodes: bool,
    /// The tiers in their order.
    pub(super) ladder: Ladder,
    /// Nodes that are more than bystanders.
    guards: Vec<Guard<'s>>,
    /// What is assumed where plugins differ.
    pub options: PolicyOptions,
}

impl<'s> Policies<'s> {
    /// Compiles every policy of the snapshot, once.
    pub fn new(snapshot: &'s Snapshot, options: PolicyOptions) -> Self {
        let all: Vec<Policy<'s>> = ENGINES.iter().flat_map(|engine| engine.compile(snapshot)).collect();
        let mut of_namespace: Index<&'s str, Vec<(u32, &'s LabelSelector)>> = Index::default();
        let mut anywhere = Vec::new();
        for (index, policy) in (0_u32..).zip(&all) {
            match policy.rules.scope() {
                Scope::Namespace(namespace, selector) => {
                    of_namespace.entry(namespace).or_default().push((index, selector));
                }
                Scope::Cluster => anywhere.push(index),
            }
        }
        let by_namespace = of_namespace.into_iter().map(|(ns, policies)| (ns, Shelf::of(&policies))).collect();
        let about_nodes = all.iter().any(|policy| policy.rules.is_about_nodes());
        let ladder = Ladder::of(snapshot, &all);
        let guards = ENGINES.iter().flat_map(|engine| engine.guards(snapshot)).collect();
        Self { all, by_namespace, anywhere, about_nodes, ladder, guards, options }
    }

    /// Every policy.
    pub fn all(&self) -> &[Policy<'s>] {
        &self.all
    }

    /// One of them.
    pub fn get(&self, index: u32) -> Option<&Policy<'s>> {
        self.all.get(index as usize)
    }

    /// Is there surely none that selects a pod of this namespace?
    pub(super) fn none_in(&self, namespace: &str) -> bool {
        self.anywhere.is_empty() && !self.by_namespace.contains_key(namespace)
    }

    /// No policy at all?
    pub fn is_empty(&self) -> bool {
        self.all.is_empty()
    }

    /// Which policies (may) select the pod: those of its namespace, and those of any.
    pub fn select(&self, pod: &PodEnd<'s>) -> Selection<'s> {
        let mut selection = Selection::default();
        let own = self.by_namespace.get(pod.namespace).map(|shelf| shelf.near(pod.labels)).unwrap_or_default();
        let yields = |index: u32| self.get(index).is_some_and(|policy| policy.rules.yields());
        for index in own.iter().chain(&self.anywhere).copied() {
            let Some(policy) = self.get(index) else { continue };
            for (direction, slot) in Direction::BOTH.into_iter().zip(&mut selection.per_direction) {
                let truth = policy.rules.selects(pod, direction);
                if truth != Truth::No {
                    slot.push((index, truth));
                }
            }
        }
        let is_selected =
            selection.per_direction.iter().flatten().any(|(i, truth)| *truth == Truth::Yes && !yields(*i));
        if is_selected {
            selection.per_direction.iter_mut().for_each(|of_one| of_one.retain(|(index, _)| !yields(*index)));
        }
        selection
    }

    /// Policies that may select a pod of a namespace of which only these labels are known, and turn callers away.
    pub fn may_select(&self, namespace: &str, labels: &BTreeMap<String, String>) -> impl Iterator<Item = &Policy<'s>> {
        let shelf = self.by_namespace.get(namespace);
        let of_shelf = shelf.into_iter().flat_map(Shelf::all);
        let may = |policy: &&Policy<'s>| match policy.rules.scope() {
            Scope::Namespace(_, selector) => selector.may_match(labels),
            Scope::Cluster => true,
        };
        let near = of_shelf.chain(&self.anywhere).filter_map(|index| self.get(*index));
        near.filter(|policy| policy.rules.restricts(Direction::Ingress)).filter(may)
    }

    /// The fold over both ends.
    pub fn evaluate(&self, connection: &Connection<'_, 's>) -> Verdict<'s> {
        let of = |end: &End<'s>| end.pod().map(|pod| self.select(pod)).unwrap_or_default();
        self.evaluate_selected(connection, &of(connection.from), &of(connection.to))
    }

    /// The same, where the selections of both ends are known already.
    pub fn evaluate_selected(
        &self,
        connection: &Connection<'_, 's>,
        from: &Selection<'s>,
        to: &Selection<'s>,
    ) -> Verdict<'s> {
        if let (Some(a), Some(b)) = (connection.from.pod(), connection.to.pod())
            && a.is_same_pod(b)
        {
            return Verdict {
                answer: Answer::Allowed,
                egress: SideAnswer::open(),
                ingress: SideAnswer::open(),
                same_pod: true,
            };
        }
        let egress = self.side(connection, Direction::Egress, from);
        let ingress = self.side(connection, Direction::Ingress, to);
        let answer = match (egress.answer, ingress.answer) {
            (Answer::Denied, _) | (_, Answer::Denied) => Answer::Denied,
            (Answer::Unknown, _) | (_, Answer::Unknown) => Answer::Unknown,
            (Answer::Allowed, Answer::Allowed) => Answer::Allowed,
        };
        Verdict { answer, egress, ingress, same_pod: false }
    }

    /// What the policies of one end say.
    pub fn side(
        &self,
        connection: &Connection<'_, 's>,
        direction: Direction,
        selection: &Selection<'s>,
    ) -> SideAnswer<'s> {
        let (own, other) = connection.ends(direction);
        let (node, of_node);
        let (pod, selection) = match own {
            End::Pod(pod) => (pod, selection),
            End::Node(own) if self.guarded(own.name).is_some() => {
                return self.guarded(own.name).map_or_else(SideAnswer::open, SideAnswer::unknown);
            }
            End::Node(own) if self.about_nodes => {
                node = own.as_pod();
                of_node = self.select(&node);
                (&node, &of_node)
            }
            // What is no pod is no subject of a policy; anyone's own side is not asked about.
            End::Unclear(_) | End::UnnamedPod if self.restricts(direction) => {
                return SideAnswer::unknown(Missing::UnnamedPod);
            }
            _ => return SideAnswer::open(),
        };
        if let Some(missing) = pod.node.filter(|_| pod.host_network).and_then(|node| self.guarded(node)) {
            return SideAnswer::unknown(missing);
        }
        if selection.of(direction).is_empty() {
            return self.forwarded(pod, other, SideAnswer::open());
        }
        let options = options_for(&self.options, other);
        let asked = connection.asked(direction, pod, &options);
        let from_own_node = matches!(other, End::Node(node) if pod.node == Some(node.name));
        let mut spared = false;
        let side = SideAnswer::of(Layer::ALL.map(|layer| {
            // Where nodes have an identity, the policies of the network answer for it.
            let unnamed = layer != Layer::Network || self.options.nodes == Nodes::Undecidable;
            if from_own_node && unnamed && self.all_spare_own_node(layer, selection, direction) {
                spared |= layer == Layer::Network;
                return LayerAnswer::open();
            }
            self.fold_layer(layer, &asked, selection)
        }));
        if spared { side } else { self.forwarded(pod, other, side) }
    }

    /// Is the own traffic of a node decided about in a way that is not evaluated?
    fn guarded(&self, node: &str) -> Option<Missing<'s>> {
        self.guards.iter().find(|guard| guard.own && guard.node == node).map(|guard| Missing::HostEndpoint(guard.by))
    }

    /// What is let through may still be turned away where the pod's node forwards it.
    fn forwarded(&self, pod: &PodEnd<'s>, other: &End<'s>, answer: SideAnswer<'s>) -> SideAnswer<'s> {
        let stays = other.pod().is_some_and(|other| other.node.is_some() && other.node == pod.node);
        let guard = self.guards.iter().find(|guard| guard.forwarded && pod.node == Some(guard.node));
        match guard {
            Some(guard) if !stays && answer.answer == Answer::Allowed => {
                SideAnswer::unknown(Missing::HostEndpoint(guard.by))
            }
            _ => answer,
        }
    }

    /// What every policy that (may) select this end says, in the order in which they are asked.
    pub fn explain(
        &self,
        connection: &Connection<'_, 's>,
        direction: Direction,
        selection: &Selection<'s>,
    ) -> Vec<Reason<'s>> {
        let (own, other) = connection.ends(direction);
        let Some(pod) = own.pod() else { return Vec::new() };
        let options = options_for(&self.options, other);
        let asked = connection.asked(direction, pod, &options);
        let asks = |(index, selected): &(u32, Truth<'s>)| self.ask(*index, &asked, *selected);
        let mut reasons: Vec<Reason<'s>> = selection.of(direction).iter().filter_map(asks).collect();
        reasons.sort_by_key(|reason| {
            self.get(reason.policy).map(|policy| (self.ladder.place(policy.tier), policy.rules.priority().number))
        });
        reasons
    }

    /// On which assumptions an answer rests: those without which it would be another.
    pub fn assumptions(&self, connection: &Connection<'_, 's>, verdict: &Verdict<'s>) -> Vec<Assumed> {
        let mut assumed = Vec::new();
        if verdict.answer == Answer::Unknown {
            return assumed;
        }
        let with = |options: PolicyOptions| self.answer_under(connection, &options);
        let strict = PolicyOptions { address_rules_on_pods: AgainstPods::Undecidable("the plugin"), ..self.options };
        if self.options.address_rules_on_pods == AgainstPods::Matches && with(strict) != verdict.answer {
            assumed.push(Assumed::AddressRulesMatchPods);
        }
        let strict = PolicyOptions { end_ports: EndPorts::Undecidable("the plugin"), ..self.options };
        if self.options.end_ports == EndPorts::Honoured && with(strict) != verdict.answer {
            assumed.push(Assumed::EndPortsHonoured);
        }
        let outside = matches!(connection.from, End::Address(_) | End::Outside | End::Unclear(_));
        if outside && verdict.answer == Answer::Allowed && !verdict.ingress.reasons.is_empty() {
            assumed.push(Assumed::SourceUnchanged);
        }
        let named = connection.request.is_some_and(|request| request.principal.is_some());
        if outside && !named && !verdict.ingress.of_mesh().reasons.is_empty() {
            assumed.push(Assumed::OutsideShowsNoIdentity);
        }
        assumed
    }

    fn answer_under(&self, connection: &Connection<'_, 's>, options: &PolicyOptions) -> Answer {
        let mut answer = Answer::Allowed;
        for direction in Direction::BOTH {
            let (own, other) = connection.ends(direction);
            let side = match own.pod() {
                Some(pod) => {
                    let options = options_for(options, other);
                    self.fold(&connection.asked(direction, pod, &options), &self.select(pod)).answer
                }
                None => self.side(connection, direction, &Selection::default()).answer,
            };
            answer = answer.min(side);
        }
        answer
    }

    pub(super) fn ask(&self, index: u32, asked: &Asked<'_, 's>, selected: Truth<'s>) -> Option<Reason<'s>> {
        let answer = self.get(index)?.rules.answer(asked, selected);
        Some(Reason { policy: index, direction: asked.direction, answer })
    }

    fn all_spare_own_node(&self, layer: Layer, selection: &Selection<'s>, direction: Direction) -> bool {
        let spares = |policy: &Policy<'s>| policy.tier.layer() != layer || policy.rules.spares_own_node_in(direction);
        selection.of(direction).iter().all(|(index, _)| self.get(*index).is_none_or(spares))
    }

    /// Is there any policy at all that isolates some pod in this direction?
    fn restricts(&self, direction: Direction) -> bool {
        self.all.iter().any(|policy| policy.rules.restricts(direction))
    }
}
