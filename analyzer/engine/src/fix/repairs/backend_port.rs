//! A backend's port that its Service does not declare, and the one that was meant.

use kubereach_model::evidence::Step;
use kubereach_model::snapshot::model::lenient::PortRef;
use kubereach_model::snapshot::model::{Service, ServicePort};
use serde_json::{Value, json};

use super::{Case, Patch, Target, near};

pub(super) fn propose(case: &Case<'_>) -> Vec<Patch> {
    let Some((target, path)) = case.place() else { return Vec::new() };
    let (Some(asked), Some(service)) = (target.at(path), service(case, target, path)) else { return Vec::new() };
    // `{number: 8080}` and `{name: http}` of an Ingress, and the bare value of everything else.
    let wanted = asked.get("number").or_else(|| asked.get("name")).unwrap_or(asked);
    let Some(port) = meant(service, wanted) else { return Vec::new() };
    let Some(number) = port.port.known().copied() else { return Vec::new() };
    let by_name = |wanted: &Value| wanted.is_string() && !port.name.is_empty();
    let word = if by_name(wanted) { Value::from(port.name.as_str()) } else { Value::from(number) };
    let patch = match asked {
        Value::Object(_) if word.is_string() => target.replace(path.iter().cloned(), json!({"name": word})),
        Value::Object(_) => target.replace(path.iter().cloned(), json!({"number": word})),
        Value::Number(_) | Value::String(_) => target.replace(path.iter().cloned(), word),
        _ => None,
    };
    patch.into_iter().collect()
}

/// The Service whose port is asked for: the one that the finding names, or the reference beside the port.
fn service<'c>(case: &Case<'c>, target: &Target, path: &[Step]) -> Option<&'c Service> {
    let related = case.finding.related.iter().map(|related| &related.object).find(|object| object.kind == "Service");
    if let Some(object) = related {
        let found = case.snapshot.lookup::<Service>(object.namespace.as_deref()?, &object.name).found();
        return Some(&found?.get().value);
    }
    let (_, above) = path.split_last()?;
    let reference = target.at(above)?;
    let namespace = reference.get("namespace").and_then(Value::as_str).unwrap_or_else(|| target.namespace());
    let name = reference.get("name")?.as_str()?;
    Some(&case.snapshot.lookup::<Service>(namespace, name).found()?.get().value)
}

/// The port whose target was named in its place, the one whose name is near, or the only one.
fn meant<'s>(service: &'s Service, wanted: &Value) -> Option<&'s ServicePort> {
    let ports: &[ServicePort] = &service.spec.ports;
    let targets = |port: &&ServicePort| match (&port.target_port, wanted) {
        (Some(PortRef::Number(target)), Value::Number(number)) => number.as_u64() == Some(u64::from(*target)),
        (Some(PortRef::Name(target)), Value::String(name)) => target == name,
        _ => false,
    };
    if let [only] = ports.iter().filter(targets).collect::<Vec<_>>().as_slice() {
        return Some(only);
    }
    if let Some(name) = wanted.as_str()
        && let Some(near) = near::meant(name, ports.iter().map(|port| port.name.as_str()))
    {
        return ports.iter().find(|port| port.name == near);
    }
    match ports {
        [only] => Some(only).filter(|only| !wanted.as_str().is_some_and(|wanted| near::are_two(wanted, &only.name))),
        _ => None,
    }
}
