//! An object by which the API server asks others, as a subject: a path for each call.

use std::sync::Arc;

use kubereach_reports::report::SegmentName;

use super::{Call, CallContext, Caller};
use crate::evaluate::door::lead::{Lead, LeadPort, Target, target};
use crate::evaluate::service::{Backends, Consumer};
use crate::resolve::proxy_pods::Proxy;
use kubereach_model::evidence::command::cut;
use kubereach_model::evidence::{Path, PathKey, Segment, SubjectPaths};
use kubereach_model::snapshot::Gap;

/// `None` where no Service that it asks could be looked up: such a verdict would speak of the dump alone.
pub(super) fn subject<'s>(
    backends: &Backends<'_, 's>,
    caller: &Caller<'s>,
    proxy: Option<&Arc<Proxy<'s>>>,
) -> Option<SubjectPaths> {
    let calls = caller.calls();
    let leads: Vec<_> = calls.iter().map(|call| lead(backends, caller, call)).collect();
    if leads.iter().all(|lead| matches!(lead.target, Target::Unseen(_))) {
        return None;
    }
    let mut paths: Vec<Path> =
        calls.iter().zip(&leads).map(|(call, lead)| path(backends, caller, call, lead, proxy)).collect();
    paths.sort_by(|a, b| a.key.cmp(&b.key));
    paths.dedup_by(|a, b| a.key == b.key);
    let notes = backends.checks.door.api_server.notes.iter().filter_map(|check| check(caller, &paths));
    Some(SubjectPaths {
        object: caller.object(),
        origin: caller.origin(),
        notes: notes.map(Arc::new).collect(),
        paths,
        entries: Vec::new(),
        not_checked: Vec::new(),
    })
}

fn lead<'s>(backends: &Backends<'_, 's>, caller: &Caller<'s>, call: &Call<'s>) -> Lead<'s> {
    let number = call.service.number();
    let mut field = call.field.clone();
    field.extend(["service".into(), "name".into()]);
    let found = target(backends.cluster, &call.service.namespace, &call.service.name, |service| match number {
        None => LeadPort::Unknown(Gap::investigate("the port was masked", "a collector hid it")),
        // An alias has no ports of its own: the name is dialled at the port that was asked for.
        Some(number) => {
            let ports = &service.get().value.spec.ports;
            let declared = ports.iter().find(|port| port.port.known() == Some(&number));
            declared.map_or(LeadPort::Missing, LeadPort::Declared)
        }
    });
    Lead {
        door: caller.object(),
        origin: caller.origin(),
        field,
        backend: call.backend(),
        asked: number.map_or_else(|| "a masked port".to_owned(), |number| format!("port {number}")),
        target: found,
    }
}

fn path<'s>(
    backends: &Backends<'_, 's>,
    caller: &Caller<'s>,
    call: &Call<'s>,
    lead: &Lead<'s>,
    proxy: Option<&Arc<Proxy<'s>>>,
) -> Path {
    let cx = CallContext { cluster: backends.cluster, caller: *caller, call };
    let checks = &backends.checks.door.api_server;
    let mut rule = Segment::new(SegmentName::Rule, Some(caller.object()));
    rule.evaluated(asked(caller, call));
    for check in checks.rule {
        check(&cx, &mut rule);
    }
    // By its cluster address, or by its endpoints where the API server was told to: which is not shown.
    let (behind, dormant) = lead.behind(backends, Consumer::Unknown, proxy);
    let mut tls = Segment::new(SegmentName::Tls, Some(caller.object()));
    tls.evaluated(trust(call));
    for check in checks.tls {
        check(&cx, &mut tls);
    }
    let mut segments = vec![Arc::new(rule)];
    segments.extend(behind);
    segments.push(Arc::new(tls));
    let key = PathKey {
        entry: caller.object(),
        listener: None,
        host: None,
        matches: call.name.map(str::to_owned),
        backend: Some(lead.backend.clone()),
    };
    Path { key, segments, dormant }
}

fn asked(caller: &Caller<'_>, call: &Call<'_>) -> String {
    match caller {
        Caller::Webhooks(_) => {
            let policy = if call.fails_closed() { "Fail" } else { "Ignore" };
            format!("the API server asks it at {}; failurePolicy {policy}", cut(&call.asked()))
        }
        Caller::Definition(_) => "the API server asks it to convert between versions".to_owned(),
        Caller::Api(api) => {
            format!("the API server hands requests for {}/{} on", cut(&api.spec.group), cut(&api.spec.version))
        }
    }
}

fn trust(call: &Call<'_>) -> String {
    if !call.verified {
        return "the server's certificate is not checked".to_owned();
    }
    match (call.bundle.is_empty(), call.bundle.subjects.as_slice()) {
        (true, _) => "no caBundle: a controller writes it, or the API server's own authorities count".to_owned(),
        (false, []) => "a caBundle that shows no certificate".to_owned(),
        (false, subjects) => format!("checked against {}", cut(&subjects.join(", "))),
    }
}
