//! Certificates of a listener, authorities for clients, the certificate shown to backends.

use jiff::Timestamp;
use kubereach_reports::report::{ObjectRef, SegmentName};

use crate::checks::gateway::{
    ca_certificate_not_permitted, ca_certificate_unseen, certificate_expired, certificate_kind,
    certificate_name_mismatch, certificate_not_permitted, certificate_partly_invalid, certificate_permission_unseen,
    certificate_type, certificate_unseen, client_certificate_unseen, insecure_frontend_validation,
    invalid_ca_certificate_kind, invalid_ca_certificate_ref, invalid_certificate_ref, invalid_client_certificate,
    no_certificate, some_ca_invalid,
};
use crate::evaluate::Cluster;
use crate::evaluate::gateway_api::listener::Word;
use crate::resolve::certificate::judged_at;
use crate::resolve::certificate::{self, Fact};
use crate::resolve::gateway::door::{Door, Owner};
use crate::resolve::gateway::grants::End;
use crate::resolve::gateway::trust::{self, Trust};
use crate::resolve::gateway::{Front, Fronts, GROUP, hostname};
use crate::resolve::ingress::rules;
use kubereach_model::evidence::Segment;
use kubereach_model::snapshot::model::{Certificate, Gateway, ObjectReference, Secret};
use kubereach_model::snapshot::{Found, Gap, Proof, is_masked};

/// The `tls` segment of a listener; `None` where encryption plays no part.
pub(crate) fn evaluate(
    cluster: &Cluster<'_>,
    fronts: &Fronts<'_>,
    door: &Door<'_>,
    said: &Word<'_>,
) -> Option<Segment> {
    let mut segment = Segment::new(SegmentName::Tls, Some(door.owner.object()));
    let mut matters = false;
    if door.terminates_tls() {
        matters = true;
        certificates(&mut segment, cluster, door, said);
    } else if door.listener.protocol == "TLS" {
        matters = true;
        segment.evaluated("passed through; the certificate is the backend's");
    }
    let front = door.front.and_then(|f| fronts.fronts.get(f));
    if let Some(front) = front {
        if door.listener.protocol == "HTTPS" {
            clients(&mut segment, cluster, front, door);
        }
        matters |= towards_backends(&mut segment, cluster, front);
    }
    matters.then_some(segment)
}

fn end<'a>(kind: &'a str, namespace: &'a str) -> End<'a> {
    End { group: GROUP, kind, namespace }
}

fn certificates(segment: &mut Segment, cluster: &Cluster<'_>, door: &Door<'_>, said: &Word<'_>) {
    let refs: &[ObjectReference] = door.listener.tls.as_ref().map(|t| &*t.certificate_refs).unwrap_or_default();
    if refs.is_empty() {
        segment.evaluated("no certificate named");
        return segment.add(no_certificate::finding(door));
    }
    let own = door.owner.namespace();
    let all: Vec<Trust<'_>> = refs.iter().map(|r| trust::key_pair(cluster, end(door.owner.kind(), own), r)).collect();
    let hopeless = all.iter().all(|t| why_not(t).is_some());
    let settled = said.says("ResolvedRefs").is_yes();
    for (index, (reference, found)) in refs.iter().zip(&all).enumerate() {
        let object = ObjectRef {
            kind: "Secret".to_owned(),
            namespace: Some(reference.namespace.clone().unwrap_or_else(|| own.to_owned())),
            name: reference.name.clone(),
        };
        let finding = match found {
            Trust::NotPermitted(absence) if hopeless => {
                certificate_not_permitted::finding(door, index, object, absence)
            }
            Trust::PermissionUnseen(gap) if !settled => {
                certificate_permission_unseen::finding(door, index, object, gap)
            }
            Trust::Unseen(gap) => certificate_unseen::finding(door, index, object, gap),
            Trust::OtherKind(kind) if !settled => certificate_kind::finding(door, index, kind),
            Trust::OtherType(secret) if !settled => certificate_type::finding(door, index, *secret),
            _ => match why_not(found) {
                Some((why, proof)) if hopeless => invalid_certificate_ref::finding(door, index, object, &why, &proof),
                Some((why, _)) => certificate_partly_invalid::finding(door, index, &reference.name, &why),
                None => continue,
            },
        };
        segment.add(finding);
    }
    let names: Vec<&str> = refs.iter().map(|r| r.name.as_str()).take(3).collect();
    segment.evaluated(format!("certificate {}", names.join(", ")));
    inspect(segment, cluster, door, &all);
}

/// Why a reference can serve nobody, with the proof; `None` where it may.
fn why_not(found: &Trust<'_>) -> Option<(String, Proof)> {
    match found {
        Trust::Missing(absence) => Some(("does not exist".to_owned(), absence.proof())),
        Trust::NotPermitted(absence) => Some(("may not be used from here".to_owned(), absence.proof())),
        Trust::Unusable(secret, why) => Some((format!("cannot be used, {why}"), secret.shows(why.clone()))),
        Trust::BundleMissing(map) => Some(("holds no ca.crt".to_owned(), map.shows("it has no key ca.crt"))),
        _ => None,
    }
}

fn readable<'s>(all: &[Trust<'s>]) -> Option<Vec<(Found<'s, Secret>, &'s Certificate)>> {
    all.iter()
        .map(|t| match t {
            Trust::KeyPair(secret) | Trust::OtherType(secret) => match &secret.get().certificate {
                Some(Ok(certificate)) => Some((*secret, certificate)),
                _ => None,
            },
            _ => None,
        })
        .collect()
}

/// Validity and names, only if every certificate could be read: an unread one may be the right one.
fn inspect(segment: &mut Segment, cluster: &Cluster<'_>, door: &Door<'_>, all: &[Trust<'_>]) {
    let Some(read) = readable(all) else { return };
    if let Some(host) = hostname::normal(door.listener.hostname.as_deref())
        && !read.iter().any(|(_, c)| covers(c, &host))
        && let Some((secret, _)) = read.first()
    {
        segment.add(certificate_name_mismatch::finding(door, *secret, &host));
    }
    let outside_at = |c: &Certificate| judged_at(cluster, c).and_then(|at| outside(c, at));
    let expired: Vec<_> = read.iter().filter_map(|(s, c)| outside_at(c).map(|when| (s, when))).collect();
    if expired.len() == read.len()
        && let Some((secret, when)) = expired.first()
    {
        segment.add(certificate_expired::finding(door, **secret, when));
    }
}

/// The name check for a host of a route that the listener itself does not name.
pub(crate) fn names_cover(cluster: &Cluster<'_>, door: &Door<'_>, host: &str, segment: &mut Segment) {
    if !door.terminates_tls() || hostname::normal(door.listener.hostname.as_deref()).as_deref() == Some(host) {
        return;
    }
    let refs: &[ObjectReference] = door.listener.tls.as_ref().map(|t| &*t.certificate_refs).unwrap_or_default();
    let own = door.owner.namespace();
    let all: Vec<Trust<'_>> = refs.iter().map(|r| trust::key_pair(cluster, end(door.owner.kind(), own), r)).collect();
    let Some(read) = readable(&all) else { return };
    if !read.iter().any(|(_, c)| covers(c, host))
        && let Some((secret, _)) = read.first()
    {
        segment.add(certificate_name_mismatch::finding(door, *secret, host));
    }
}

/// RFC 9525: a wildcard of a certificate stands for exactly one label. A wildcard host is covered if any
/// name of the certificate lies under it.
fn covers(certificate: &Certificate, host: &str) -> bool {
    certificate.names.iter().any(|name| {
        let name = name.trim_end_matches('.').to_ascii_lowercase();
        name == host || is_masked(&name) || hostname::covers(host, &name) || rules::covers(&name, host)
    })
}

fn outside(certificate: &Certificate, at: Timestamp) -> Option<String> {
    let day = |t: Timestamp| t.to_string().chars().take(10).collect::<String>();
    certificate::of_certificate(certificate, Some(at), &[], 0).into_iter().find_map(|fact| match fact {
        Fact::Expired(end) => Some(format!("expired on {}", day(end))),
        Fact::NotYetValid(start) => Some(format!("is not valid before {}", day(start))),
        _ => None,
    })
}

/// Client validation: of the port if it has its own, else the default; or the listener's older field.
fn clients(segment: &mut Segment, cluster: &Cluster<'_>, front: &Front<'_>, door: &Door<'_>) {
    let frontend = front.gateway.get().spec.tls.as_ref().and_then(|t| t.frontend.as_ref());
    let of_port =
        frontend.and_then(|f| f.per_port.iter().find(|p| p.port.known().is_some() && p.port == door.listener.port));
    let config = match of_port {
        Some(port) => port.tls.as_ref(),
        None => frontend.and_then(|f| f.default.as_ref()),
    };
    let by_gateway = config.and_then(|c| c.validation.as_ref()).map(|v| (v, Owner::Gateway(front.gateway)));
    let by_listener = door.listener.tls.as_ref().and_then(|t| t.frontend_validation.as_ref()).map(|v| (v, door.owner));
    let Some((validation, owner)) = by_gateway.or(by_listener) else { return };
    if validation.mode.as_deref() == Some("AllowInsecureFallback") {
        segment.add(insecure_frontend_validation::finding(door));
    }
    let refs = &validation.ca_certificate_refs;
    let all: Vec<Trust<'_>> =
        refs.iter().map(|r| trust::bundle(cluster, end(owner.kind(), owner.namespace()), r)).collect();
    let hopeless = all.iter().all(|t| why_not(t).is_some());
    for (reference, found) in refs.iter().zip(&all) {
        let name = &reference.name;
        let namespace = reference.namespace.as_deref().unwrap_or(owner.namespace());
        let finding = match found {
            Trust::NotPermitted(absence) if hopeless => {
                ca_certificate_not_permitted::finding(door, namespace, name, absence)
            }
            Trust::OtherKind(kind) => invalid_ca_certificate_kind::finding(door, kind, name),
            Trust::Unseen(gap) | Trust::PermissionUnseen(gap) => ca_certificate_unseen::finding(door, name, gap),
            Trust::BundleUnreadable(_, why) => {
                let gap = Gap::investigate("its ca.crt was not understood here", why.clone());
                ca_certificate_unseen::finding(door, name, &gap)
            }
            _ => match why_not(found) {
                Some((why, proof)) if hopeless => invalid_ca_certificate_ref::finding(door, name, &why, &proof),
                Some((why, _)) => some_ca_invalid::finding(door, name, &why),
                None => continue,
            },
        };
        segment.add(finding);
    }
}

/// The certificate the Gateway shows to backends. Returns whether there is anything to say.
fn towards_backends(segment: &mut Segment, cluster: &Cluster<'_>, front: &Front<'_>) -> bool {
    let gateway: Found<'_, Gateway> = front.gateway;
    let backend = gateway.get().spec.tls.as_ref().and_then(|t| t.backend.as_ref());
    let Some(reference) = backend.and_then(|b| b.client_certificate_ref.as_ref()) else { return false };
    let namespace = &gateway.get().metadata.namespace;
    let found = trust::key_pair(cluster, end("Gateway", namespace), reference);
    let name = &reference.name;
    let finding = match &found {
        Trust::OtherKind(kind) => {
            Some(invalid_client_certificate::finding(gateway, name, &format!("is a {kind}, which is not evaluated")))
        }
        Trust::Unseen(gap) | Trust::PermissionUnseen(gap) => {
            Some(client_certificate_unseen::finding(gateway, name, gap))
        }
        other => why_not(other).map(|(why, _)| invalid_client_certificate::finding(gateway, name, &why)),
    };
    segment.evaluated(format!("client certificate {name} towards backends"));
    if let Some(finding) = finding {
        segment.add(finding);
    }
    true
}
