//! `service/selectorless-without-endpoints`

use kubereach_reports::report::SegmentName;

use crate::checks::service::selectorless_unseen;
use crate::evaluate::service::context::{Context, Situation};
use crate::evaluate::service::is_api_server;
use kubereach_model::evidence::command;
use kubereach_model::evidence::{Blocks, CheckDoc, Finding, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::EndpointSlice;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "service/selectorless-without-endpoints",
    segment: SegmentName::Endpoints,
    title: "The Service has neither selector nor addresses",
    explanation: "Without a selector somebody has to write the addresses. All EndpointSlices of the namespace \
         were read and none belongs to this Service, so connections to it are refused. Of the \
         Service default/kubernetes the API server itself is somebody: without its addresses no pod \
         reaches it. Services without ports (they exist for a name only) and those that another \
         object owns are not accused.",
    example: r"kind: Service
spec:
  ports: [{port: 5432}]   # no selector, no EndpointSlice with its name",
    sources: &[
        "core/v1 Service spec.selector",
        "discovery.k8s.io/v1 EndpointSlice",
        "kube-apiserver pkg/controlplane/reconcilers (the addresses of default/kubernetes)",
    ],
});

/// All slices were read and none leads anywhere.
pub fn finding(cx: &Context<'_, '_>) -> Option<Finding> {
    let api = is_api_server(cx);
    let kept = !api && selectorless_unseen::kept_by_somebody(cx);
    if !cx.is_selectorless() || cx.situation() != Situation::Empty || kept {
        return None;
    }
    cx.view.slices_complete(cx.cluster).then_some(())?;
    let namespace = cx.view.namespace();
    let what = format!("a ready address in an EndpointSlice of {}", cx.view.title());
    let absence = cx.cluster.snapshot.nothing_else::<EndpointSlice>(Some(namespace), what).ok()?;
    let says = if api {
        "the API server has written no address for its own Service"
    } else {
        "it has no selector, and nobody has written addresses for it"
    };
    let finding =
        DOC.finding(&absence.proof(), cx.object(), says).at(cx.view.service.origin, field!["spec", "selector"]);
    if api {
        let cause = "kube-apiserver keeps them from its own lease: none is alive, or one cannot write to etcd";
        let command = command::list("endpointslices", namespace);
        return Some(finding.cause(cause).next("Look at the API servers and their leases in kube-system.", command));
    }
    Some(
        finding
            .cause("Kubernetes fills in addresses only for a Service with a selector; the controller that should may not have run")
            .next(
                "Add a selector, or write an EndpointSlice for it.",
                format!(
                    "{} -l kubernetes.io/service-name={}",
                    command::list("endpointslices", namespace),
                    command::arg(cx.view.name())
                ),
            ),
    )
}
