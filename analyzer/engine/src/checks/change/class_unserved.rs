//! `change/class-unserved`

use kubereach_reports::report::{SegmentName, SubjectChange};

use crate::evaluate::change::{Change, title};
use kubereach_model::evidence::command;
use kubereach_model::evidence::{CheckDoc, Finding, Notes, Text};
use kubereach_model::field;
use kubereach_model::snapshot::model::{Gateway, GatewayClass, Ingress, IngressClass};

/// What `explain` says of it.
pub static DOC: CheckDoc<Notes> = CheckDoc::new(Text {
    code: "change/class-unserved",
    segment: SegmentName::Controller,
    title: "The change moves an entry to a class that nobody is seen to serve",
    explanation: "The class of an Ingress or Gateway says which controller serves it. Before the change a controller \
         was known to; the change names another class (or removes the class object), and nothing that was \
         read serves it. What that does to traffic is said by the finding it explains; this one names the \
         edit, with the class before and after.",
    example: "ingressClassName: nginx becomes ingressClassName: nginx-internal, which no IngressClass is called.",
    sources: &[
        "networking.k8s.io/v1 Ingress spec.ingressClassName",
        "gateway.networking.k8s.io/v1 Gateway spec.gatewayClassName",
    ],
});

const CODES: [&str; 10] = [
    "ingress/class-missing",
    "ingress/class-missing-but-served",
    "ingress/class-not-collected",
    "ingress/class-by-name",
    "ingress/no-class",
    "ingress/controller-not-seen",
    "ingress/controller-unknown",
    "ingress/controller-not-ready",
    "gateway/class-missing",
    "gateway/class-unseen",
];

/// The edit that changed the class.
pub fn explain(cx: &Change<'_>, subject: &SubjectChange) -> Vec<Finding> {
    if !Change::has(subject, &CODES) {
        return Vec::new();
    }
    let (namespace, name) = (&subject.namespace, &subject.name);
    let found = match subject.kind.as_str() {
        "Ingress" => {
            let old = cx.before.lookup::<Ingress>(namespace, name).found();
            let new = cx.after.lookup::<Ingress>(namespace, name).found();
            old.zip(new).and_then(|(old, new)| {
                let (was, now) = (class(&old.get().value), class(&new.get().value));
                if was == now {
                    return gone::<IngressClass>(cx, now.as_deref()?, "IngressClass");
                }
                let path = if new.spec.ingress_class_name.is_some() {
                    field!["spec", "ingressClassName"].to_vec()
                } else {
                    field!["metadata"].to_vec()
                };
                Some(moved(new.object(), was.as_deref(), now.as_deref()).at(new.origin, path))
            })
        }
        "Gateway" => {
            let old = cx.before.lookup::<Gateway>(namespace, name).found();
            let new = cx.after.lookup::<Gateway>(namespace, name).found();
            old.zip(new).and_then(|(old, new)| {
                let (was, now) = (&old.get().value.spec.gateway_class_name, &new.get().value.spec.gateway_class_name);
                if was == now {
                    return gone::<GatewayClass>(cx, now, "GatewayClass");
                }
                Some(
                    moved(new.object(), Some(was.as_str()), Some(now.as_str()))
                        .at(new.origin, field!["spec", "gatewayClassName"]),
                )
            })
        }
        _ => None,
    };
    found.into_iter().collect()
}

fn class(ingress: &Ingress) -> Option<String> {
    let annotation = ingress.metadata.annotation("kubernetes.io/ingress.class").map(str::to_owned);
    ingress.spec.ingress_class_name.clone().or(annotation)
}

fn moved(object: kubereach_reports::report::ObjectRef, was: Option<&str>, now: Option<&str>) -> Finding {
    let word = |class: Option<&str>| class.map_or_else(|| "no class".to_owned(), |c| format!("class {c}"));
    let message = format!("this change moves {} from {} to {}", title(&object), word(was), word(now));
    let resource = if object.kind == "Gateway" { "gatewayclass" } else { "ingressclass" };
    DOC.finding(object, message)
        .cause("nothing that was read serves that class")
        .next("Use a class that a controller serves.", format!("kubectl get {resource}"))
}

/// The class object itself went.
fn gone<T: kubereach_model::snapshot::Kept>(cx: &Change<'_>, class: &str, kind: &str) -> Option<Finding> {
    let old = cx.before.lookup::<T>("", class).found()?;
    if cx.after.lookup::<T>("", class).found().is_some() && !cx.edited(kind, "", class) {
        return None;
    }
    let message = format!("this change removes or changes {kind} {class}");
    Some(
        DOC.finding(old.object(), message)
            .cause("what names the class is served by nobody that was read")
            .next("Keep the class, or move what names it first.", command::get(&old.object(), "-o yaml"))
            .at(old.origin, []),
    )
}
