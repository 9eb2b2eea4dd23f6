//! The sentences of measurement findings.

use std::net::SocketAddr;

use jiff::Timestamp;
use kubereach_reports::report::{Effect, ObjectRef, SegmentName};

use crate::checks::measurement::{
    error_answer, fails_as_configured, fails_though_open, flaky, flows_though_blocked, other_identity, relay_differs,
    same_as_unknown_host, some_addresses_fail, some_callers_fail, some_endpoints_fail, stale, unconfirmed_failure,
};
use crate::observation::{Remark, Told};
use kubereach_model::evidence::command;
use kubereach_model::evidence::{Finding, Path};
use kubereach_model::snapshot::{Gap, Proof};

/// Addresses named in one sentence.
const NAMED: usize = 4;

/// A remark as a finding.
#[expect(clippy::too_many_lines, reason = "a table: one row per remark")]
pub(crate) fn finding(path: &Path, remark: &Remark, taken_at: Option<Timestamp>) -> Finding {
    let entry = path.key.entry.clone();
    let way = way(path);
    match remark {
        Remark::FlowsThoughBlocked(told) => {
            let (object, says) = blocked_by(path);
            let message = format!("the configuration says that nothing passes {way}, and traffic got through");
            flows_though_blocked::DOC
                .finding(object.clone(), message)
                .cause(format!("{}. The configuration: {says}.", measured(told, taken_at)))
                .next(
                    "Take a new snapshot and compare; if the fault stays, something does not do what is declared.",
                    command::get(&object, "-o yaml"),
                )
        }
        Remark::FailsThoughOpen(told) => {
            let (object, place) = place(path, told.segment);
            let part = part(told);
            let message = match told.segment {
                Some(segment) => format!("traffic fails {way}{part}: it breaks at {segment}"),
                None => format!("traffic fails {way}{part}"),
            };
            let cause = format!(
                "{} {place}The configuration shows no cause.{}",
                sentence(&measured(told, taken_at)),
                fits(told)
            );
            fails_though_open::DOC
                .finding(&proof(told), object.clone(), message)
                .cause(cause)
                .next(look(told.segment), command::describe(&object))
        }
        Remark::FailsForSome(told) => {
            let (object, _) = place(path, told.segment);
            let breaks = told.segment.map_or_else(String::new, |segment| format!(", it breaks at {segment}"));
            let message = format!(
                "traffic fails {way}{} for {}{breaks}, and gets through for another caller",
                part(told),
                told.source
            );
            some_callers_fail::DOC
                .finding(&proof(told), object.clone(), message)
                .cause(format!("{}{}", sentence(&measured(told, taken_at)), fits(told)))
                .next("Look at what differs between the callers: network, node, identity.", command::describe(&object))
        }
        Remark::FailsAsConfigured(told) => {
            let message = format!("traffic fails {way}{}, as the configuration says", part(told));
            fails_as_configured::DOC.finding(entry, message).cause(measured(told, taken_at))
        }
        Remark::Suffers(told) => {
            let message = format!("traffic suffers {way}{}: {}", part(told), told.evidence);
            error_answer::DOC
                .finding(&proof(told), entry.clone(), message)
                .cause(fits(told).trim_start().to_owned())
                .next("Look at what stands behind it.", command::describe(&backend(path).unwrap_or(entry)))
        }
        Remark::Flaky(told, answered, tried) => {
            let message = format!("only {answered} of {tried} attempts {way} were answered: {}", told.evidence);
            let object = backend(path).unwrap_or(entry);
            flaky::DOC
                .finding(&proof(told), object.clone(), message)
                .cause(fits(told).trim_start().to_owned())
                .next("Look for the one that does not answer.", command::describe(&object))
        }
        Remark::DeadAddresses(told, dead) => {
            let message = format!("{way}, {} not answer while others do: {}", does(dead), told.evidence);
            some_addresses_fail::DOC
                .finding(&proof(told), entry.clone(), message)
                .next("Look at where the addresses lead.", command::get(&entry, "-o yaml"))
        }
        Remark::DeadEndpoints(told, dead) => {
            let object = backend(path).unwrap_or(entry);
            let message = format!("behind {}, {} not answer while others do: {}", object, does(dead), told.evidence);
            some_endpoints_fail::DOC.finding(&proof(told), object.clone(), message).next(
                "Look at the pods with these addresses.",
                object.namespace.as_deref().map(|ns| command::list("pods -o wide", ns)).unwrap_or_default(),
            )
        }
        Remark::Unconfirmed(told) => {
            let gap = Gap::investigate(
                "whether a measured failure is the target's",
                "there was no second attempt, nothing else was answered from the same place, or real callers take another way",
            );
            let message = format!("traffic failed {way}{}, and nothing corroborates it", part(told));
            unconfirmed_failure::DOC
                .finding(&gap, entry.clone(), message)
                .cause(format!("{}{}", sentence(&measured(told, taken_at)), fits(told)))
                .next("Measure again with the controls of a new plan.", command::describe(&entry))
        }
        Remark::OtherIdentity(told, why) => {
            let message = format!("{} failed {way}, which says nothing of other callers: {why}", told.source);
            other_identity::DOC.finding(entry, message).cause(measured(told, taken_at))
        }
        Remark::SameAsUnknownHost(told) => {
            let message = format!("{way}, an unknown host gets the very same answer, so it proves the entry only");
            same_as_unknown_host::DOC.finding(entry, message).cause(measured(told, taken_at))
        }
        Remark::Stale(told, why) => {
            let message = format!("what was measured {way} is not counted: {why}");
            stale::DOC.finding(entry, message).cause(measured(told, taken_at))
        }
        Remark::RelayDiffers(told, real_flows) => {
            let message = if *real_flows {
                format!("real traffic gets through {way}, and the API server's relay does not")
            } else {
                format!("the API server gets through {way}, and real traffic does not")
            };
            let cause = if *real_flows {
                "the relay takes another way; a firewall between control plane and nodes, or a mesh that wants its own identity, explains it"
            } else {
                "the process answers, so look at network policy, a mesh, or the Service rules of the nodes"
            };
            relay_differs::DOC.finding(entry, message).cause(format!("{cause}. {}.", measured(told, taken_at)))
        }
    }
}

/// `on shop.example /cart to Service shop/cart port 80`.
fn way(path: &Path) -> String {
    let key = &path.key;
    let asks: Vec<&str> = [&key.listener, &key.host, &key.matches]
        .into_iter()
        .filter_map(|part| part.as_deref())
        .filter(|p| !p.is_empty())
        .collect();
    let mut text =
        if asks.is_empty() { format!("on the way by {}", key.entry) } else { format!("on {}", asks.join(" ")) };
    if let Some(backend) = &key.backend {
        text.push_str(&format!(" to {} {}/{}", backend.kind, backend.namespace, backend.name));
        if let Some(port) = &backend.port {
            text.push_str(&format!(" port {port}"));
        }
    }
    command::cut(&text)
}

fn backend(path: &Path) -> Option<ObjectRef> {
    path.key.backend.as_ref().map(|b| ObjectRef {
        kind: b.kind.clone(),
        namespace: Some(b.namespace.clone()),
        name: b.name.clone(),
    })
}

/// What the configuration says blocks the way.
fn blocked_by(path: &Path) -> (ObjectRef, String) {
    let finding = path
        .segments
        .iter()
        .filter(|s| s.is_counted())
        .flat_map(|s| s.findings())
        .find(|f| f.effect() == Effect::Blocks);
    finding.map_or_else(
        || (path.key.entry.clone(), "it is blocked".to_owned()),
        |f| (f.object.clone(), f.message.trim_end_matches('.').to_owned()),
    )
}

/// The object of a segment, and what stands there.
fn place(path: &Path, segment: Option<SegmentName>) -> (ObjectRef, String) {
    let evaluated = segment.and_then(|segment| path.segment(segment));
    let object = evaluated
        .and_then(|s| s.object.clone())
        .or_else(|| segment.filter(|s| *s >= SegmentName::Service).and_then(|_| backend(path)))
        .unwrap_or_else(|| path.key.entry.clone());
    let told = segment.map_or_else(String::new, |segment| {
        format!("Everything else on the way was answered for the same caller, so it breaks at {segment}. ")
    });
    (object, told)
}

fn part(told: &Told) -> String {
    told.part.map_or_else(String::new, |(from, to)| {
        if from == to { format!(" (measured: {from})") } else { format!(" (measured: {from} to {to})") }
    })
}

/// Who measured what and when, and when the snapshot was taken.
fn measured(told: &Told, taken_at: Option<Timestamp>) -> String {
    let at = told.at.map_or_else(|| "at a time that is not known".to_owned(), |at| format!("at {at}"));
    let taken = taken_at
        .map_or_else(|| "the snapshot does not say its time".to_owned(), |at| format!("the snapshot is of {at}"));
    format!("Measured as {} {at} ({taken}): {}", told.source, told.evidence.trim_end_matches('.'))
}

fn sentence(text: &str) -> String {
    format!("{}.", text.trim_end_matches('.'))
}

/// Causes of a failure that was localized are those of its place, not all that its kind may have.
fn fits(told: &Told) -> String {
    if told.segment.is_some() {
        return String::new();
    }
    match told.causes.as_slice() {
        [] => String::new(),
        [one] => format!(" A cause that fits: {one}."),
        several => format!(" Causes that fit: {}.", several.join("; ")),
    }
}

fn proof(told: &Told) -> Proof {
    let when = told.at.map_or_else(String::new, |at| format!(" at {at}"));
    Proof::measured(format!("real traffic, measured as {}{when}", told.source))
}

fn does(dead: &[SocketAddr]) -> String {
    let named: Vec<String> = dead.iter().take(NAMED).map(ToString::to_string).collect();
    let more = dead.len().saturating_sub(NAMED);
    let rest = if more > 0 { format!(" and {more} more") } else { String::new() };
    format!("{}{rest} {}", named.join(", "), if dead.len() == 1 { "does" } else { "do" })
}

/// What to look at where it breaks.
const fn look(segment: Option<SegmentName>) -> &'static str {
    match segment {
        Some(SegmentName::Service) => {
            "Look at the Service's rules on the nodes (kube-proxy or its replacement) and whether they follow its EndpointSlices."
        }
        Some(SegmentName::Endpoints | SegmentName::Port) => {
            "Look at whether the process listens on the target port, on all of its addresses."
        }
        Some(SegmentName::Address) => "Look at where the published address leads: load balancer, DNS, firewall.",
        Some(_) => "Look at this object and at what its controller says about it.",
        None => "Measure the parts of the way one by one, from the same caller, to see where it breaks.",
    }
}
