//! `istio/credential-missing`

use kubereach_reports::report::SegmentName;

use crate::checks::istio::words;
use crate::evaluate::istio::ServerContext;
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text};
use kubereach_model::field;
use kubereach_model::snapshot::Lookup;
use kubereach_model::snapshot::model::Secret;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "istio/credential-missing",
    segment: SegmentName::Tls,
    title: "The certificate of a server does not exist",
    explanation: "The Secret that credentialName names is looked for in the namespace of the gateway's pods, and not \
                  in that of the Gateway. Without it the pods have no certificate for the server, and handshakes fail. \
                  Raised only where the Secrets of that namespace were read completely.",
    example: "credentialName: shop-tls   # the Secret is in namespace shop, the gateway in istio-system",
    sources: &[
        "Istio: Gateway.ServerTLSSettings.credentialName",
        "istio/istio pkg/config/analysis/analyzers/gateway/secret.go",
    ],
});

/// Adds it for each name that is not there.
pub fn check(cx: &ServerContext<'_, '_>, segment: &mut Segment) {
    let Some(tls) = &cx.server.tls else { return };
    let ends_here = matches!(tls.mode.as_str(), "SIMPLE" | "MUTUAL" | "OPTIONAL_MUTUAL");
    let Some(namespace) = cx.of.tier.namespace().filter(|_| ends_here) else { return };
    let names = std::iter::once(&tls.credential_name).chain(&tls.credential_names);
    for name in names.filter(|name| !name.is_empty() && !name.contains("://")) {
        let Lookup::Absent(absence) = cx.of.cluster.snapshot.lookup::<Secret>(namespace, name) else { continue };
        let message =
            format!("the Secret '{}' with its certificate does not exist in namespace {namespace}", words::brief(name));
        let finding = DOC.finding(&absence.proof(), words::secret(namespace, name), message);
        let finding = finding
            .cause("A gateway reads certificates from the namespace of its pods.")
            .relates(cx.of.object(), "names it");
        let finding =
            finding.at(cx.of.gateway.found.get().origin, field!["spec", "servers", cx.index, "tls", "credentialName"]);
        segment.add(finding.next(
            "Create the Secret where the gateway's pods are.",
            format!("kubectl get secrets -n {}", words::arg(namespace)),
        ));
    }
}
