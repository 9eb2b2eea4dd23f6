//! `check` and `can` never contradict each other: for every path of every situation the `policy` segment says what
//! `can` answers for those who carry its traffic.

use std::collections::BTreeSet;

use kubereach_engine::checks;
use kubereach_engine::evaluate::Cluster;
use kubereach_engine::policy::cni::Enforcement;
use kubereach_engine::policy::{HABITS, Protocol, Request};
use kubereach_engine::question::{Answers, Finder, Party, Row, Target, portable};
use kubereach_intake::progress::Silent;
use kubereach_model::evidence::{Carriers, Path, Segment};
use kubereach_reports::report::{Backend, Effect, PathState, Port, SegmentName};
use kubereach_testkit::situations::{args, folders, inputs, name, options};

/// Callers that are asked about where a path has none of its own: a few of them speak for all.
const CALLERS: usize = 12;

#[test]
fn check_and_can_agree_about_every_path_of_every_situation() {
    let (mut wrong, mut asked) = (Vec::new(), 0);
    for folder in folders() {
        let Ok(read) = kubereach_intake::read(&inputs(&folder), &options(&args(&folder)), &Silent) else { continue };
        for snapshot in &read.snapshots {
            let cluster = Cluster::new(snapshot);
            for subject in checks::evaluate(&cluster) {
                for path in &subject.paths {
                    let Some(segment) = path.segment(SegmentName::Policy).filter(|s| s.is_counted()) else { continue };
                    let Some(rows) = rows(&cluster, path, segment) else { continue };
                    asked += 1;
                    if let Some(why) = contradiction(segment, &rows) {
                        wrong.push(format!("{}: {} {:?}: {why}", name(&folder), subject.object, path.key.matches));
                    }
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {asked}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(asked > 500, "only {asked} paths were asked about");
}

/// What `can` answers for the callers of a path; `None` where nobody is behind it.
fn rows(cluster: &Cluster<'_>, path: &Path, segment: &Segment) -> Option<Vec<Row>> {
    let view = cluster.policies();
    let finder = Finder::new(view, cluster);
    let Backend { namespace, name, port: Some(port), .. } =
        path.key.backend.as_ref().filter(|backend| backend.kind == "Service")?
    else {
        return None;
    };
    let port = match port {
        Port::Number(number) => number.to_string(),
        Port::Name(name) => name.clone(),
    };
    let words = format!("{namespace}/service/{name}");
    let to = [Some(Protocol::Tcp), None]
        .into_iter()
        .find_map(|protocol| finder.destination(&words, Some(&port), protocol, namespace).ok())?;
    let from = if let Some(carriers) = segment.carriers() {
        finder.of_carriers(carriers)
    } else {
        let pods = finder.everyone().into_iter().take(CALLERS).map(|pod| pod.object());
        let words = pods.map(|pod| (pod.kind.to_lowercase(), pod.namespace.unwrap_or_default(), pod.name));
        let found = words.filter_map(|(kind, ns, name)| finder.source(&format!("{ns}/{kind}/{name}"), &ns).ok());
        found.flatten().chain(finder.source("external", namespace).unwrap()).collect()
    };
    // A pod reaches itself whatever policies say.
    let is_itself = |row: &Row| row.because.iter().any(|because| because.says == "admits" && because.policy.is_none());
    let mut rows = Answers::new(view, finder).rows(from, to, None, false);
    rows.retain(|row| !is_itself(row));
    (!rows.is_empty()).then_some(rows)
}

/// What the segment says and `can` does not.
fn contradiction(segment: &Segment, rows: &[Row]) -> Option<String> {
    let known = segment.carriers();
    // Where no one is known who connects, what callers may send out themselves is not the path's.
    let answer = |row: &Row| {
        let up_to_the_request = row.answer == "unknown" && row.because.iter().any(|b| b.missing == Some("request"));
        match known {
            _ if up_to_the_request => "allowed",
            Some(_) => row.answer,
            None => row.ingress,
        }
    };
    let said: BTreeSet<&str> = rows.iter().map(answer).collect();
    let codes: Vec<&str> = segment.findings().iter().map(|finding| finding.code()).collect();
    let reasons = || rows.iter().flat_map(|row| &row.because).map(|b| b.text.clone()).collect::<BTreeSet<_>>();
    let of = |what: &str| Some(format!("{:?} {codes:?}, and can: {said:?} ({what}) {:?}", segment.state(), reasons()));
    let acts = segment.findings().iter().any(|finding| finding.effect() != Effect::Notes);
    let depends = codes.iter().any(|code| DEPENDS.contains(code));
    match segment.state() {
        PathState::Blocked if said.contains("allowed") => of("blocked, and somebody is let through"),
        PathState::Open if said.contains("denied") && !depends => of("open, and somebody is turned away"),
        PathState::Open if known.is_some() && said.contains("unknown") && !depends => of("open, and not certain"),
        PathState::Unknown if known.is_some_and(|c| *c != Carriers::Unseen) && said == BTreeSet::from(["allowed"]) => {
            of("unknown, and everybody is let through")
        }
        PathState::Narrowed if acts && !depends && known.is_some() && said == BTreeSet::from(["denied"]) => {
            of("open in part, and everybody is turned away")
        }
        _ => None,
    }
}

/// Codes that say that it depends on who connects, or on a plugin that was not seen.
const DEPENDS: [&str; 8] = [
    "policy/admits-some",
    "policy/admits-only-its-node",
    "policy/admits-no-one-if-enforced",
    "policy/closed-to-controller-if-enforced",
    "policy/some-pods-admit-no-one",
    "policy/source-address-replaced",
    "policy/caller-unseen",
    "policy/not-enforced",
];

/// Asked as if the plugin ran that was seen running, `can` answers what it answers anyway.
#[test]
fn the_answer_under_the_plugin_that_runs_is_the_answer() {
    let (mut wrong, mut asked) = (Vec::new(), 0);
    for folder in folders() {
        let Ok(read) = kubereach_intake::read(&inputs(&folder), &options(&args(&folder)), &Silent) else { continue };
        for snapshot in &read.snapshots {
            let cluster = Cluster::new(snapshot);
            let view = cluster.policies();
            let runs = match &view.plugins.enforcement {
                Enforcement::Enforced { by, .. } | Enforcement::NotEnforced { by, .. } => *by,
                Enforcement::Unknown(_) => continue,
            };
            let Some(habits) = HABITS.iter().find(|habits| habits.name == runs) else { continue };
            // A plugin that is set to enforce nothing does what it is set to, not what it is used to.
            if habits.enforces == matches!(view.plugins.enforcement, Enforcement::NotEnforced { .. }) {
                continue;
            }
            let finder = Finder::new(view, &cluster);
            let target = Target { protocol: Protocol::Tcp, port: Some(8080) };
            let pods: Vec<Party<'_>> = finder.everyone().into_iter().take(CALLERS).map(Party::of_pod).collect();
            let to: Vec<Party<'_>> = pods.iter().map(|pod| Party { port: Some(target), ..pod.clone() }).collect();
            if pods.is_empty() {
                continue;
            }
            let mut rows = Answers::new(view, finder).rows(pods.clone(), to.clone(), None, false);
            portable(&cluster, (&pods, &to), None, &Request::default(), &mut rows);
            for row in &rows {
                asked += 1;
                let there = row.portable.iter().find(|of| of.plugins.contains(&runs)).map(|of| of.answer);
                if there.is_some_and(|there| there != row.answer) {
                    let because: Vec<&str> = row.because.iter().map(|because| because.text.as_str()).collect();
                    wrong.push(format!(
                        "{}: {} -> {}: {} and under {runs} {there:?}: {because:?}",
                        name(&folder),
                        row.from,
                        row.to,
                        row.answer
                    ));
                }
            }
        }
    }
    assert!(wrong.is_empty(), "{} of {asked}:\n{}", wrong.len(), wrong.join("\n"));
    assert!(asked > 500, "only {asked} pairs were asked about");
}
