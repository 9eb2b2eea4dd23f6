//! Annotations of Ingresses and Services that products act on, where more than one place reads them.
//!
//! Sources: ingress-nginx `docs/user-guide/nginx-configuration/annotations.md`; AWS Load Balancer Controller
//! `docs/guide/ingress/annotations.md`.

/// Prefix of ingress-nginx.
pub const NGINX: &str = "nginx.ingress.kubernetes.io/";
/// ingress-nginx: TLS is handed to the backend unopened, if the controller runs with [`SSL_PASSTHROUGH_FLAG`].
pub const SSL_PASSTHROUGH: &str = "nginx.ingress.kubernetes.io/ssl-passthrough";
/// The flag of ingress-nginx without which [`SSL_PASSTHROUGH`] does nothing.
pub const SSL_PASSTHROUGH_FLAG: &str = "--enable-ssl-passthrough";
/// ingress-nginx: every request is answered with a redirect.
pub const REDIRECTS: [&str; 2] =
    ["nginx.ingress.kubernetes.io/permanent-redirect", "nginx.ingress.kubernetes.io/temporal-redirect"];
/// ingress-nginx: the Service that answers where the backend has no ready endpoint.
pub const DEFAULT_BACKEND: &str = "nginx.ingress.kubernetes.io/default-backend";
/// ingress-nginx: the Ingress takes a share of the traffic of another.
pub const CANARY: &str = "nginx.ingress.kubernetes.io/canary";

/// AWS Load Balancer Controller: `instance` sends to node ports, `ip` to pods.
pub const ALB_TARGET_TYPE: &str = "alb.ingress.kubernetes.io/target-type";
/// AWS Load Balancer Controller: Ingresses of one group share a load balancer.
pub const ALB_GROUP: &str = "alb.ingress.kubernetes.io/group.name";
/// AWS Load Balancer Controller: an action, by the name that follows.
pub const ALB_ACTION: &str = "alb.ingress.kubernetes.io/actions.";
