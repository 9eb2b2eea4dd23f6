//! The Kubernetes objects that run the prober with a plan: `ConfigMap`, Job, and the Role of who runs them.
//!
//! The pod passes `PodSecurity` level `restricted` and OpenShift's `restricted-v2`: it sets no user,
//! so that OpenShift can, and relies on the image's numeric one. It has no token, writes nothing, and ends by
//! its own deadline before the kubelet's, so that its log is whole. Only Jobs are made, never bare pods: a
//! pod that belongs to a Job is adopted by nobody else.
//!
//! Source: `docs/semantics/measurement.md#the-probers-pod-passes-the-restricted-level`,
//! `docs/semantics/measurement.md#a-clients-labels-make-the-probers-pod-somebodys`.

mod hazards;
mod labels;
mod parts;
mod pod;
mod role;

use std::collections::BTreeMap;

use ipnet::IpNet;
use k8s_openapi::api::batch::v1::{Job, JobSpec};
use k8s_openapi::api::core::v1::{ConfigMap, PodTemplateSpec};
use k8s_openapi::api::rbac::v1::Role;
use k8s_openapi::apimachinery::pkg::apis::meta::v1::ObjectMeta;
use kubereach_prober::canonical::sha256_hex;
use kubereach_prober::plan::Part;
use kubereach_prober::{Plan, canonical};

pub use hazards::{Hazard, Review, review, review_budgets};
pub use labels::{is_namespace, parse as parse_labels, parse_toleration};
pub use parts::Split;
pub use pod::{CONTAINER, Resources};

/// The image that goes with this program.
pub const IMAGE: &str = concat!("ghcr.io/kubereach/kubereach-prober:", env!("CARGO_PKG_VERSION"));
/// The name every object carries.
pub const NAME: &str = "kubereach-prober";
/// The label by which the objects of one run are found; no client has it.
pub const INSTANCE: &str = kubereach_prober::observations::RUN_LABEL;
/// How the name of every Job and its `ConfigMap` begins.
pub const PREFIX: &str = "kubereach-probe-";
/// Seconds the kubelet gives a pod beyond the prober's own limit, for pulling the image and printing.
pub const GRACE_S: u64 = 60;
/// Seconds until a finished Job and its pod are deleted: enough to read the log by hand.
const TTL_S: i32 = 600;

/// How to run.
#[derive(Debug, Clone, Default)]
pub struct JobOptions {
    /// Where.
    pub namespace: String,
    /// Which image; [`IMAGE`] if empty.
    pub image: String,
    /// Labels of the client to measure as, reviewed.
    pub labels: BTreeMap<String, String>,
    /// Only on this node.
    pub node: Option<String>,
    /// Only on nodes with these labels: those of the client.
    pub node_selector: BTreeMap<String, String>,
    /// Only on nodes that the client's required affinity names.
    pub node_affinity: Option<k8s_openapi::api::core::v1::NodeSelector>,
    /// Taints to tolerate.
    pub tolerations: Vec<k8s_openapi::api::core::v1::Toleration>,
    /// Secrets to pull the image with.
    pub pull_secrets: Vec<String>,
    /// Identity for a mesh; no token comes with it.
    pub service_account: Option<String>,
    /// Keep meshes from taking the pod in.
    pub no_mesh: bool,
    /// Seconds for measuring, for each Job.
    pub deadline: Option<u32>,
    /// Guarded ranges that may be dialled.
    pub allow: Vec<IpNet>,
    /// What the pod asks for and may use.
    pub resources: Resources,
    /// Tells apart two runs of the same plan; without it the same plan and options have the same name.
    pub salt: Option<String>,
}

/// One Job with its part of the plan.
#[derive(Debug, Clone)]
pub struct Run {
    /// The plan.
    pub config_map: ConfigMap,
    /// The Job.
    pub job: Job,
}

/// Everything for one plan.
#[derive(Debug, Clone)]
pub struct Manifests {
    /// What all objects carry as [`INSTANCE`].
    pub instance: String,
    /// One, or several where the plan is large.
    pub runs: Vec<Run>,
    /// What the person who runs this may do.
    pub role: Role,
}

/// Why no manifests were made.
#[derive(Debug, thiserror::Error)]
pub enum JobError {
    /// There is nothing to run.
    #[error("the plan has no targets; nothing would be measured")]
    Empty,
    /// One dial alone does not fit.
    #[error(
        "the target {id} alone needs {bytes} bytes, more than a ConfigMap holds; plan fewer paths at once \
         (kubereach plan -n, --kind, --name)"
    )]
    TooLarge {
        /// Its id.
        id: String,
        /// Its size.
        bytes: usize,
    },
    /// It cannot be written down.
    #[error("the plan cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// The objects for a plan. The same plan and options give the same objects.
pub fn manifests(plan: &Plan, options: &JobOptions) -> Result<Manifests, JobError> {
    let of = plan.answers_for()?;
    let instance = instance(&of, options);
    let parts = Split::default().parts(plan)?;
    let count = u32::try_from(parts.len()).unwrap_or(u32::MAX);
    let mut runs = Vec::new();
    for (number, mut part) in (1..).zip(parts) {
        let name = if count == 1 { instance.clone() } else { format!("{instance}-{number}") };
        part.run = Some(name.clone());
        part.part = Some(Part { of: of.clone(), number, count });
        if let Some(seconds) = options.deadline {
            part.limits.total_ms = u64::from(seconds) * 1000;
        }
        runs.push(run(&name, &instance, &part, options)?);
    }
    Ok(Manifests { role: role::role(&instance, options), instance, runs })
}

/// The same plan from another node or as another client is another run.
fn instance(of: &str, options: &JobOptions) -> String {
    let mut facts = format!(
        "{of} {} {} {:?} {:?} {:?} {:?} {} {:?} {:?}",
        options.namespace,
        options.image,
        options.labels,
        options.node,
        options.tolerations,
        options.service_account,
        options.no_mesh,
        options.deadline,
        options.allow
    );
    if let Some(salt) = &options.salt {
        facts.push_str(&format!(" {salt} {:?} {:?}", options.node_selector, options.node_affinity));
    }
    let digest = sha256_hex(facts.as_bytes());
    format!("{PREFIX}{}", digest.get(..8).unwrap_or("plan"))
}

fn run(name: &str, instance: &str, part: &Plan, options: &JobOptions) -> Result<Run, JobError> {
    let metadata = || ObjectMeta {
        name: Some(name.to_owned()),
        namespace: Some(options.namespace.clone()),
        labels: Some(labels::own(instance)),
        ..ObjectMeta::default()
    };
    let json = serde_json::to_string(&canonical::sorted(serde_json::to_value(part)?))?;
    let config_map = ConfigMap {
        metadata: metadata(),
        data: Some(BTreeMap::from([(pod::PLAN_FILE.to_owned(), json)])),
        immutable: Some(true),
        ..ConfigMap::default()
    };
    let (pod_labels, annotations) = labels::of_pod(instance, options);
    let seconds = (part.limits.settle_ms.saturating_add(part.limits.total_ms)).div_ceil(1000).saturating_add(GRACE_S);
    let job = Job {
        metadata: metadata(),
        spec: Some(JobSpec {
            // A measurement is not repeated behind one's back.
            backoff_limit: Some(0),
            completions: Some(1),
            parallelism: Some(1),
            ttl_seconds_after_finished: Some(TTL_S),
            template: PodTemplateSpec {
                metadata: Some(ObjectMeta {
                    annotations: (!annotations.is_empty()).then_some(annotations),
                    labels: Some(pod_labels.clone()),
                    ..ObjectMeta::default()
                }),
                spec: Some(pod::spec(name, &pod_labels, i64::try_from(seconds).unwrap_or(i64::MAX), options)),
            },
            ..JobSpec::default()
        }),
        ..Job::default()
    };
    Ok(Run { config_map, job })
}
