//! `api-server/certificate-doubtful`

use kubereach_reports::report::SegmentName;

use super::bundle_unreadable::described;
use crate::checks::ingress::words;
use crate::evaluate::door::api_server::CallContext;
use crate::resolve::certificate::{Fact, inspect};
use crate::resolve::plumbing::serving_secret;
use kubereach_model::evidence::{CheckDoc, Inconclusive, Segment, Text};
use kubereach_model::snapshot::model::Certificate;
use kubereach_model::snapshot::{Found, Gap, model};

/// What `explain` says of it.
pub static DOC: CheckDoc<Inconclusive> = CheckDoc::new(Text {
    code: "api-server/certificate-doubtful",
    segment: SegmentName::Tls,
    title: "The server's certificate does not fit what the API server trusts",
    explanation: "The Secret from which the caBundle is injected, or which the Service says holds the server's \
                  certificate, was read. Its certificate is of another authority than the caBundle holds, has \
                  expired, or is not for NAME.NAMESPACE.svc, which the API server asks for. If the server presents \
                  this certificate every call fails with an x509 error. That it does present it is not shown, and the \
                  Secret may hold further certificates in between: therefore nothing is condemned.",
    example: "caBundle: CN=old-ca   # the Secret's certificate was issued by CN=new-ca",
    sources: &[
        "cert-manager: cainjector (cert-manager.io/inject-ca-from)",
        "OpenShift: service.beta.openshift.io/serving-cert-secret-name",
        "kubernetes/apiserver: pkg/util/webhook/client.go (ServerName)",
    ],
});

/// For one call.
pub fn check(cx: &CallContext<'_, '_>, segment: &mut Segment) {
    if !cx.call.verified {
        return;
    }
    let annotation = |key: &str| cx.caller.annotation(key);
    let Some((namespace, name)) = serving_secret(cx.cluster, &annotation, cx.call.service) else { return };
    let server = cx.call.server_name();
    let facts = inspect(cx.cluster, &namespace, &name, &[server.as_str()]);
    let (Some(secret), Some(certificate)) = (facts.secret, facts.certificate) else { return };
    let why = facts.facts.iter().find_map(|fact| match fact {
        Fact::Expired(at) => Some(format!("it expired at {at}")),
        Fact::OtherName(_) => Some(format!("it is not for {server}")),
        _ => None,
    });
    let Some(why) = why.or_else(|| other_issuer(cx, certificate)) else { return };
    report(cx, segment, secret, &why);
}

/// Neither the issuer nor the certificate itself is in a bundle that was read whole.
fn other_issuer(cx: &CallContext<'_, '_>, certificate: &Certificate) -> Option<String> {
    let bundle = cx.call.bundle;
    if !bundle.is_shown() || bundle.subjects.is_empty() || bundle.unreadable.is_some() {
        return None;
    }
    let known = |name: &String| *name == certificate.issuer || *name == certificate.subject;
    let of = || format!("it was issued by {}, which is not in the caBundle", words::brief(&certificate.issuer));
    (!bundle.subjects.iter().any(known)).then(of)
}

fn report(cx: &CallContext<'_, '_>, segment: &mut Segment, secret: Found<'_, model::Secret>, why: &str) {
    let gap = Gap::investigate("which certificate the server presents is not shown", why.to_owned());
    let name = words::brief(&secret.metadata.name);
    let message = format!("the certificate in Secret {name} does not fit {}: {why}", described(cx));
    let finding = DOC
        .finding(&gap, cx.caller.object(), message)
        .cause("If the server presents it, every call of the API server fails.")
        .relates(secret.object(), "holds the server's certificate");
    segment.add(finding.next("Renew the certificate or the caBundle.", super::fails_closed::look(&cx.caller)));
}
