//! `ingress/older-claim-unseen`

use kubereach_reports::report::SegmentName;

use crate::checks::ingress::words;
use crate::evaluate::ingress::IngressPath;
use crate::resolve::controllers::Product;
use crate::resolve::ingress::claims::is_canary;
use kubereach_model::evidence::{Assumes, CheckDoc, MayBeInTheWay, Obstacle, Reading, Segment, Text};

/// What `explain` says of it.
pub static DOC: CheckDoc<Assumes> = CheckDoc::new(Text {
    code: "ingress/older-claim-unseen",
    segment: SegmentName::Rule,
    title: "An older Ingress that was not read may hold the host or the path",
    explanation: "Ingresses of all namespaces meet at one controller. ingress-nginx gives a path of a host to the oldest \
                  Ingress that asks for it, and F5 NGINX gives it the whole host. The Ingresses of the cluster were not \
                  all read, so an older one in another namespace may take what this one asks for. That there is none is \
                  assumed, and the report says so once.",
    example: "The dump of one namespace, with an Ingress of class nginx for shop.example.",
    sources: &[
        "kubernetes/ingress-nginx internal/ingress/controller/store/store.go (order by creation)",
        "nginx/kubernetes-ingress internal/k8s/configuration.go",
    ],
});

/// For a rule of a controller that lets the oldest win. In manifests nothing is old.
pub fn check(cx: &IngressPath<'_, '_>, segment: &mut Segment) {
    let oldest_wins = cx.state.is(Product::IngressNginx) || cx.state.is(Product::F5Nginx);
    let Err(gap) = &cx.all.complete else { return };
    if !oldest_wins || cx.state.manifests.is_some() || is_canary(cx.state) {
        return;
    }
    let message = match cx.declared.host {
        Some(host) => format!("an older Ingress for the host {} was not read, if there is one", words::brief(host)),
        None => "an older Ingress for every host was not read, if there is one".to_owned(),
    };
    let obstacle = Obstacle::new(MayBeInTheWay::Claims, gap.clone());
    let reading = Reading {
        resource: "ingresses.networking.k8s.io".to_owned(),
        arguments: "-A -o yaml > ingresses.yaml".to_owned(),
    };
    let assumption =
        DOC.assumption(obstacle, cx.object(), message).could("hold the same host and path, and take the requests");
    let field = cx.declared.host_field.iter().cloned();
    segment.assume(assumption.read_by(reading).at(cx.state.ingress.origin, field), cx.state.strict);
}
