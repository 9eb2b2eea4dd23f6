//! `ingress/location-denied`

use kubereach_reports::report::{ObjectRef, SegmentName};

use crate::checks::ingress::words;
use crate::evaluate::ingress::IngressPath;
use crate::resolve::ingress::demands::{State, Unmet};
use kubereach_model::evidence::{Blocks, CheckDoc, Segment, Text, command};
use kubereach_model::field;

/// What `explain` says of it.
pub static DOC: CheckDoc<Blocks> = CheckDoc::new(Text {
    code: "ingress/location-denied",
    segment: SegmentName::Rule,
    title: "An annotation names an object that is not there: the location answers 503",
    explanation: "ingress-nginx denies a location whose annotation names a Secret or ConfigMap that it cannot use: the \
                  Secret of basic authentication (auth-secret; in the form auth-file with the key auth), the authority \
                  for client certificates (auth-tls-secret, key ca.crt), the certificate towards the backend \
                  (proxy-ssl-secret), and the ConfigMaps of custom-headers and auth-proxy-set-headers. Every request \
                  is then answered with 503. Raised where the objects of that kind in the namespace were all read, or \
                  where the object was read and lacks the key.",
    example: "nginx.ingress.kubernetes.io/auth-type: basic\nnginx.ingress.kubernetes.io/auth-secret: users   # no such Secret",
    sources: &[
        "kubernetes/ingress-nginx internal/ingress/annotations/auth/main.go, authtls/main.go, customheaders/main.go",
        "kubernetes/ingress-nginx test/e2e/annotations/auth.go (status code 503)",
    ],
});

/// The object, for a finding.
pub(super) fn object(unmet: &Unmet<'_>) -> ObjectRef {
    ObjectRef {
        kind: unmet.kind.word().to_owned(),
        namespace: Some(unmet.namespace.clone()),
        name: unmet.name.clone(),
        group: None,
    }
}

/// Adds it for each.
pub fn check(cx: &IngressPath<'_, '_>, segment: &mut Segment) {
    for unmet in &cx.state.unmet {
        let name = words::brief(&unmet.name);
        let kind = unmet.kind.word();
        let (proof, fault) = match &unmet.state {
            State::Missing(absence) => (absence.proof(), format!("the {kind} '{name}' does not exist")),
            State::Lacks(secret, key) => {
                let fact = format!("has no key {key}");
                (secret.shows(fact.clone()), format!("the {kind} '{name}' {fact}"))
            }
            State::Unseen(_) | State::NotInManifests(_) => continue,
        };
        let key = unmet.annotation.as_str();
        let finding = DOC
            .finding(&proof, cx.object(), format!("{fault}, which the annotation {key} names: requests get 503"))
            .cause("ingress-nginx denies a location that it cannot set up as its annotations ask.")
            .relates(object(unmet), "is named by the annotation")
            .at(cx.state.ingress.origin, field!["metadata", "annotations", key]);
        let command = command::list(&kind.to_ascii_lowercase(), &unmet.namespace);
        segment.add(finding.next(format!("Create the {kind}, or correct its name."), command));
    }
}
