//! A path as the objects a request passes and the steps between them, for chains and diagrams.
//!
//! A *station* is an object; its state is the worst of its segments. A *step* leads into a station;
//! its mark says whether traffic passes there, and is taken from what the report says of the path.

use crate::report::{Confidence, ObjectRef, Outcome, Path, PathState, Segment, SegmentName};

/// Which part of the way a station stands for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Place {
    /// A Gateway in front of an entry that is a route.
    Door,
    /// The object traffic enters by.
    Entry,
    /// A route that hangs on the entry and is an object of its own.
    Route,
    /// What the rule points to.
    Backend,
    /// The addresses behind the backend.
    Pods,
}

/// One object on the way.
#[derive(Debug, Clone)]
pub(crate) struct Hop<'a> {
    pub(crate) place: Place,
    /// `Service`, `Ingress`; for [`Place::Pods`] the word a reader knows.
    pub(crate) kind: String,
    /// `namespace/name`, or a port or count for the pods.
    pub(crate) name: String,
    pub(crate) segments: Vec<&'a Segment>,
    /// The worst of its segments; unknown if nothing was evaluated.
    pub(crate) state: PathState,
    /// The step that leads into it.
    pub(crate) step: Step,
    /// What is asked of a request on that step: a listener, a port, or host and match.
    pub(crate) asks: Vec<String>,
    /// What to say beside it where it is not simply open: `does not exist`, `not evaluated`.
    pub(crate) note: Option<String>,
}

/// Whether traffic passes on the way into a station.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(crate) enum Step {
    /// Real traffic was answered.
    Verified,
    /// Real traffic got an answer that does not confirm the path.
    Answered,
    /// The configuration shows it open; nothing was sent.
    ConfigOpen,
    /// Less passes than declared.
    Narrowed,
    /// Cannot be told.
    Unknown,
    /// Proved blocked.
    Blocked,
    /// Behind a break: never reached.
    Beyond,
    /// Carries nothing, on purpose.
    Resting,
}

impl Step {
    /// The short word of the legend.
    pub(crate) const fn word(self) -> &'static str {
        match self {
            Self::Verified => "verified by real traffic",
            Self::Answered => "answered, not confirmed",
            Self::ConfigOpen => "open in the configuration, not tested",
            Self::Narrowed => "less passes than declared",
            Self::Unknown => "cannot be told",
            Self::Blocked => "blocked",
            Self::Beyond => "not reached, behind the break",
            Self::Resting => "carries nothing, on purpose",
        }
    }
}

impl Hop<'_> {
    /// `Kind namespace/name`.
    pub(crate) fn title(&self) -> String {
        if self.name.is_empty() { self.kind.clone() } else { format!("{} {}", self.kind, self.name) }
    }

    /// What the worst of its segments rest on, else the bare state.
    fn evidence(&self) -> String {
        let told = self.segments.iter().find(|segment| segment.state == self.state && !segment.evidence.is_empty());
        match told {
            Some(segment) => segment.evidence.clone(),
            None if self.segments.is_empty() => "not evaluated".to_owned(),
            None => super::words::state(self.state).to_owned(),
        }
    }
}

/// The stations of a path in the order traffic passes them; never empty.
pub(crate) fn hops(path: &Path) -> Vec<Hop<'_>> {
    let mut found: Vec<Hop<'_>> = Vec::with_capacity(4);
    let (entry_kind, entry_name) = path.entry.split_once('/').unwrap_or(("", path.entry.as_str()));
    let backend = path.backend.as_ref();
    let entry_is_backend =
        backend.is_some_and(|b| b.kind == entry_kind && entry_name == format!("{}/{}", b.namespace, b.name));

    if let Some(door) = door_object(path, entry_kind) {
        push(&mut found, Place::Door, door.kind.clone(), object_name(door));
    }
    push(&mut found, Place::Entry, entry_kind.to_owned(), entry_name.to_owned());
    if let Some(route) = route_object(path, entry_kind, entry_name) {
        push(&mut found, Place::Route, route.kind.clone(), object_name(route));
    }
    if let Some(b) = backend
        && !entry_is_backend
    {
        push(&mut found, Place::Backend, b.kind.clone(), format!("{}/{}", b.namespace, b.name));
    }
    if path.segments.iter().any(|s| place_of(s.segment) == Place::Pods) {
        push(&mut found, Place::Pods, "Pods".to_owned(), String::new());
    }

    for segment in &path.segments {
        let wanted = place_of(segment.segment);
        // A place without a station of its own falls to the last station before it, else to the first.
        let at = found.iter().rposition(|hop| hop.place <= wanted).unwrap_or(0);
        if let Some(hop) = found.get_mut(at) {
            hop.segments.push(segment);
        }
    }
    for hop in &mut found {
        hop.state = worst(path, &hop.segments);
    }
    ask(path, &mut found);
    mark(path, &mut found);
    found
}

fn push(found: &mut Vec<Hop<'_>>, place: Place, kind: String, name: String) {
    found.push(Hop {
        place,
        kind,
        name,
        segments: Vec::new(),
        state: PathState::Unknown,
        step: Step::Unknown,
        asks: Vec::new(),
        note: None,
    });
}

const fn place_of(segment: SegmentName) -> Place {
    match segment {
        SegmentName::Address | SegmentName::Controller | SegmentName::Listener | SegmentName::Tls => Place::Door,
        SegmentName::Rule => Place::Route,
        SegmentName::Reference | SegmentName::Service => Place::Backend,
        SegmentName::Endpoints | SegmentName::Port | SegmentName::Policy => Place::Pods,
    }
}

/// The Gateway whose listener a path comes by, where the path's entry is the route itself.
fn door_object<'a>(path: &'a Path, entry_kind: &str) -> Option<&'a ObjectRef> {
    path.segments
        .iter()
        .filter(|segment| segment.segment == SegmentName::Listener)
        .filter_map(|segment| segment.object.as_ref())
        .find(|object| object.kind == "Gateway" && entry_kind != "Gateway")
}

/// The route object of a path whose rule is not written in the entry itself.
fn route_object<'a>(path: &'a Path, entry_kind: &str, entry_name: &str) -> Option<&'a ObjectRef> {
    path.segments
        .iter()
        .filter(|segment| segment.segment == SegmentName::Rule)
        .filter_map(|segment| segment.object.as_ref())
        .find(|object| object.kind != entry_kind || object_name(object) != entry_name)
}

/// `namespace/name`, or the name alone.
pub(crate) fn object_name(object: &ObjectRef) -> String {
    match &object.namespace {
        Some(namespace) => format!("{namespace}/{}", object.name),
        None => object.name.clone(),
    }
}

/// The worst state of some segments. Network policy that nobody evaluated does not cloud a path
/// (docs/design.md#segments-start-unknown), so where something else explains the path's state it colours no station.
fn worst(path: &Path, segments: &[&Segment]) -> PathState {
    let silent = |s: &Segment| s.segment == SegmentName::Policy && s.state == PathState::Unknown;
    let explained =
        path.config != PathState::Unknown || path.segments.iter().any(|s| !silent(s) && s.state == PathState::Unknown);
    segments.iter().filter(|s| !(explained && silent(s))).map(|s| s.state).min().unwrap_or(if segments.is_empty() {
        PathState::Unknown
    } else {
        PathState::Open
    })
}

/// Puts what is asked of a request where it is asked: the listener on the way in, host and match on
/// the way from the rule to what follows it, the port on the way to the pods.
fn ask(path: &Path, found: &mut [Hop<'_>]) {
    let some = |parts: [Option<&str>; 2]| -> Vec<String> {
        parts.into_iter().flatten().filter(|part| !part.is_empty()).map(str::to_owned).collect()
    };
    let mut request = some([path.host.as_deref(), path.matches.as_deref()]);
    let port = path.backend.as_ref().and_then(|b| b.port.as_ref()).map(|port| format!("port {port}"));
    let has_route = found.iter().any(|hop| hop.place == Place::Route);
    let rule = if has_route { Place::Route } else { Place::Entry };
    let mut previous = None;
    for hop in found.iter_mut() {
        if previous.is_none() {
            hop.asks = some([path.listener.as_deref(), None]);
        } else if hop.place == Place::Pods {
            hop.asks = some([port.as_deref(), None]);
        } else if previous == Some(rule) {
            hop.asks = std::mem::take(&mut request);
        }
        previous = Some(hop.place);
    }
    // A path without a station behind its rule still says what it asks for.
    if let Some(first) = found.first_mut() {
        first.asks.append(&mut request);
    }
}

fn mark(path: &Path, found: &mut [Hop<'_>]) {
    let real = path.confidence == Some(Confidence::Real);
    let whole = match path.outcome {
        Outcome::Verified if real => Some(Step::Verified),
        Outcome::Reached if real => Some(Step::Answered),
        Outcome::ServerError if real => Some(Step::Narrowed),
        _ => None,
    };
    let failed = path.by_vantage.iter().find(|row| {
        row.confidence == Some(Confidence::Real) && row.outcome == Outcome::Unreachable && row.failed_segment.is_some()
    });
    let localized = failed.and_then(|row| row.failed_segment);
    let unplaced = real && path.outcome == Outcome::Unreachable && localized.is_none();
    let mut beyond = false;
    for hop in found.iter_mut() {
        let failed_here = localized.is_some_and(|name| hop.segments.iter().any(|segment| segment.segment == name));
        hop.step = match whole {
            Some(step) => step,
            None if beyond => Step::Beyond,
            None if failed_here || hop.state == PathState::Blocked => Step::Blocked,
            None if unplaced && path.config != PathState::Blocked => Step::Unknown,
            None => match hop.state {
                PathState::Unknown => Step::Unknown,
                PathState::Narrowed => Step::Narrowed,
                _ => Step::ConfigOpen,
            },
        };
        hop.note = match hop.step {
            Step::Beyond => None,
            Step::Blocked if hop.state == PathState::Open => failed.map(|row| row.evidence.clone()),
            _ if hop.state == PathState::Open => None,
            _ => Some(hop.evidence()),
        };
        beyond |= hop.step == Step::Blocked;
        if path.dormant && matches!(hop.step, Step::Blocked | Step::Narrowed) {
            hop.step = Step::Resting;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::{Backend, Port};

    fn segment(segment: SegmentName, kind: &str, name: &str) -> Segment {
        let object =
            ObjectRef { kind: kind.to_owned(), namespace: Some("shop".to_owned()), name: name.to_owned(), group: None };
        Segment {
            segment,
            state: PathState::Open,
            object: Some(object),
            evidence: String::new(),
            measured: None,
            declared: false,
            findings: Vec::new(),
            assumptions: Vec::new(),
        }
    }

    fn path(entry: &str) -> Path {
        Path {
            id: String::new(),
            entry: entry.to_owned(),
            listener: Some("https".to_owned()),
            host: Some("shop.example".to_owned()),
            matches: Some("/cart".to_owned()),
            dormant: false,
            dormant_reason: None,
            backend: Some(Backend {
                kind: "Service".to_owned(),
                namespace: "shop".to_owned(),
                name: "cart".to_owned(),
                port: Some(Port::Number(80)),
            }),
            config: PathState::Open,
            assumptions: Vec::new(),
            outcome: Outcome::NotTested,
            confidence: None,
            by_vantage: Vec::new(),
            effective: None,
            measured: Vec::new(),
            not_measured: Vec::new(),
            segments: vec![
                segment(SegmentName::Listener, "Gateway", "edge"),
                segment(SegmentName::Rule, "HTTPRoute", "cart"),
                segment(SegmentName::Service, "Service", "cart"),
                segment(SegmentName::Endpoints, "Service", "cart"),
                segment(SegmentName::Tls, "Secret", "edge-tls"),
            ],
        }
    }

    fn told(path: &Path) -> Vec<String> {
        hops(path).iter().map(|s| format!("[{}] {} ({})", s.asks.join(" "), s.title(), s.segments.len())).collect()
    }

    #[test]
    fn a_route_reads_alike_whether_its_gateway_or_itself_is_the_entry() {
        let expected = [
            "[https] Gateway shop/edge (2)",
            "[] HTTPRoute shop/cart (1)",
            "[shop.example /cart] Service shop/cart (1)",
            "[port 80] Pods (1)",
        ];
        assert_eq!(told(&path("Gateway/shop/edge")), expected);
        assert_eq!(told(&path("HTTPRoute/shop/cart")), expected);
    }

    #[test]
    fn a_path_without_a_backend_still_says_what_it_asks_for() {
        let mut path = path("Ingress/shop/web");
        path.backend = None;
        path.segments.clear();
        assert_eq!(told(&path), ["[https shop.example /cart] Ingress shop/web (0)"]);
        assert_eq!(hops(&path).first().map(|s| s.state), Some(PathState::Unknown));
    }
}
