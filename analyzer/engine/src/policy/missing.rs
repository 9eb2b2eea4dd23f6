//! What is missing where an answer is neither yes nor no.

use std::fmt;

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
    /// A node may stand for a client outside.
    NodeForClient,
    /// kube-proxy puts a node's address in the place of every client's.
    Masqueraded,
    /// Whether the cluster's DNS answers or a cache on the node.
    NodeCache,
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
            Self::NodeForClient => "node-for-client",
            Self::Masqueraded => "masqueraded",
            Self::NodeCache => "node-cache",
        }
    }

    /// What may happen to a connection on its way.
    const fn of_the_way(&self) -> &'static str {
        match self {
            Self::NodeForClient => {
                "a node may stand for the client (externalTrafficPolicy Cluster), and a pod's own node is always let in"
            }
            Self::Masqueraded => {
                "kube-proxy puts a node's address in the place of the client's (masqueradeAll), and the node was not read"
            }
            _ => "a cache on the node (node-local-dns) may answer, and plugins differ in what they let pass to it",
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
            Self::NodeForClient | Self::Masqueraded | Self::NodeCache => f.write_str(self.of_the_way()),
            Self::OtherPlugin(by) => {
                write!(f, "{by} was seen enforcing policies and nothing shows that anybody enforces this one")
            }
        }
    }
}
