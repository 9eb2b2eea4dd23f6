//! Words and commands that the checks of this area share.

use crate::evaluate::traefik::EntryContext;
use kubereach_model::evidence::{Assumes, CheckDoc, Obstacle, Reading, Segment, command};

/// A text from the input, at a length fit for a sentence.
pub(super) fn brief(text: &str) -> String {
    command::cut(text)
}

/// `kubectl get ingressroute.traefik.io web -n shop -o yaml`.
pub(super) fn get(cx: &EntryContext<'_, '_>) -> String {
    let (namespace, name) = (command::arg(cx.entry.namespace()), command::arg(cx.entry.name()));
    format!("kubectl get {} {name} -n {namespace} -o yaml", cx.resource())
}

/// The command that shows Traefik's pods.
pub(super) fn pods(cx: &EntryContext<'_, '_>) -> String {
    match cx.tier.seen.pods.first() {
        Some(pod) => command::describe(&pod.object()),
        None => "kubectl get pods -A -l app.kubernetes.io/name=traefik".to_owned(),
    }
}

/// `kubectl get services -n shop`.
pub(super) fn services(namespace: &str) -> String {
    command::list("services", namespace)
}

/// How to read what Traefik was told.
pub(super) fn reading() -> Reading {
    Reading {
        resource: "deployments.apps".to_owned(),
        arguments: "-l app.kubernetes.io/name=traefik -o yaml > traefik.yaml".to_owned(),
    }
}

/// How to read Secrets.
pub(super) fn secrets() -> Reading {
    Reading { resource: "secrets".to_owned(), arguments: "-o yaml > secrets.yaml".to_owned() }
}

/// How to read the middlewares.
pub(super) fn middlewares(cx: &EntryContext<'_, '_>) -> Reading {
    let kind = cx.entry.takes.middleware().to_ascii_lowercase();
    Reading { resource: format!("{kind}s.{}", cx.entry.group), arguments: "-o yaml > middlewares.yaml".to_owned() }
}

/// Says that something about Traefik is not known: an assumption in manifests, which leave Traefik to the cluster.
pub(super) fn unknown(
    doc: &'static CheckDoc<Assumes>,
    cx: &EntryContext<'_, '_>,
    segment: &mut Segment,
    message: &str,
    could: &'static str,
) {
    let gap = cx.gap();
    if let Some(obstacle) = Obstacle::of_cluster(cx.manifests(), "Deployment", "the settings of Traefik", gap.clone()) {
        let assumption = doc.assumption(obstacle, cx.object(), message).could(could).read_by(reading());
        return segment.assume(assumption, cx.cluster.snapshot.strict);
    }
    segment.add(doc.finding(&gap, cx.object(), message).next("Look at the arguments of Traefik.", pods(cx)));
}
