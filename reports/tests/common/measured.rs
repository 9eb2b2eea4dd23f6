//! Subjects that somebody measured.

use kubereach_reports::report::*;

use super::build::*;

pub(super) fn measured(outcome: Outcome, evidence: &str) -> VantageRow {
    VantageRow {
        vantage: "in-cluster".to_owned(),
        via: "data".to_owned(),
        source: "Pod kubereach/prober".to_owned(),
        outcome,
        confidence: Some(Confidence::Real),
        evidence: evidence.to_owned(),
        failed_layer: None,
        failed_segment: None,
        at: None,
        segments: Vec::new(),
    }
}

pub(super) fn plain_service(name: &str) -> (Subject, Path) {
    let service = object("Service", "shop", name);
    let mut only = path(&format!("Service/shop/{name}"), "", "", backend("shop", name, 80));
    only.listener = Some("cluster-ip".to_owned());
    only.segments = vec![
        segment(SegmentName::Service, PathState::Open, service.clone(), "exists", &[]),
        segment(SegmentName::Endpoints, PathState::Open, service, "3 of 3 addresses ready (EndpointSlices)", &[]),
    ];
    (subject("Service", "shop", name), only)
}

pub(super) fn healthy_service() -> Subject {
    let (base, mut only) = plain_service("catalog");
    only.outcome = Outcome::Verified;
    only.confidence = Some(Confidence::Real);
    only.by_vantage = vec![measured(Outcome::Verified, "GET / answered 200 in 12 ms")];
    Subject {
        verdict: Verdict::Healthy,
        traffic: Traffic::Verified,
        headline: "A real request from inside the cluster was answered.".to_owned(),
        paths: vec![only],
        not_checked: Vec::new(),
        ..base
    }
}

pub(super) fn contradicted() -> Subject {
    let (base, mut only) = plain_service("search");
    only.outcome = Outcome::Unreachable;
    only.confidence = Some(Confidence::Real);
    only.by_vantage = vec![VantageRow {
        failed_layer: Some("tcp".to_owned()),
        failed_segment: Some(SegmentName::Endpoints),
        ..measured(Outcome::Unreachable, "connection refused by 10.1.2.3:80, twice; a control Pod answered")
    }];
    Subject {
        verdict: Verdict::Broken,
        traffic: Traffic::Unreachable,
        headline: "The configuration looks right, but no request got through: the Pods refuse the connection."
            .to_owned(),
        reason: "Two attempts from inside the cluster were refused; the configuration shows no cause.".to_owned(),
        paths: vec![only],
        ..base
    }
}

pub(super) fn unreachable_unplaced() -> Subject {
    let (base, mut only) = plain_service("mail");
    only.outcome = Outcome::Unreachable;
    only.confidence = Some(Confidence::Real);
    only.by_vantage = vec![measured(Outcome::Unreachable, "timed out once, nothing to compare with")];
    Subject {
        verdict: Verdict::Unknown,
        traffic: Traffic::Inconclusive,
        headline: "One request got no answer, which alone does not show where it broke.".to_owned(),
        unknown_class: Some(UnknownClass::Investigate),
        paths: vec![only],
        ..base
    }
}
