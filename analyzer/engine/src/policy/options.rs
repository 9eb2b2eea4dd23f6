//! Where plugins differ: what the evaluator assumes.

/// Does an address rule (`ipBlock`) match the address of a pod?
///
/// The API leaves it open; the upstream conformance tests expect that it does, Cilium does not by default.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum AgainstPods {
    /// It does; recorded as an assumption wherever it mattered.
    #[default]
    Matches,
    /// It never does.
    Never,
    /// The plugin named here does it its own way: not decided.
    Undecidable(&'static str),
}

/// What is a node, or a pod in its node's network, to a policy?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum Nodes {
    /// Plugins differ: not decided.
    #[default]
    Undecidable,
    /// An identity of its own, as under Cilium: no selector matches it, and policies of pods do not apply to it.
    Identity {
        /// Do address rules match it? `None` where the setting was not read.
        by_address: Option<bool>,
        /// Is a pod's own node always let in?
        own_is_let_in: bool,
    },
}

/// Is `endPort` honoured?
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub enum EndPorts {
    /// It is; recorded as an assumption wherever it mattered.
    #[default]
    Honoured,
    /// The plugin named here may ignore it: not decided.
    Undecidable(&'static str),
}

/// What the evaluator assumes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct PolicyOptions {
    /// Address rules against pod addresses.
    pub address_rules_on_pods: AgainstPods,
    /// Ranges of ports.
    pub end_ports: EndPorts,
    /// Nodes, and pods in their node's network.
    pub nodes: Nodes,
    /// Is the caller the proxy of Cilium's own Ingress and Gateways? It has an identity of its own.
    pub from_own_proxy: bool,
    /// The plugin that was seen enforcing, where it is not one that enforces policies of Calico.
    pub not_calico: Option<&'static str>,
    /// The same of Antrea.
    pub not_antrea: Option<&'static str>,
}

/// An assumption on which an answer rests.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Assumed {
    /// Address rules match pod addresses.
    AddressRulesMatchPods,
    /// `endPort` is honoured.
    EndPortsHonoured,
    /// The source address arrives unchanged.
    SourceUnchanged,
    /// Who dials from outside the cluster shows no identity of the mesh.
    OutsideShowsNoIdentity,
    /// The network plugin enforces policies: a denial is a prediction.
    Enforced,
    /// What runs does not enforce the policies that are stored.
    NotEnforced,
}

impl Assumed {
    /// All of them.
    pub const ALL: [Self; 6] = [
        Self::AddressRulesMatchPods,
        Self::EndPortsHonoured,
        Self::SourceUnchanged,
        Self::OutsideShowsNoIdentity,
        Self::Enforced,
        Self::NotEnforced,
    ];

    /// One word for machines.
    pub const fn key(self) -> &'static str {
        match self {
            Self::AddressRulesMatchPods => "ip-block-matches-pods",
            Self::EndPortsHonoured => "end-port-honoured",
            Self::SourceUnchanged => "source-address-unchanged",
            Self::OutsideShowsNoIdentity => "outside-shows-no-identity",
            Self::Enforced => "policies-enforced",
            Self::NotEnforced => "policies-not-enforced",
        }
    }

    /// Why it has to be assumed.
    pub const fn why(self) -> &'static str {
        match self {
            Self::AddressRulesMatchPods => "the API leaves it to the network plugin",
            Self::EndPortsHonoured => "some plugins ignore endPort",
            Self::SourceUnchanged => "a node or load balancer on the way may put its own address in its place",
            Self::OutsideShowsNoIdentity => "another cluster or a machine may be part of the mesh",
            Self::Enforced => "the input does not show which network plugin runs",
            Self::NotEnforced => "the plugin that was seen running does not",
        }
    }

    /// For a person.
    pub const fn sentence(self) -> &'static str {
        match self {
            Self::AddressRulesMatchPods => "rules that name addresses also match the addresses of pods",
            Self::EndPortsHonoured => "the network plugin honours ranges of ports (endPort)",
            Self::SourceUnchanged => "the source address reaches the pod unchanged",
            Self::OutsideShowsNoIdentity => {
                "the caller outside the cluster is not part of the mesh and proves no identity to it"
            }
            Self::Enforced => "the network plugin enforces network policies (nothing in the input shows it)",
            Self::NotEnforced => "the network plugin does not enforce the policies that are stored",
        }
    }
}
