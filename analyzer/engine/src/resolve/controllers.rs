//! Known ingress controllers: how a class names them, how their pods are recognised, and how they differ
//! where the difference decides whether traffic passes.
//!
//! Sources: each product's documentation and default chart (the string of its `IngressClass`
//! `spec.controller`, its pod labels and images). A controller that is not listed is *unknown*: nothing is
//! ever condemned because of it.

use kubereach_model::snapshot::Index;
use kubereach_model::snapshot::model::Pod;

/// Which product; only those that some rule treats differently have a name of their own.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Product {
    /// The Kubernetes project's nginx controller.
    IngressNginx,
    /// F5 NGINX's own controller.
    NginxInc,
    /// Traefik.
    Traefik,
    /// AWS Load Balancer Controller, or the one built into EKS Auto Mode.
    AwsAlb,
    /// Google's controller.
    Gce,
    /// OpenShift's Ingress-to-Route controller and router.
    OpenShift,
    /// Kong.
    Kong,
    /// Any other that is known by name.
    Other,
}

/// Where the machinery that carries the traffic runs.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Place {
    /// In pods of this cluster that carry the traffic themselves: none ready, no traffic.
    Pods,
    /// In pods of this cluster, but the recognised ones only configure others that carry the traffic.
    ControlPods,
    /// Outside; pods of this cluster may configure it.
    Outside,
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

/// How a controller deals with a Service of type `ExternalName` behind an Ingress.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ExternalNames {
    /// Served unless told otherwise.
    Served,
    /// Refused unless told otherwise.
    Refused,
    /// Not known.
    Unknown,
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
    /// `spec.controller` of its classes; `id/anything` belongs to it too.
    pub ids: &'static [&'static str],
    /// Values of the annotation `kubernetes.io/ingress.class` it answers to unless configured otherwise.
    pub words: &'static [&'static str],
    /// It compares `ingressClassName` with its own word and needs no `IngressClass` object (or has a flag
    /// for that).
    pub by_word: bool,
    /// Labels of its pods; an empty value stands for any.
    pub labels: &'static [(&'static str, &'static str)],
    /// Endings of its images' repositories.
    pub images: &'static [&'static str],
    /// How it uses a Service's endpoints.
    pub dials: Dials,
    /// What it does with `ExternalName` backends.
    pub external_names: ExternalNames,
    /// All Ingresses of a class share one set of hosts and paths; otherwise each has its own front door.
    pub shared: bool,
    /// It brings its own certificates: Secrets of `spec.tls` are not used.
    pub own_certificates: bool,
}

const BLANK: Controller = Controller {
    product: Product::Other,
    name: "",
    place: Place::ControlPods,
    ids: &[],
    words: &[],
    by_word: false,
    labels: &[],
    images: &[],
    dials: Dials::Unknown,
    external_names: ExternalNames::Unknown,
    shared: true,
    own_certificates: false,
};

/// Every known controller.
pub static CONTROLLERS: &[Controller] = &[
    Controller {
        product: Product::IngressNginx,
        name: "ingress-nginx",
        place: Place::Pods,
        ids: &["k8s.io/ingress-nginx", "webapprouting.kubernetes.azure.com/nginx"],
        words: &["nginx"],
        labels: &[("app.kubernetes.io/name", "ingress-nginx")],
        images: &["ingress-nginx/controller", "ingress-nginx/controller-chroot", "nginx-ingress-controller"],
        dials: Dials::IngressNginx,
        external_names: ExternalNames::Served,
        ..BLANK
    },
    Controller {
        product: Product::NginxInc,
        name: "F5 NGINX Ingress Controller",
        place: Place::Pods,
        ids: &["nginx.org/ingress-controller"],
        labels: &[("app.kubernetes.io/name", "nginx-ingress")],
        images: &["nginx/nginx-ingress", "nginx-ic/nginx-plus-ingress"],
        dials: Dials::ReadyEndpoints,
        ..BLANK
    },
    Controller {
        product: Product::Traefik,
        name: "Traefik",
        place: Place::Pods,
        ids: &["traefik.io/ingress-controller"],
        words: &["traefik"],
        by_word: true,
        labels: &[("app.kubernetes.io/name", "traefik")],
        images: &["traefik", "mirrored-library-traefik"],
        external_names: ExternalNames::Refused,
        ..BLANK
    },
    Controller {
        name: "Contour",
        ids: &["projectcontour.io/contour", "projectcontour.io/ingress-controller"],
        words: &["contour"],
        by_word: true,
        labels: &[("app", "contour"), ("app.kubernetes.io/name", "contour")],
        images: &["projectcontour/contour"],
        dials: Dials::ReadyEndpoints,
        external_names: ExternalNames::Refused,
        ..BLANK
    },
    Controller {
        name: "HAProxy Kubernetes Ingress Controller",
        place: Place::Pods,
        ids: &["haproxy.org/ingress-controller"],
        words: &["haproxy"],
        labels: &[("run", "haproxy-ingress"), ("app.kubernetes.io/name", "kubernetes-ingress")],
        images: &["haproxytech/kubernetes-ingress"],
        ..BLANK
    },
    Controller {
        name: "HAProxy Ingress",
        place: Place::Pods,
        ids: &["haproxy-ingress.github.io/controller"],
        labels: &[("app.kubernetes.io/name", "haproxy-ingress")],
        images: &["jcmoraisjr/haproxy-ingress"],
        ..BLANK
    },
    Controller {
        product: Product::Kong,
        name: "Kong",
        ids: &["ingress-controllers.konghq.com/kong", "konghq.com/kic-gateway-controller"],
        words: &["kong"],
        by_word: true,
        labels: &[("app.kubernetes.io/name", "kong")],
        images: &["kong/kubernetes-ingress-controller"],
        dials: Dials::ReadyEndpoints,
        ..BLANK
    },
    Controller {
        product: Product::AwsAlb,
        name: "AWS Load Balancer Controller",
        place: Place::Outside,
        ids: &["ingress.k8s.aws/alb"],
        words: &["alb"],
        labels: &[("app.kubernetes.io/name", "aws-load-balancer-controller")],
        images: &["aws-load-balancer-controller", "aws-alb-ingress-controller"],
        shared: false,
        own_certificates: true,
        ..BLANK
    },
    Controller {
        product: Product::AwsAlb,
        name: "EKS Auto Mode",
        place: Place::Outside,
        ids: &["eks.amazonaws.com/alb"],
        shared: false,
        own_certificates: true,
        ..BLANK
    },
    Controller {
        product: Product::Gce,
        name: "Google Cloud load balancer (GKE Ingress)",
        place: Place::Outside,
        ids: &["k8s.io/ingress-gce"],
        words: &["gce", "gce-internal"],
        by_word: true,
        shared: false,
        ..BLANK
    },
    Controller {
        name: "Azure Application Gateway",
        place: Place::Outside,
        ids: &["azure/application-gateway"],
        words: &["azure/application-gateway"],
        labels: &[("app", "ingress-appgw"), ("app", "ingress-azure")],
        images: &["application-gateway/kubernetes-ingress"],
        ..BLANK
    },
    Controller {
        name: "Azure Application Gateway for Containers",
        place: Place::Outside,
        ids: &["alb.networking.azure.io/alb-controller"],
        ..BLANK
    },
    Controller {
        product: Product::OpenShift,
        name: "the OpenShift router",
        place: Place::Pods,
        ids: &["openshift.io/ingress-to-route"],
        words: &["openshift-default"],
        labels: &[("ingresscontroller.operator.openshift.io/deployment-ingresscontroller", "")],
        ..BLANK
    },
    Controller {
        name: "Cilium",
        ids: &["cilium.io/ingress-controller"],
        words: &["cilium"],
        by_word: true,
        labels: &[("k8s-app", "cilium"), ("k8s-app", "cilium-envoy")],
        images: &["cilium/cilium"],
        ..BLANK
    },
    Controller {
        name: "Istio",
        ids: &["istio.io/ingress-controller"],
        words: &["istio"],
        labels: &[("istio", "ingressgateway")],
        ..BLANK
    },
    Controller {
        name: "Emissary",
        place: Place::Pods,
        ids: &["getambassador.io/ingress-controller"],
        words: &["ambassador"],
        labels: &[("app.kubernetes.io/name", "emissary-ingress"), ("app.kubernetes.io/name", "ambassador")],
        images: &["emissaryingress/emissary", "datawire/aes", "datawire/ambassador"],
        ..BLANK
    },
    Controller {
        name: "the Tailscale operator",
        ids: &["tailscale.com/ts-ingress"],
        words: &["tailscale"],
        by_word: true,
        images: &["tailscale/k8s-operator"],
        dials: Dials::ClusterAddress,
        shared: false,
        own_certificates: true,
        ..BLANK
    },
    Controller {
        name: "the Cloudflare tunnel ingress controller",
        place: Place::Outside,
        ids: &["strrl.dev/cloudflare-tunnel-ingress-controller"],
        images: &["cloudflare-tunnel-ingress-controller"],
        dials: Dials::ClusterAddress,
        own_certificates: true,
        ..BLANK
    },
    Controller {
        name: "ngrok",
        place: Place::Outside,
        ids: &["k8s.ngrok.com/ingress-controller", "ngrok.com/ingress-controller"],
        own_certificates: true,
        ..BLANK
    },
    Controller {
        name: "Apache APISIX",
        ids: &["apisix.apache.org/apisix-ingress-controller", "apisix.apache.org/apisix-ingress"],
        words: &["apisix"],
        images: &["apache/apisix-ingress-controller"],
        ..BLANK
    },
    Controller {
        name: "Skipper",
        place: Place::Pods,
        ids: &["zalando.org/skipper"],
        words: &["skipper"],
        by_word: true,
        labels: &[("application", "skipper-ingress")],
        images: &["zalando/skipper", "teapot/skipper"],
        ..BLANK
    },
    Controller {
        name: "Pomerium",
        ids: &["pomerium.io/ingress-controller"],
        images: &["pomerium/ingress-controller"],
        ..BLANK
    },
    Controller {
        name: "Higress",
        ids: &["higress.io/higress-controller"],
        words: &["higress"],
        by_word: true,
        ..BLANK
    },
    Controller { name: "Avi Kubernetes Operator", place: Place::Outside, ids: &["ako.vmware.com/avi-lb"], ..BLANK },
    Controller {
        name: "F5 BIG-IP Container Ingress Services",
        place: Place::Outside,
        ids: &["f5.com/cntr-ingress-svcs"],
        words: &["f5"],
        ..BLANK
    },
    Controller {
        name: "NetScaler ingress controller",
        place: Place::Outside,
        ids: &["citrix.com/ingress-controller"],
        words: &["citrix"],
        ..BLANK
    },
    Controller {
        name: "Alibaba Cloud ALB",
        place: Place::Outside,
        ids: &["ingress.k8s.alibabacloud/alb"],
        shared: false,
        ..BLANK
    },
    Controller {
        name: "OCI native ingress controller",
        place: Place::Outside,
        ids: &["oci.oraclecloud.com/native-ingress-controller"],
        ..BLANK
    },
];

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

/// The first controller of a product.
pub fn of(product: Product) -> Option<&'static Controller> {
    CONTROLLERS.iter().find(|c| c.product == product)
}

/// Recognises controller pods by label and image, each in constant time.
#[derive(Debug)]
pub struct Recogniser {
    labels: Index<(&'static str, &'static str), &'static Controller>,
    images: Index<&'static str, Vec<(&'static str, &'static Controller)>>,
}

impl Default for Recogniser {
    fn default() -> Self {
        let mut labels = Index::default();
        let mut images: Index<&str, Vec<_>> = Index::default();
        for controller in CONTROLLERS {
            for label in controller.labels {
                labels.entry(*label).or_insert(controller);
            }
            for image in controller.images {
                let last = image.rsplit('/').next().unwrap_or(image);
                images.entry(last).or_default().push((*image, controller));
            }
        }
        Self { labels, images }
    }
}

impl Recogniser {
    /// Which controller a pod belongs to.
    pub fn recognise(&self, pod: &Pod) -> Option<&'static Controller> {
        // ingress-nginx's chart gives its admission jobs and its default backend the same name.
        let component = pod.metadata.label("app.kubernetes.io/component");
        let helper =
            |c: &Controller| c.product == Product::IngressNginx && component.is_some_and(|c| c != "controller");
        let by_label = pod.metadata.labels.iter().find_map(|(key, value)| {
            self.labels.get(&(key.as_str(), value.as_str())).or_else(|| self.labels.get(&(key.as_str(), "")))
        });
        by_label.copied().filter(|c| !helper(c)).or_else(|| {
            pod.spec.serving_containers().filter_map(|c| c.image.as_deref()).find_map(|image| self.by_image(image))
        })
    }

    fn by_image(&self, image: &str) -> Option<&'static Controller> {
        let repository = repository(image);
        let last = repository.rsplit('/').next()?;
        self.images.get(last)?.iter().find_map(|(ending, controller)| {
            let rest = repository.strip_suffix(ending)?;
            (rest.is_empty() || rest.ends_with('/')).then_some(*controller)
        })
    }
}

/// An image reference without tag and digest.
fn repository(image: &str) -> &str {
    let image = image.split('@').next().unwrap_or(image);
    let name = image.rfind('/').map_or(0, |slash| slash + 1);
    match image.get(name..).and_then(|last| last.find(':')) {
        Some(colon) => image.get(..name + colon).unwrap_or(image),
        None => image,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use kubereach_model::snapshot::model::Container;

    fn pod_with(image: &str) -> Pod {
        let mut pod = Pod::default();
        pod.spec.containers = vec![Container { image: Some(image.into()), ..Container::default() }].into();
        pod
    }

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
    fn pods_are_recognised_by_image_whatever_registry_and_tag() {
        let recogniser = Recogniser::default();
        for (image, name) in [
            ("registry.k8s.io/ingress-nginx/controller:v1.11.2@sha256:abc", Some("ingress-nginx")),
            ("mirror:5000/rancher/nginx-ingress-controller:1.9", Some("ingress-nginx")),
            ("traefik:v3.1", Some("Traefik")),
            ("traefik", Some("Traefik")),
            ("example.com/team/controller:1", None),
            ("nginx:1.27", None),
            ("", None),
        ] {
            assert_eq!(recogniser.recognise(&pod_with(image)).map(|c| c.name), name, "{image}");
        }
    }
}
