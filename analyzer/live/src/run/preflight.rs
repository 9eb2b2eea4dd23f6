//! Before anything is created: whom to measure as, and what would be in the way. Only reads, reviews, and dry runs.

use std::collections::BTreeMap;
use std::time::Instant;

use k8s_openapi::api::core::v1::{LimitRange, Namespace, ResourceQuota};
use k8s_openapi::api::policy::v1::PodDisruptionBudget;
use kubereach_prober::Plan;
use serde::de::DeserializeOwned;
use tokio::time::Instant as Tick;

use super::origin::{self, Client};
use super::trouble::Trouble;
use super::writer::{Kind, Ours, Writer};
use super::{Ask, From, PARALLEL, Prepared, Ready, RunError, access, fit, identity};
use crate::cluster::{Accept, CallError, Connection, Reader, block_on, path};
use crate::job;
use kubereach_model::snapshot::Snapshot;

/// The namespace label that says what `PodSecurity` enforces (kubernetes.io, Pod Security Admission).
const ENFORCE: &str = "pod-security.kubernetes.io/enforce";
/// Seconds that starting a pod and deleting it are given when time is divided.
const AROUND_S: u64 = 30;

/// A list of the API server of which only the items matter.
#[derive(serde::Deserialize)]
struct List<T> {
    items: Vec<T>,
}

/// Looks into everything a run needs. Nothing is changed.
pub fn prepare(ask: &Ask, snapshot: &Snapshot, plan: &Plan) -> Result<Prepared, RunError> {
    block_on(async {
        let connection = ask.target.connect()?;
        let deadline = Tick::from_std(ask.deadline);
        let reader = Reader::new(connection.client()?, 4, deadline);
        let writer = Writer::new(connection.client()?, deadline);
        let default = ask.namespace.clone().unwrap_or_else(|| connection.namespace.clone());
        let mut from: Vec<From> = Vec::new();
        for one in ask.from.iter().map(|one| one.within(&default)) {
            if !from.contains(&one) {
                from.push(one);
            }
        }
        let in_cluster: Vec<&From> = from.iter().filter(|one| **one != From::Local).collect();
        let look = Look { ask, snapshot, plan, reader: &reader, writer: &writer, vantages: in_cluster.len() };
        let mut vantages = Vec::new();
        let mut refused = Vec::new();
        for one in &in_cluster {
            let ready = look.at(one, &default).await?;
            refused.extend(ready.review.hazards.iter().filter(|h| h.refuses).map(|h| h.says.clone()));
            vantages.push(ready);
        }
        if !refused.is_empty() && !ask.accept_hazards {
            return Err(RunError::Hazards(refused));
        }
        let Connection { context, server, .. } = connection;
        let local = from.contains(&From::Local).then(|| plan.clone());
        Ok(Prepared { context, server, vantages, local })
    })?
}

struct Look<'a> {
    ask: &'a Ask,
    snapshot: &'a Snapshot,
    plan: &'a Plan,
    reader: &'a Reader,
    writer: &'a Writer,
    vantages: usize,
}

impl Look<'_> {
    async fn at(&self, from: &From, default: &str) -> Result<Ready, RunError> {
        let (namespace, client) = match from {
            From::Client { namespace, kind, name } => {
                let namespace = namespace.as_deref().unwrap_or(default);
                (namespace, origin::client(self.reader, kind, namespace, name).await?)
            }
            From::Neutral | From::Local => (default, Client::default()),
        };
        if !job::is_namespace(namespace) {
            return Err(RunError::Namespace(namespace.to_owned()));
        }
        let mut notes = Vec::new();
        let mut review = job::review(Some(self.snapshot), namespace, &client.labels);
        self.budgets(namespace, &mut review).await;
        if client.labels.is_empty() {
            // Nobody's labels: only what selects every pod is left, and that is not worth a word.
            review.hazards.retain(|hazard| hazard.refuses);
        }
        if client.host_network {
            notes.push(format!(
                "{from} run in their node's network; the prober's pod does not, so network policies and addresses \
                 treat it differently"
            ));
        }
        let mut options = self.options(from, namespace, client, &review, &mut notes);
        let mut blocked = self.permission(namespace, &mut notes).await;
        if blocked.is_none() {
            blocked = self.namespace(namespace, options.no_mesh, &mut notes).await;
        }
        if blocked.is_none() {
            blocked = self.fit(namespace, &mut options, &mut notes).await;
        }
        let manifests = job::manifests(self.plan, &options)?;
        if blocked.is_none() && self.ask.server_dry_run {
            blocked = self.dry_run(&manifests, &mut notes).await;
        }
        let identity = identity(&options, &manifests);
        Ok(Ready {
            from: format!("{from} in namespace {namespace}"),
            namespace: namespace.to_owned(),
            manifests,
            review,
            identity,
            notes,
            blocked,
        })
    }

    /// The Job's options for this client: its own, and what the command line adds.
    fn options(
        &self,
        from: &From,
        namespace: &str,
        client: Client,
        review: &job::Review,
        notes: &mut Vec<String>,
    ) -> job::JobOptions {
        let base = &self.ask.options;
        let mut options = job::JobOptions {
            namespace: namespace.to_owned(),
            labels: review.labels.clone(),
            node_selector: client.node_selector,
            node_affinity: client.node_affinity,
            service_account: base.service_account.clone().or(client.service_account),
            // Two clients that are alike in all that is taken over of them are measured by a Job each.
            salt: base.salt.as_ref().map(|salt| format!("{salt} {from}")),
            ..base.clone()
        };
        options.tolerations.extend(client.tolerations);
        if options.deadline.is_none() {
            options.deadline = self.seconds(notes);
        }
        options
    }

    /// Seconds for measuring, where the plan's own time does not fit into what is left.
    fn seconds(&self, notes: &mut Vec<String>) -> Option<u32> {
        let left = self.ask.deadline.saturating_duration_since(Instant::now()).as_secs();
        let jobs = self.plan.targets.len().div_ceil(job::Split::default().targets).max(1) * self.vantages.max(1);
        let rounds = u64::try_from(jobs.div_ceil(PARALLEL)).unwrap_or(u64::MAX).max(1);
        let each = (left / rounds).saturating_sub(AROUND_S).max(5);
        if self.plan.limits.total_ms / 1000 <= each {
            return None;
        }
        notes.push(format!("--timeout leaves {each} s for measuring; what is not measured by then is not tested"));
        u32::try_from(each).ok()
    }

    async fn permission(&self, namespace: &str, notes: &mut Vec<String>) -> Option<(Trouble, String)> {
        match access::missing(self.reader, namespace).await {
            Ok(missing) if missing.is_empty() => None,
            Ok(missing) => Some((Trouble::Permission, access::words(&missing, namespace))),
            Err(error) => {
                notes.push(format!("whether this identity may do all that is needed could not be asked: {error}"));
                None
            }
        }
    }

    async fn namespace(&self, name: &str, no_mesh: bool, notes: &mut Vec<String>) -> Option<(Trouble, String)> {
        let url = path("", "v1", None, "namespaces", Some(name));
        let namespace: Namespace = match self.reader.get_as(&url, Accept::Json).await {
            Ok(namespace) => namespace,
            Err(CallError::NotFound(words)) => return Some((Trouble::NamespaceMissing, words)),
            // It shows when something is created.
            Err(_) => return None,
        };
        let terminating = namespace.status.as_ref().and_then(|s| s.phase.as_deref()) == Some("Terminating");
        if terminating || namespace.metadata.deletion_timestamp.is_some() {
            return Some((Trouble::NamespaceTerminating, String::new()));
        }
        let labels: BTreeMap<String, String> = namespace.metadata.labels.unwrap_or_default();
        let label = |key: &str| labels.get(key).map(String::as_str).unwrap_or_default();
        let level = label(ENFORCE);
        if !level.is_empty() {
            notes.push(format!("PodSecurity enforces level {level} in namespace {name}: the pod passes every level"));
        }
        let meshed = label("istio-injection") == "enabled"
            || !label("istio.io/rev").is_empty()
            || label("kuma.io/sidecar-injection") == "enabled"
            || namespace.metadata.annotations.iter().flatten().any(|(k, v)| k == "linkerd.io/inject" && v == "enabled");
        if meshed && !no_mesh {
            let more = if level == "restricted" || level == "baseline" {
                "; its init container is refused at this level unless the mesh has a CNI plugin"
            } else {
                ""
            };
            notes.push(format!("a mesh takes the pods of namespace {name} in{more} (--no-mesh keeps it out)"));
        }
        None
    }

    async fn list<T: DeserializeOwned>(&self, namespace: &str, plural: &str) -> Result<Vec<T>, CallError> {
        let url = path("", "v1", Some(namespace), plural, None);
        Ok(self.reader.get_as::<List<T>>(&url, Accept::Json).await?.items)
    }

    /// Budgets are not among what judgement reads; a pod that one counts blocks drains.
    async fn budgets(&self, namespace: &str, review: &mut job::Review) {
        let url = path("policy", "v1", Some(namespace), "poddisruptionbudgets", None);
        // Where they may not be listed, the review says so already.
        let Ok(list) = self.reader.get_as::<List<PodDisruptionBudget>>(&url, Accept::Json).await else { return };
        let selector = |budget: &PodDisruptionBudget| {
            let selector = budget.spec.as_ref().and_then(|spec| spec.selector.as_ref());
            selector.and_then(|selector| serde_json::to_value(selector).ok()).unwrap_or_default()
        };
        let all: Vec<(String, serde_json::Value)> =
            list.items.iter().map(|b| (b.metadata.name.clone().unwrap_or_default(), selector(b))).collect();
        job::review_budgets(review, &all);
    }

    async fn fit(
        &self,
        namespace: &str,
        options: &mut job::JobOptions,
        notes: &mut Vec<String>,
    ) -> Option<(Trouble, String)> {
        match self.list::<LimitRange>(namespace, "limitranges").await {
            Ok(ranges) => {
                let (resources, changed) = fit::fit(&ranges);
                options.resources = resources;
                notes.extend(changed);
            }
            Err(error) => notes.push(format!("limit ranges could not be read: {error}")),
        }
        match self.list::<ResourceQuota>(namespace, "resourcequotas").await {
            Ok(quotas) => {
                let jobs = self.plan.targets.len().div_ceil(job::Split::default().targets).clamp(1, PARALLEL);
                let over = fit::over_quota(&quotas, &options.resources, jobs);
                (!over.is_empty()).then(|| (Trouble::Quota, over.join("; ")))
            }
            Err(error) => {
                notes.push(format!("quotas could not be read: {error}"));
                None
            }
        }
    }

    /// What the API server and admission would say to the first Job and its plan.
    async fn dry_run(&self, manifests: &job::Manifests, notes: &mut Vec<String>) -> Option<(Trouble, String)> {
        let first = manifests.runs.first()?;
        let job = Ours::of(Kind::Job, &first.job.metadata)?;
        let map = Ours::of(Kind::ConfigMap, &first.config_map.metadata)?;
        let outcome = match self.writer.create(&job, &first.job, true).await {
            Ok(_) => self.writer.create(&map, &first.config_map, true).await,
            Err(error) => Err(error),
        };
        let error = outcome.err()?;
        let text = error.to_string();
        if text.contains("dry run") || text.contains("dryRun") || text.contains("dry-run") {
            notes.push(format!("the API server does not try it out beforehand: {text}"));
            return None;
        }
        Some((Trouble::of_error(&error), text))
    }
}
