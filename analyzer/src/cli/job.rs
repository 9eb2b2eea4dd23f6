//! `kubereach job`

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::io::Write as _;

use kubereach_intake::progress::Silent;
use kubereach_intake::{self as intake, InputSpec, IntakeOptions};
use kubereach_live::job::{
    INSTANCE, JobOptions, Manifests, Review, is_namespace, manifests, parse_labels, parse_toleration, review,
};
use kubereach_prober::words::{Purpose, VantageKind};
use serde::Serialize;

use super::args::Job;
use super::{Failure, OK, plan};

/// Prints the manifests.
pub(super) fn run(command: &Job) -> Result<u8, Failure> {
    let usage = |flag: &'static str| move |why: String| Failure::Usage(format!("{flag}: {why}"));
    let mut labels = BTreeMap::new();
    for text in &command.labels {
        labels.extend(parse_labels(text).map_err(usage("--labels"))?);
    }
    let tolerations = command
        .tolerations
        .iter()
        .map(|text| parse_toleration(text))
        .collect::<Result<_, _>>()
        .map_err(usage("--tolerations"))?;
    if !is_namespace(&command.namespace) {
        return Err(Failure::Usage(format!("'{}' cannot be the name of a namespace", command.namespace)));
    }
    let plan = plan::read(&command.plan)?;
    let reviewed = reviewed(command, &labels)?;
    say(command, &labels, &reviewed);
    if reviewed.hazards.iter().any(|h| h.refuses) && !command.accept_hazards {
        return Err(Failure::Usage(
            "nothing was printed, because something of the cluster would count on the prober's pod (above); give other \
             --labels or another namespace, or say --accept-hazards"
                .to_owned(),
        ));
    }
    let options = JobOptions {
        namespace: command.namespace.clone(),
        image: command.image.clone(),
        labels: reviewed.labels,
        node: command.node.clone(),
        tolerations,
        pull_secrets: command.pull_secret.clone(),
        service_account: command.service_account.clone(),
        no_mesh: command.no_mesh,
        deadline: command.deadline,
        allow: command.allow_address.clone(),
        ..JobOptions::default()
    };
    let manifests = manifests(&plan, &options).map_err(|error| Failure::Nothing(error.to_string()))?;
    let text = yaml(&manifests, command)?;
    if let Some(path) = &command.output {
        plan::write_file(path, text.as_bytes())?;
    } else {
        let mut out = std::io::stdout().lock();
        out.write_all(text.as_bytes())?;
        out.flush()?;
    }
    let elsewhere =
        plan.targets.iter().filter(|t| t.purpose == Purpose::Path && t.vantages == [VantageKind::Local]).count();
    if elsewhere > 0 {
        anstream::eprintln!(
            "kubereach: {elsewhere} of {} targets make sense only from outside the cluster: 'kubereach probe' runs them",
            plan.targets.len()
        );
    }
    Ok(OK)
}

/// The labels that the pod will carry, and who would take it for one of theirs.
fn reviewed(command: &Job, labels: &BTreeMap<String, String>) -> Result<Review, Failure> {
    if command.snapshot.is_empty() {
        return Ok(review(None, &command.namespace, labels));
    }
    let inputs: Vec<InputSpec> = command
        .snapshot
        .iter()
        .map(|path| {
            if path.as_os_str() == "-" {
                InputSpec::Stdin { name: "-".to_owned() }
            } else {
                InputSpec::Path(path.clone())
            }
        })
        .collect();
    let options = IntakeOptions { default_namespace: "default".to_owned(), ..IntakeOptions::default() };
    let read = intake::read(&inputs, &options, &Silent)?;
    let snapshot = plan::only(&read.snapshots)?;
    Ok(review(Some(snapshot), &command.namespace, labels))
}

/// What was decided about the labels, on standard error.
fn say(command: &Job, asked: &BTreeMap<String, String>, reviewed: &Review) {
    let mut out = String::new();
    for (key, why) in &reviewed.dropped {
        let _ = writeln!(out, "kubereach: label {key} is left off: {why}");
    }
    for hazard in &reviewed.hazards {
        let word = if hazard.refuses { "hazard" } else { "note" };
        let _ = writeln!(out, "kubereach: {word}: {}", plan::plain(&hazard.says));
    }
    if !reviewed.policies.is_empty() {
        let _ = writeln!(out, "kubereach: network policies that select the pod: {}", reviewed.policies.join(", "));
    }
    if command.snapshot.is_empty() && !asked.is_empty() {
        out.push_str(
            "kubereach: note: without --snapshot it is not known which Services, budgets and workloads take a pod with \
             these labels for one of theirs\n",
        );
    }
    anstream::eprint!("{out}");
}

/// Every object as a YAML document, with what to run next as a comment.
fn yaml(manifests: &Manifests, command: &Job) -> Result<String, Failure> {
    let namespace = &command.namespace;
    let instance = &manifests.instance;
    let selected = format!("-n {namespace} -l {INSTANCE}={instance}");
    let mut text = format!(
        "# kubereach: {} Job{} to measure from namespace {namespace}.\n\
         # wait:    kubectl wait --for=condition=complete --timeout=30m job {selected}\n\
         # collect: kubectl logs {selected} -c prober --tail=-1 --prefix | kubereach collect - -o seen.json\n\
         # clean:   kubectl delete job,configmap {selected}\n",
        manifests.runs.len(),
        if manifests.runs.len() == 1 { "" } else { "s" },
    );
    if !command.no_role {
        document(&mut text, &manifests.role)?;
    }
    for run in &manifests.runs {
        document(&mut text, &run.config_map)?;
        document(&mut text, &run.job)?;
    }
    Ok(text)
}

pub(super) fn document<T: Serialize>(text: &mut String, object: &T) -> Result<(), Failure> {
    text.push_str("---\n");
    text.push_str(&serde_yaml::to_string(object).map_err(|error| Failure::Output(error.into()))?);
    Ok(())
}
