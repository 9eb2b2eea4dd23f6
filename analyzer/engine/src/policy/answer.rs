//! The words of an answer: truth with three values, and what is missing where it is neither yes nor no.

use std::fmt;

/// Which end of a connection a policy isolates.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Direction {
    /// Into the selected pod.
    Ingress,
    /// Out of the selected pod.
    Egress,
}

impl Direction {
    /// Both.
    pub const BOTH: [Self; 2] = [Self::Ingress, Self::Egress];

    /// `ingress` or `egress`, as policies write it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Ingress => "ingress",
            Self::Egress => "egress",
        }
    }

    pub(super) const fn index(self) -> usize {
        match self {
            Self::Ingress => 0,
            Self::Egress => 1,
        }
    }
}

/// Protocols that policies know.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Protocol {
    /// TCP.
    Tcp,
    /// UDP.
    Udp,
    /// SCTP.
    Sctp,
}

impl Protocol {
    /// All of them.
    pub const ALL: [Self; 3] = [Self::Tcp, Self::Udp, Self::Sctp];

    /// As the API writes it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Tcp => "TCP",
            Self::Udp => "UDP",
            Self::Sctp => "SCTP",
        }
    }

    /// From the API's word, in any case; `None` for anything else.
    pub fn of(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|p| p.word().eq_ignore_ascii_case(word))
    }
}

impl fmt::Display for Protocol {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.word())
    }
}

/// Why something about a connection cannot be told.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Missing<'s> {
    /// A pod in the node's own network: plugins see the node, not the pod.
    HostNetwork,
    /// A pod on a virtual node, outside of the network that the plugin of the cluster watches.
    VirtualNode,
    /// Labels of this namespace.
    NamespaceLabels(&'s str),
    /// Labels of this node.
    NodeLabels(&'s str),
    /// Addresses of the pod.
    PodAddress,
    /// The plugin at hand treats address rules on pod addresses in its own way.
    AddressRuleOnPods(&'static str),
    /// The source address may be rewritten on its way.
    SourceTranslation,
    /// Which address outside the cluster.
    OutsideAddress,
    /// An address range that is masked or malformed.
    AddressRange,
    /// The number of the port.
    Port,
    /// What a named port stands for at the destination.
    NamedPort(&'s str),
    /// The plugin at hand may ignore `endPort`.
    EndPort(&'static str),
    /// Which addresses a domain name stands for.
    DomainNames,
    /// A selector, peer or port in a form this version does not know.
    Form,
    /// Policies of equal priority that disagree; the API leaves the order open.
    EqualPriorities,
    /// `AdminNetworkPolicy` and `ClusterNetworkPolicy` side by side that disagree; no order is defined.
    MixedApis,
    /// Which pod or node has the address: none in the snapshot.
    UnnamedPod,
    /// Who connects.
    Caller,
    /// Who the caller proves to be.
    Identity,
    /// Whether the client's proxy speaks the mesh's TLS there.
    ClientTls,
    /// Whether a proxy of the mesh is put beside the pod.
    Injection,
    /// Whether the token that a request carries is valid, and what it says.
    Token,
    /// What the program says to which a policy leaves it.
    Authorizer(&'s str),
    /// The server name that the client asks for.
    ServerName,
    /// What the mesh is configured to do, which this `ConfigMap` says.
    MeshConfig(&'static str),
    /// Whether the connection goes through a waypoint.
    Waypoint(&'s str),
    /// An authentication that a policy refers to: its kind and name.
    Reference(&'s str, &'s str),
    /// What the request is.
    Request,
    /// A pattern in a syntax that programs read in different ways.
    Pattern,
    /// Whether both ends are on one node.
    SameNode,
    /// Whether the node has a link-local address.
    LinkLocal,
    /// Which addresses the API server has.
    ApiServer,
    /// A setting of Cilium.
    CiliumSetting(&'static str),
    /// What the version of Cilium at hand makes of a rule.
    CiliumVersion,
    /// Whether Cilium runs, whose policy it is.
    CiliumRuns,
    /// Whether Cilium runs on this node.
    CiliumOnNode(&'s str),
    /// The ranges of a `CiliumCIDRGroup`.
    CidrGroup(&'s str),
    /// A Service that a rule names, or what is behind it.
    ServiceEndpoints(&'s str),
    /// Whether both ends can authenticate each other.
    Authentication,
    /// Whether the pod was started in the strict mode of the Amazon VPC CNI.
    StrictMode,
    /// Where a tier stands among the others, and how it ends.
    Tier(&'s str),
    /// Sets of addresses that a rule may choose by their labels.
    NetworkSets,
    /// Labels of this service account.
    AccountLabels(&'s str),
    /// Which endpoints this Service has.
    Endpoints(&'s str),
    /// Whose policies are enforced: those of two systems that bring their own tiers stand side by side.
    MixedSystems,
    /// Whom this group means.
    Group(&'s str),
    /// The port from which it is connected.
    SourcePort,
    /// What is decided about the traffic of a node itself, as this object makes it.
    HostEndpoint(&'s str),
    /// What an HTTP request asks for, and whether anybody looks at it.
    HttpRequest,
    /// Policies of one system beside the plugin of another, which was seen enforcing.
    OtherPlugin(&'static str),
}

impl Missing<'_> {
    /// Is it left open by what was asked, and not by what was read?
    pub const fn is_question(&self) -> bool {
        matches!(self, Self::Caller | Self::Request)
    }

    /// What to name of two: a gap outweighs *it depends on who connects*, and the first the second.
    pub(super) fn rather(first: Option<Self>, missing: Self) -> Self {
        first.filter(|first| *first != Missing::Caller).unwrap_or(missing)
    }

    /// One word for counting.
    pub const fn key(&self) -> &'static str {
        match self {
            Self::HostNetwork => "host-network",
            Self::VirtualNode => "virtual-node",
            Self::NamespaceLabels(_) => "namespace-labels",
            Self::NodeLabels(_) => "node-labels",
            Self::PodAddress => "pod-address",
            Self::AddressRuleOnPods(_) => "ip-block-on-pods",
            Self::SourceTranslation => "source-translation",
            Self::OutsideAddress => "outside-address",
            Self::AddressRange => "address-range",
            Self::Port => "port",
            Self::NamedPort(_) => "named-port",
            Self::EndPort(_) => "end-port",
            Self::DomainNames => "domain-names",
            Self::Form => "unknown-form",
            Self::EqualPriorities => "equal-priorities",
            Self::MixedApis => "mixed-apis",
            Self::UnnamedPod => "unnamed-pod",
            Self::Caller => "caller",
            Self::Identity => "identity",
            Self::ClientTls => "client-tls",
            Self::Injection => "injection",
            Self::Token => "token",
            Self::Authorizer(_) => "authorizer",
            Self::ServerName => "server-name",
            Self::MeshConfig(_) => "mesh-config",
            Self::Waypoint(_) => "waypoint",
            Self::Reference(..) => "reference",
            Self::Request => "request",
            Self::Pattern => "pattern",
            Self::SameNode => "same-node",
            Self::LinkLocal => "link-local",
            Self::ApiServer => "api-server",
            Self::CiliumSetting(_) => "cilium-setting",
            Self::CiliumVersion => "cilium-version",
            Self::CiliumRuns => "cilium-runs",
            Self::CiliumOnNode(_) => "cilium-on-node",
            Self::CidrGroup(_) => "cidr-group",
            Self::ServiceEndpoints(_) => "endpoints-of-a-service",
            Self::Authentication => "authentication",
            Self::StrictMode => "strict-mode",
            Self::Tier(_) => "tier",
            Self::NetworkSets => "network-sets",
            Self::AccountLabels(_) => "service-account-labels",
            Self::Endpoints(_) => "service-endpoints",
            Self::MixedSystems => "mixed-systems",
            Self::Group(_) => "group",
            Self::SourcePort => "source-port",
            Self::HostEndpoint(_) => "host-endpoint",
            Self::HttpRequest => "http-request",
            Self::OtherPlugin(_) => "other-plugin",
        }
    }
}

impl fmt::Display for Missing<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::HostNetwork => {
                f.write_str("one end is in a node's own network, where plugins see the node and not the pod")
            }
            Self::VirtualNode => {
                f.write_str("the pod runs on a virtual node, where policies may not be enforced as they are elsewhere")
            }
            Self::NamespaceLabels(ns) => write!(f, "the labels of namespace {ns} were not read"),
            Self::NodeLabels(node) => write!(f, "the labels of node {node} were not read"),
            Self::PodAddress => f.write_str("a rule names addresses and the pod's address is not known"),
            Self::AddressRuleOnPods(cni) => {
                write!(f, "a rule names addresses and {cni} does not apply such rules to pods the way others do")
            }
            Self::SourceTranslation => {
                f.write_str("a rule names source addresses and the source may be rewritten on its way into the cluster")
            }
            Self::OutsideAddress => {
                f.write_str("a rule names addresses and the address outside the cluster is not known")
            }
            Self::AddressRange => f.write_str("an address range in a rule is masked or malformed"),
            Self::Port => f.write_str("the number of the port is not known"),
            Self::NamedPort(name) => {
                write!(f, "what the port name {name:?} stands for at the destination is not known")
            }
            Self::EndPort(cni) => write!(f, "a rule gives a port range and {cni} may ignore its end"),
            Self::DomainNames => f.write_str("a rule names domain names and their addresses are not known"),
            Self::Form => f.write_str("a rule is written in a form this version does not know"),
            Self::EqualPriorities => {
                f.write_str("policies of equal priority disagree and the API leaves their order open")
            }
            Self::MixedApis => {
                f.write_str("AdminNetworkPolicy and ClusterNetworkPolicy disagree and no order between them is defined")
            }
            Self::UnnamedPod => f.write_str("no pod or node in the snapshot has the address"),
            Self::Caller => f.write_str("it depends on who connects"),
            Self::Identity => f.write_str("it depends on who the caller proves to be, and the input does not show it"),
            Self::ClientTls => f.write_str(
                "whether the client's proxy speaks the mesh's TLS there depends on rules that are not evaluated",
            ),
            Self::Injection => f.write_str("whether a proxy of the mesh is put beside the pod is not known"),
            Self::Token => f.write_str("a rule looks at a token of the request, and what is in it is not known"),
            Self::Authorizer(name) => write!(f, "the external authorizer {name:?} decides it"),
            Self::ServerName => f.write_str("a rule looks at the server name of the TLS handshake, which is not known"),
            Self::MeshConfig(name) => write!(f, "the configuration of the mesh (ConfigMap {name}) was not read"),
            Self::Waypoint(name) => write!(f, "whether it goes through the waypoint {name} is not known"),
            Self::Reference(kind, name) => write!(f, "a policy refers to {kind} {name}, which was not read"),
            Self::Request => f.write_str("it depends on the request, and not all of it is known"),
            Self::Pattern => f.write_str("a rule has a pattern that programs may read in different ways"),
            Self::SameNode => f.write_str("it depends on whether both ends are on one node"),
            Self::LinkLocal => f.write_str("the address is link-local, and whether the node has it is not known"),
            Self::ApiServer => f.write_str("a rule names the API server and its addresses were not read"),
            Self::CiliumSetting(key) => {
                write!(f, "it depends on the setting {key} of Cilium, which was not read or is not evaluated")
            }
            Self::CiliumVersion => f.write_str("versions of Cilium differ in what a rule means"),
            Self::CiliumRuns => {
                f.write_str("the policy is Cilium's, and another network plugin was seen running and not Cilium")
            }
            Self::CiliumOnNode(node) => {
                write!(f, "nothing shows that Cilium runs on node {node}, which counts as outside if it does not")
            }
            Self::CidrGroup(name) => write!(f, "the CiliumCIDRGroup {name} was not read"),
            Self::ServiceEndpoints(name) => {
                write!(f, "a rule names the Service {name}, and it or what is behind it was not read")
            }
            Self::Authentication => {
                f.write_str("a rule demands mutual authentication, and nothing shows that it succeeds")
            }
            Self::StrictMode => f.write_str(
                "no policy selects the pod, and nothing shows whether it was started in the strict mode of the Amazon VPC CNI, in which such pods are closed",
            ),
            Self::Tier(name) => write!(f, "tier {name}, in which the policy stands, was not read"),
            Self::NetworkSets => f.write_str(
                "a rule may mean the addresses of a NetworkSet or GlobalNetworkSet, and these were not all read",
            ),
            Self::AccountLabels(name) => write!(f, "the labels of service account {name} were not read"),
            Self::Endpoints(name) => write!(f, "a rule names Service {name}, whose EndpointSlices were not all read"),
            Self::MixedSystems => {
                f.write_str("policies of two network plugins stand side by side, and only one enforces its own")
            }
            Self::Group(name) => write!(f, "a rule names group {name}, whose members were not read or cannot be told"),
            Self::SourcePort => f.write_str("a rule names source ports and the port of the client is not known"),
            Self::HostEndpoint(name) => {
                write!(
                    f,
                    "HostEndpoint {name} lets policies decide about the traffic of the node, which is not evaluated"
                )
            }
            Self::HttpRequest => f.write_str("a rule looks at HTTP requests, which only some data planes do"),
            Self::OtherPlugin(by) => {
                write!(f, "{by} was seen enforcing policies and nothing shows that anybody enforces this one")
            }
        }
    }
}

/// Does something hold?
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Truth<'s> {
    /// It does.
    Yes,
    /// It does not.
    No,
    /// Cannot be told.
    Unknown(Missing<'s>),
}

impl Truth<'_> {
    /// A plain fact.
    pub const fn of(fact: bool) -> Self {
        if fact { Self::Yes } else { Self::No }
    }

    /// Both: a *no* settles it.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        match (self, other) {
            (Self::No, _) | (_, Self::No) => Self::No,
            (Self::Yes, x) | (x, Self::Yes) => x,
            (Self::Unknown(a), Self::Unknown(b)) => Self::Unknown(heavier(a, b)),
        }
    }

    /// Either: a *yes* settles it.
    #[must_use]
    pub fn or(self, other: Self) -> Self {
        match (self, other) {
            (Self::Yes, _) | (_, Self::Yes) => Self::Yes,
            (Self::No, x) | (x, Self::No) => x,
            (Self::Unknown(a), Self::Unknown(b)) => Self::Unknown(heavier(a, b)),
        }
    }

    /// The opposite.
    #[must_use]
    pub const fn negated(self) -> Self {
        match self {
            Self::Yes => Self::No,
            Self::No => Self::Yes,
            Self::Unknown(missing) => Self::Unknown(missing),
        }
    }

    /// Any of several; stops at the first *yes*.
    pub fn any(of: impl IntoIterator<Item = Self>) -> Self {
        let mut result = Self::No;
        for truth in of {
            result = result.or(truth);
            if result == Self::Yes {
                break;
            }
        }
        result
    }
}

/// *Who connects*, and with what, is a question and not a gap: a real gap beside it is what has to be said.
fn heavier<'s>(a: Missing<'s>, b: Missing<'s>) -> Missing<'s> {
    if a == Missing::Caller || (a.is_question() && b != Missing::Caller) { b } else { a }
}

/// What one policy says about one connection.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PolicyAnswer<'s> {
    /// It does not select the pod, does not isolate this direction, or (admin policies) has no rule that
    /// matches.
    NotApplicable,
    /// A rule lets it through. Rules count from zero.
    Admits {
        /// Which rule.
        rule: usize,
    },
    /// It isolates the pod and no rule lets it through.
    DoesNotAdmit,
    /// A rule of an admin policy turns it away.
    Denies {
        /// Which rule.
        rule: usize,
    },
    /// A rule of an admin policy leaves it to the next tier.
    Passes {
        /// Which rule.
        rule: usize,
    },
    /// Cannot be told: the missing fact, and what the answer may turn out to be.
    Undecidable {
        /// What is missing.
        missing: Missing<'s>,
        /// What it may turn out to be.
        possible: Outcomes,
    },
}

impl PolicyAnswer<'_> {
    /// What it may be.
    pub const fn outcomes(&self) -> Outcomes {
        match self {
            Self::NotApplicable => Outcomes::NONE,
            Self::Admits { .. } => Outcomes::ALLOW,
            Self::DoesNotAdmit | Self::Denies { .. } => Outcomes::DENY,
            Self::Passes { .. } => Outcomes::PASS,
            Self::Undecidable { possible, .. } => *possible,
        }
    }
}

/// A set of possible outcomes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Outcomes(u8);

impl Outcomes {
    /// Impossible.
    pub const EMPTY: Self = Self(0);
    /// Says nothing about the connection.
    pub const NONE: Self = Self(1);
    /// Lets it through.
    pub const ALLOW: Self = Self(2);
    /// Does not let it through.
    pub const DENY: Self = Self(4);
    /// Leaves it to the next tier.
    pub const PASS: Self = Self(8);
    /// Turns it away whatever other policies of the tier admit.
    pub const VETO: Self = Self(32);
    /// No rule decides: how its tier ends does.
    pub const END: Self = Self(16);

    /// Either set.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Without these.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Is any of these possible?
    pub const fn may(self, other: Self) -> bool {
        self.0 & other.0 != 0
    }

    /// Is nothing possible?
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    /// Is exactly one outcome possible?
    pub const fn is_settled(self) -> bool {
        self.0.is_power_of_two()
    }
}

/// What the fold says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Answer {
    /// Positive evidence at one end that it is turned away.
    Denied,
    /// Cannot be told. Never to be read as *not denied*.
    Unknown,
    /// Every policy of both ends lets it through.
    Allowed,
}

impl Answer {
    /// As `can` writes it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::Denied => "denied",
            Self::Unknown => "unknown",
            Self::Allowed => "allowed",
        }
    }
}

impl fmt::Display for Answer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.pad(self.word())
    }
}
