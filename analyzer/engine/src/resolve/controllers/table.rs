//! The rows, one a product.
//!
//! Sources, for every row unless it names another: the product's documentation and default chart, which name the
//! `spec.controller` of its classes, the labels and images of its pods and its annotations. What holds for several
//! products is explained in `docs/semantics/ingress-controllers.md` and, for Gateways,
//! `docs/semantics/gateway-api.md#the-pods-of-a-gateway-carry-its-traffic`.

use super::annotations::{ALB_GROUP, ALB_TARGET_TYPE, SSL_PASSTHROUGH};
use super::selection::{CONTOUR, F5_NGINX, INGRESS_NGINX, TRAEFIK};
use super::{
    Controller, Dials, ExternalNames, GatewayPods, Gateways, On, Place, PodSign, Product, Proxies, Setting, TargetPorts,
};

const BLANK: Controller = Controller {
    product: Product::Other,
    name: "",
    place: Place::ControlPods,
    proxies: Proxies::Unknown,
    ids: &[],
    words: &[],
    by_word: false,
    labels: &[],
    component: None,
    images: &[],
    providers: &[],
    writes: &[],
    dials: Dials::Unknown,
    dials_cluster_address: &[],
    external_names: ExternalNames::Unknown,
    target_ports: TargetPorts::Unknown,
    shared: true,
    group: None,
    own_certificates: false,
    gateways: None,
};

/// An implementation of the Gateway API that reads EndpointSlices; its pods have the label of GEP-1762.
const GATEWAYS: Gateways = Gateways {
    controller_name: "",
    pods: GatewayPods::Unknown,
    dials_endpoints: true,
    ends_tls_for_tcp: true,
    shares_hostnames: false,
};

/// Images of Envoy.
const ENVOY: [&str; 2] = ["envoy", "envoy-*"];

const fn on_ingress(key: &'static str) -> Setting {
    Setting { on: On::Ingress, key, value: "true" }
}

const fn on_service(key: &'static str) -> Setting {
    Setting { on: On::Service, key, value: "true" }
}

/// Every known controller.
pub static CONTROLLERS: &[Controller] = &[
    // Sources: kubernetes/ingress-nginx `internal/ingress/controller/{controller,endpointslices}.go`,
    // `docs/user-guide/{cli-arguments,multiple-ingress}.md`.
    Controller {
        product: Product::IngressNginx,
        name: "ingress-nginx",
        place: Place::Pods,
        ids: &["k8s.io/ingress-nginx", "webapprouting.kubernetes.azure.com/nginx"],
        words: &["nginx"],
        labels: &[("app.kubernetes.io/name", "ingress-nginx")],
        // The chart gives its admission jobs and its default backend the same name.
        component: Some("controller"),
        images: &["ingress-nginx/controller", "ingress-nginx/controller-chroot", "nginx-ingress-controller"],
        providers: INGRESS_NGINX,
        dials: Dials::IngressNginx,
        dials_cluster_address: &[
            on_ingress("nginx.ingress.kubernetes.io/service-upstream"),
            on_ingress(SSL_PASSTHROUGH),
        ],
        external_names: ExternalNames::Served,
        target_ports: TargetPorts::Accepted,
        ..BLANK
    },
    Controller {
        product: Product::F5Nginx,
        name: "F5 NGINX Ingress Controller",
        place: Place::Pods,
        providers: F5_NGINX,
        ids: &["nginx.org/ingress-controller"],
        labels: &[("app.kubernetes.io/name", "nginx-ingress")],
        images: &["nginx/nginx-ingress", "nginx-ic/nginx-plus-ingress"],
        dials: Dials::ReadyEndpoints,
        dials_cluster_address: &[on_ingress("nginx.org/use-cluster-ip")],
        ..BLANK
    },
    // Sources: traefik/traefik `pkg/provider/kubernetes/ingress/kubernetes.go`; its reference of the provider
    // Kubernetes Ingress (`disableIngressClassLookup`, `allowExternalNameServices`).
    Controller {
        product: Product::Traefik,
        name: "Traefik",
        place: Place::Pods,
        providers: TRAEFIK,
        ids: &["traefik.io/ingress-controller"],
        words: &["traefik"],
        by_word: true,
        labels: &[("app.kubernetes.io/name", "traefik")],
        images: &["traefik", "mirrored-library-traefik"],
        dials_cluster_address: &[on_service("traefik.ingress.kubernetes.io/service.nativelb")],
        external_names: ExternalNames::RefusedWithout(&[
            "--providers.kubernetesingress.allowexternalnameservices",
            "--providers.kubernetesIngress.allowExternalNameServices",
            "--providers.kubernetesingress.allowExternalNameServices",
        ]),
        target_ports: TargetPorts::Refused,
        // `pkg/provider/kubernetes/gateway/kubernetes.go`, `supportedRouteKinds`.
        gateways: Some(Gateways {
            controller_name: "traefik.io/",
            pods: GatewayPods::Shared,
            ends_tls_for_tcp: false,
            ..GATEWAYS
        }),
        ..BLANK
    },
    Controller {
        name: "Istio",
        proxies: Proxies::Pods(&[PodSign { labels: &[("istio", "ingressgateway")], images: &[], container: None }]),
        ids: &["istio.io/ingress-controller"],
        words: &["istio"],
        labels: &[("istio", "ingressgateway")],
        gateways: Some(Gateways {
            controller_name: "istio.io/",
            // What Istio wrote before GEP-1762.
            pods: GatewayPods::Labelled("istio.io/gateway-name"),
            shares_hostnames: true,
            ..GATEWAYS
        }),
        ..BLANK
    },
    Controller {
        product: Product::Contour,
        name: "Contour",
        providers: CONTOUR,
        proxies: Proxies::Pods(&[
            PodSign { labels: &[("app", "envoy")], images: &ENVOY, container: None },
            PodSign {
                labels: &[("app.kubernetes.io/name", "contour"), ("app.kubernetes.io/component", "envoy")],
                images: &ENVOY,
                container: None,
            },
        ]),
        ids: &["projectcontour.io/contour", "projectcontour.io/ingress-controller"],
        words: &["contour"],
        by_word: true,
        labels: &[("app", "contour"), ("app.kubernetes.io/name", "contour")],
        images: &["projectcontour/contour"],
        dials: Dials::ReadyEndpoints,
        // `internal/dag/cache.go`, `LookupService`: the number or name of the Service's port.
        target_ports: TargetPorts::Refused,
        // `enableExternalNameService` stands in its configuration file.
        external_names: ExternalNames::RefusedWithout(&[]),
        gateways: Some(Gateways {
            controller_name: "projectcontour.io/",
            pods: GatewayPods::LabelledElseShared("projectcontour.io/owning-gateway-name", &ENVOY),
            ..GATEWAYS
        }),
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
        gateways: Some(Gateways {
            controller_name: "haproxy-ingress.github.io/",
            pods: GatewayPods::Shared,
            dials_endpoints: false,
            ..GATEWAYS
        }),
        ..BLANK
    },
    Controller {
        name: "Kong",
        proxies: Proxies::Pods(&[PodSign { labels: &[], images: &["kong", "kong-gateway"], container: None }]),
        ids: &["ingress-controllers.konghq.com/kong", "konghq.com/kic-gateway-controller"],
        words: &["kong"],
        by_word: true,
        labels: &[("app.kubernetes.io/name", "kong")],
        images: &["kong/kubernetes-ingress-controller"],
        dials: Dials::ReadyEndpoints,
        dials_cluster_address: &[on_service("ingress.kubernetes.io/service-upstream")],
        gateways: Some(Gateways { controller_name: "konghq.com/", pods: GatewayPods::Shared, ..GATEWAYS }),
        ..BLANK
    },
    Controller {
        name: "Envoy Gateway",
        gateways: Some(Gateways {
            controller_name: "gateway.envoyproxy.io/",
            pods: GatewayPods::Owned {
                namespace: "gateway.envoyproxy.io/owning-gateway-namespace",
                name: "gateway.envoyproxy.io/owning-gateway-name",
                class: "gateway.envoyproxy.io/owning-gatewayclass",
            },
            ..GATEWAYS
        }),
        ..BLANK
    },
    Controller { name: "kgateway", gateways: Some(Gateways { controller_name: "kgateway.dev/", ..GATEWAYS }), ..BLANK },
    Controller { name: "Gloo Gateway", gateways: Some(Gateways { controller_name: "solo.io/", ..GATEWAYS }), ..BLANK },
    Controller {
        name: "NGINX Gateway Fabric",
        // Until 1.x the data plane is a container beside the control plane.
        proxies: Proxies::Pods(&[PodSign {
            labels: &[("app.kubernetes.io/name", "nginx-gateway-fabric")],
            images: &[],
            container: Some("nginx"),
        }]),
        gateways: Some(Gateways { controller_name: "gateway.nginx.org/", pods: GatewayPods::Shared, ..GATEWAYS }),
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
        // Node ports are served by kube-proxy, by the rules of the cluster address.
        dials_cluster_address: &[Setting { on: On::ServiceElseIngress, key: ALB_TARGET_TYPE, value: "instance" }],
        target_ports: TargetPorts::Refused,
        shared: false,
        group: Some(ALB_GROUP),
        own_certificates: true,
        ..BLANK
    },
    Controller {
        product: Product::AwsAlb,
        name: "EKS Auto Mode",
        place: Place::Outside,
        ids: &["eks.amazonaws.com/alb"],
        // Node ports are served by kube-proxy, by the rules of the cluster address.
        dials_cluster_address: &[Setting { on: On::ServiceElseIngress, key: ALB_TARGET_TYPE, value: "instance" }],
        target_ports: TargetPorts::Refused,
        shared: false,
        group: Some(ALB_GROUP),
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
        writes: &[
            "ingress.kubernetes.io/url-map",
            "ingress.kubernetes.io/forwarding-rule",
            "ingress.kubernetes.io/backends",
        ],
        target_ports: TargetPorts::Refused,
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
        proxies: Proxies::OwnIdentity,
        ids: &["cilium.io/ingress-controller"],
        words: &["cilium"],
        by_word: true,
        labels: &[("k8s-app", "cilium"), ("k8s-app", "cilium-envoy")],
        images: &["cilium/cilium"],
        gateways: Some(Gateways { controller_name: "io.cilium/", ..GATEWAYS }),
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
