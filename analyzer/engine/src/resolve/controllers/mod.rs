//! Known controllers of Ingresses and Gateways: how a class names them, how their pods and the proxies that carry
//! the traffic are recognised, and how they differ where the difference decides whether traffic passes.
//!
//! Every fact about one product stands in its row of [`CONTROLLERS`]; everybody asks there. A controller without a
//! row is *unknown*: nothing is ever condemned because of it
//! (`docs/semantics/ingress-controllers.md#a-controller-that-is-not-known-is-never-condemned`).

pub mod annotations;
pub mod flags;
mod recognise;
pub mod selection;
mod table;

pub use recognise::Recogniser;
pub(super) use recognise::{proxy_of, runs};
pub use table::CONTROLLERS;

/// Which product; only those that some rule treats differently have a name of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Product {
    /// The Kubernetes project's nginx controller.
    IngressNginx,
    /// AWS Load Balancer Controller, or the one built into EKS Auto Mode.
    AwsAlb,
    /// F5's nginx controller.
    F5Nginx,
    /// Traefik.
    Traefik,
    /// Contour.
    Contour,
    /// Google's controller.
    Gce,
    /// OpenShift's Ingress-to-Route controller and router.
    OpenShift,
    /// Any other that is known by name.
    Other,
}

/// Where the machinery that carries the traffic runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// In the recognised pods of this cluster, which carry the traffic themselves: none ready, no traffic.
    Pods,
    /// In pods of this cluster, but the recognised ones only configure others that carry the traffic.
    ControlPods,
    /// Outside; pods of this cluster may configure it.
    Outside,
}

/// What dials the backends, where the recognised pods ([`Place::ControlPods`]) do not.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Proxies {
    /// Pods that show one of these signs, wherever they run.
    Pods(&'static [PodSign]),
    /// A proxy on every node that the network plugin knows by an identity of its own.
    OwnIdentity,
    /// Not known.
    Unknown,
}

/// What tells a proxy pod by one look: everything that is given must hold.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PodSign {
    /// It carries all of these labels.
    pub labels: &'static [(&'static str, &'static str)],
    /// A container runs one of these images, by the last part of the repository; a final `*` stands for any ending.
    pub images: &'static [&'static str],
    /// A container has this name.
    pub container: Option<&'static str>,
}

/// How a controller uses the Service behind a rule.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Dials {
    /// The cluster address, as any client would.
    ClusterAddress,
    /// Ready addresses, read from EndpointSlices.
    ReadyEndpoints,
    /// Ready TCP addresses, with ingress-nginx's own fallbacks.
    IngressNginx,
    /// Not known.
    Unknown,
}

/// Which object an annotation stands on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum On {
    /// The Ingress.
    Ingress,
    /// The Service.
    Service,
    /// The Service, or the Ingress where the Service does not have it.
    ServiceElseIngress,
}

/// An annotation with the value that makes a difference.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Setting {
    /// Where it stands.
    pub on: On,
    /// Its key.
    pub key: &'static str,
    /// The value.
    pub value: &'static str,
}

/// How a controller deals with a Service of type `ExternalName` behind an Ingress.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExternalNames {
    /// Served unless told otherwise.
    Served,
    /// Refused unless one of these flags is given (or its configuration file says so).
    RefusedWithout(&'static [&'static str]),
    /// Not known.
    Unknown,
}

/// What becomes of a backend whose port is not a Service port but the target of one.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TargetPorts {
    /// It is served.
    Accepted,
    /// It is not served.
    Refused,
    /// Not known.
    Unknown,
}

/// A controller's side of the Gateway API.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gateways {
    /// How `spec.controllerName` of its `GatewayClasses` begins.
    pub controller_name: &'static str,
    /// How the pods of one Gateway are found, beside the label of GEP-1762.
    pub pods: GatewayPods,
    /// It reads EndpointSlices and dials ready addresses itself; otherwise it is not known.
    pub dials_endpoints: bool,
    /// Its TLS listeners end TLS for `TCPRoutes` as well, which the API leaves to implementations.
    pub ends_tls_for_tcp: bool,
    /// It serves `HTTPRoutes` and `GRPCRoutes` with one host name side by side.
    pub shares_hostnames: bool,
}

/// How the pods that carry a Gateway's traffic are found where none has the label of GEP-1762.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum GatewayPods {
    /// Not at all.
    Unknown,
    /// By another label with the Gateway's name, in its namespace.
    Labelled(&'static str),
    /// By another label with the Gateway's name, on pods that run one of these images; else those that all share.
    LabelledElseShared(&'static str, &'static [&'static str]),
    /// By labels with the Gateway's namespace and name, wherever they run; else, where Gateways are merged, by one
    /// with the name of its class.
    Owned {
        /// The Gateway's namespace.
        namespace: &'static str,
        /// The Gateway's name.
        name: &'static str,
        /// The class of merged Gateways.
        class: &'static str,
    },
    /// All Gateways share the pods that carry the traffic.
    Shared,
}

/// A known controller.
#[derive(Debug)]
pub struct Controller {
    /// Which.
    pub product: Product,
    /// As people call it.
    pub name: &'static str,
    /// Where its traffic runs.
    pub place: Place,
    /// What dials the backends, where `place` is [`Place::ControlPods`].
    pub proxies: Proxies,
    /// `spec.controller` of its classes; `id/anything` belongs to it too.
    pub ids: &'static [&'static str],
    /// Values of the annotation `kubernetes.io/ingress.class` it answers to unless configured otherwise.
    pub words: &'static [&'static str],
    /// It compares `ingressClassName` with its own word and needs no `IngressClass` object (or has a flag
    /// for that).
    pub by_word: bool,
    /// Labels of its pods; an empty value stands for any.
    pub labels: &'static [(&'static str, &'static str)],
    /// `app.kubernetes.io/component` of its pods, where others carry its labels too.
    pub component: Option<&'static str>,
    /// Endings of its images' repositories.
    pub images: &'static [&'static str],
    /// How the flags of an instance say what it takes; empty where they are not known.
    pub providers: &'static [selection::Provider],
    /// Annotations that only it writes, into the Ingresses that it serves.
    pub writes: &'static [&'static str],
    /// How it uses a Service's endpoints.
    pub dials: Dials,
    /// Annotations that make it use the cluster address instead.
    pub dials_cluster_address: &'static [Setting],
    /// What it does with `ExternalName` backends.
    pub external_names: ExternalNames,
    /// What it does with a port that is only the target of a Service port.
    pub target_ports: TargetPorts,
    /// All Ingresses of a class share one set of hosts and paths; otherwise each has a load balancer of its own.
    pub shared: bool,
    /// The annotation by which Ingresses share one all the same.
    pub group: Option<&'static str>,
    /// It brings its own certificates: Secrets of `spec.tls` are not used.
    pub own_certificates: bool,
    /// What it does as an implementation of the Gateway API.
    pub gateways: Option<Gateways>,
}

impl Controller {
    /// Is it run by a cloud, or otherwise outside the cluster?
    pub fn is_outside(&self) -> bool {
        self.place == Place::Outside
    }
}

/// The controller behind a class's `spec.controller`.
pub fn by_id(id: &str) -> Option<&'static Controller> {
    let known = CONTROLLERS.iter().find(|c| {
        c.ids.iter().any(|own| id.strip_prefix(own).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')))
    });
    // ingress-nginx's documentation has each further instance take a name of its own beside the default one
    // (`k8s.io/internal-ingress-nginx`).
    let variant = || id.strip_prefix("k8s.io/").is_some_and(|own| own.contains("ingress-nginx"));
    known.or_else(|| variant().then(|| of(Product::IngressNginx)).flatten())
}

/// The controller that answers to a value of the annotation `kubernetes.io/ingress.class`.
pub fn by_word(word: &str) -> Option<&'static Controller> {
    CONTROLLERS.iter().find(|c| c.words.contains(&word))
}

/// The controller that may answer to an `ingressClassName` of which there is no `IngressClass`.
pub fn without_class_object(name: &str) -> Option<&'static Controller> {
    by_word(name).filter(|controller| controller.by_word)
}

/// The controller behind a GatewayClass's `spec.controllerName`, with what it does for Gateways.
pub fn of_gateway_class(controller_name: &str) -> Option<(&'static Controller, &'static Gateways)> {
    let mut all = CONTROLLERS.iter().filter_map(|c| Some((c, c.gateways.as_ref()?)));
    all.find(|(_, gateways)| controller_name.starts_with(gateways.controller_name))
}

/// The first controller of a product.
pub fn of(product: Product) -> Option<&'static Controller> {
    CONTROLLERS.iter().find(|c| c.product == product)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Source:
    /// `docs/semantics/ingress-controllers.md#a-clouds-controller-publishes-the-address-when-the-load-balancer-exists`.
    #[test]
    fn known_controllers_are_classified_as_inside_or_outside() {
        for (id, outside) in [
            ("k8s.io/ingress-nginx", false),
            ("nginx.org/ingress-controller", false),
            ("traefik.io/ingress-controller", false),
            ("projectcontour.io/contour", false),
            ("haproxy.org/ingress-controller/haproxy", false),
            ("k8s.io/internal-ingress-nginx", false),
            ("ingress.k8s.aws/alb", true),
            ("k8s.io/ingress-gce", true),
            ("azure/application-gateway", true),
        ] {
            assert_eq!(by_id(id).map(Controller::is_outside), Some(outside), "{id}");
        }
        assert!(by_id("example.com/our-own").is_none());
        assert!(by_id("nginx.org/ingress-controllers").is_none(), "a longer name is another controller");
    }

    #[test]
    fn every_name_leads_to_one_row() {
        for (i, controller) in CONTROLLERS.iter().enumerate() {
            for other in CONTROLLERS.iter().skip(i + 1) {
                assert_ne!(controller.name, other.name);
                assert!(!controller.ids.iter().any(|id| other.ids.contains(id)), "{}", controller.name);
                assert!(!controller.words.iter().any(|word| other.words.contains(word)), "{}", controller.name);
                assert!(!controller.labels.iter().any(|label| other.labels.contains(label)), "{}", controller.name);
            }
        }
    }

    #[test]
    fn gateway_classes_lead_to_the_row_of_their_product() {
        for (name, expected) in [
            ("gateway.envoyproxy.io/gatewayclass-controller", Some(("Envoy Gateway", true, false))),
            ("istio.io/gateway-controller", Some(("Istio", true, true))),
            ("haproxy-ingress.github.io/controller", Some(("HAProxy Ingress", false, false))),
            ("example.com/own", None),
        ] {
            let found = of_gateway_class(name).map(|(c, g)| (c.name, g.dials_endpoints, g.shares_hostnames));
            assert_eq!(found, expected, "{name}");
        }
    }
}
