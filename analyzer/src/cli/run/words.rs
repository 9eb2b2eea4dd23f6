//! What a run says on standard error: what it is about to do, and what became of it.

use std::fmt::Write as _;

use kubereach_live::run::{Done, Prepared, Ready};
use kubereach_prober::Plan;

use crate::cli::plan::{plain, sum};

/// What would be run, and what is worth knowing beforehand.
pub(super) fn say(prepared: &Prepared, plan: &Plan) {
    let mut out = format!("kubereach: {}\n", sum(plan));
    for ready in &prepared.vantages {
        vantage(&mut out, ready);
    }
    if prepared.local.is_some() {
        out.push_str("kubereach: from this machine\n");
    }
    anstream::eprint!("{out}");
}

fn vantage(out: &mut String, ready: &Ready) {
    let _ = writeln!(out, "kubereach: from {}", plain(&ready.from));
    if let Some((trouble, detail)) = &ready.blocked {
        let _ = writeln!(out, "kubereach:   cannot run: {}", plain(&trouble.words(detail)));
    }
    for (key, why) in &ready.review.dropped {
        let _ = writeln!(out, "kubereach:   label {} is left off: {why}", plain(key));
    }
    for hazard in &ready.review.hazards {
        let word = if hazard.refuses { "hazard" } else { "note" };
        let _ = writeln!(out, "kubereach:   {word}: {}", plain(&hazard.says));
    }
    if !ready.review.policies.is_empty() {
        let names = plain(&ready.review.policies.join(", "));
        let _ = writeln!(out, "kubereach:   network policies that select the pod: {names}");
    }
    for note in &ready.notes {
        let _ = writeln!(out, "kubereach:   note: {}", plain(note));
    }
}

/// What is asked.
pub(super) fn question(prepared: &Prepared) -> String {
    let runs: Vec<&Ready> = prepared.vantages.iter().filter(|ready| ready.blocked.is_none()).collect();
    let jobs: usize = runs.iter().map(|ready| ready.manifests.runs.len()).sum();
    let mut namespaces: Vec<&str> = runs.iter().map(|ready| ready.namespace.as_str()).collect();
    namespaces.sort_unstable();
    namespaces.dedup();
    let s = |count: usize| if count == 1 { "" } else { "s" };
    format!(
        "Create {jobs} Job{} and ConfigMap{} in namespace{} {} of {} ({}), and delete them afterwards?",
        s(jobs),
        s(jobs),
        s(namespaces.len()),
        namespaces.join(", "),
        plain(&prepared.context),
        plain(&prepared.server),
    )
}

/// What became of it.
pub(super) fn done(done: &Done) {
    let mut out = String::new();
    for failure in &done.failures {
        let _ = writeln!(out, "kubereach: {}", plain(&failure.to_string()));
    }
    for remark in &done.remarks {
        let _ = writeln!(out, "kubereach: {}", plain(remark));
    }
    for (ours, why) in &done.left {
        let _ = writeln!(
            out,
            "kubereach: left behind: {ours}: {}; remove it with 'kubereach run --cleanup={} -n {}'",
            plain(why),
            ours.instance,
            ours.namespace
        );
    }
    anstream::eprint!("{out}");
}
