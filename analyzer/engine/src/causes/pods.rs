//! What a cluster shows of pods that are not ready: each pod is asked why, and traced to what stands behind it.

use std::cell::RefCell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;

use kubereach_reports::report::ObjectRef;

use crate::checks::pod::CAUSES;
use crate::evaluate::Cluster;
use crate::judgement::Judged;
use crate::resolve::owners;
use kubereach_model::evidence::Finding;
use kubereach_model::snapshot::model::Pod;
use kubereach_model::snapshot::{Found, GroupKind};

/// A cluster as the search for causes asks it.
pub struct Known<'c, 's> {
    cluster: &'c Cluster<'s>,
    missing: HashMap<String, GroupKind>,
    /// Culprits behind Services that were asked about, by namespace and name.
    behind: RefCell<HashMap<(String, String), Rc<[ObjectRef]>>>,
    /// Pods of the workloads of namespaces that were asked about.
    workloads: RefCell<HashMap<String, Rc<HashMap<ObjectRef, Pods>>>>,
    /// What the first pod shows that a node or a claim keeps from being ready.
    beside: RefCell<HashMap<ObjectRef, Finding>>,
}

/// The pods of one workload.
#[derive(Default)]
pub(super) struct Pods {
    /// Those that should serve.
    pub(super) all: usize,
    pub(super) ready: usize,
    /// Why the others are not ready: how many, and what the first of them shows. By code; empty where nothing tells.
    pub(super) why: BTreeMap<&'static str, (usize, Option<Finding>)>,
}

impl Pods {
    /// What most of its pods suffer from.
    pub(super) fn main(&self) -> Option<(&'static str, usize, Option<&Finding>)> {
        let most = self.why.iter().max_by_key(|(code, (pods, _))| (!code.is_empty(), *pods, std::cmp::Reverse(**code)));
        most.map(|(code, (pods, finding))| (*code, *pods, finding.as_ref()))
    }
}

/// Which kind was not read, by the ids of the findings that say so.
pub fn missing_of<'j>(judged: impl IntoIterator<Item = &'j Judged>) -> HashMap<String, GroupKind> {
    let mut missing = HashMap::new();
    let mut known = std::collections::HashSet::new();
    for judged in judged {
        let on_paths = judged.subject.paths.iter().flat_map(|path| &path.segments).flat_map(|s| s.findings());
        for finding in on_paths.chain(&judged.subject.notes) {
            // Subjects share findings: each is looked at once.
            if let Some(kind) = finding.missing()
                && known.insert(std::sync::Arc::as_ptr(finding))
            {
                missing.insert(finding.id(), kind.clone());
            }
        }
    }
    missing
}

impl<'c, 's> Known<'c, 's> {
    /// A cluster, and which kinds findings say were not read.
    pub fn new(cluster: &'c Cluster<'s>, missing: HashMap<String, GroupKind>) -> Self {
        Self { cluster, missing, behind: RefCell::default(), workloads: RefCell::default(), beside: RefCell::default() }
    }

    /// Its name, where the inputs hold several.
    pub(super) fn name(&self) -> Option<&str> {
        self.cluster.snapshot.cluster.as_deref()
    }

    /// The kind that was not read, if that is what a finding says.
    pub(super) fn missing(&self, finding: &str) -> Option<&GroupKind> {
        self.missing.get(finding)
    }

    /// How much of a kind was read.
    pub(super) fn coverage(&self, kind: &GroupKind) -> kubereach_reports::report::CoverageState {
        self.cluster.snapshot.coverage.state(kind, None)
    }

    /// What stands behind the pods of a Service that are not ready: nodes, claims, workloads, each once. Empty where
    /// no pod behind it was read as not ready.
    pub(super) fn behind(&self, service: &ObjectRef) -> Rc<[ObjectRef]> {
        let namespace = service.namespace.clone().unwrap_or_default();
        let key = (namespace, service.name.clone());
        if let Some(known) = self.behind.borrow().get(&key) {
            return Rc::clone(known);
        }
        let mut culprits: Vec<ObjectRef> = Vec::new();
        if let Some(view) = self.cluster.service_view(&key.0, &key.1) {
            let all = view.selected.not_ready().map(|pod| self.culprit(pod).0);
            culprits.extend(all);
        }
        culprits.sort();
        culprits.dedup();
        let culprits: Rc<[ObjectRef]> = culprits.into();
        self.behind.borrow_mut().insert(key, Rc::clone(&culprits));
        culprits
    }

    /// What stands behind one pod that was read as not ready.
    pub(super) fn behind_pod(&self, pod: &ObjectRef) -> Option<ObjectRef> {
        let namespace = pod.namespace.as_deref()?;
        let found = self.cluster.snapshot.lookup::<Pod>(namespace, &pod.name).found()?;
        (found.is_ready() == Some(false)).then(|| self.culprit(found).0)
    }

    /// What a pod shows that this node or claim keeps from being ready.
    pub(super) fn told_beside(&self, object: &ObjectRef) -> Option<Finding> {
        self.beside.borrow().get(object).cloned()
    }

    /// The pods of a workload, or of a pod that nothing controls.
    pub(super) fn pods_of<T>(&self, workload: &ObjectRef, ask: impl FnOnce(&Pods) -> T) -> Option<T> {
        let namespace = workload.namespace.clone()?;
        let known = self.workloads.borrow().get(&namespace).map(Rc::clone);
        let all = known.unwrap_or_else(|| {
            let all = Rc::new(self.workloads_in(&namespace));
            self.workloads.borrow_mut().insert(namespace, Rc::clone(&all));
            all
        });
        all.get(workload).map(ask)
    }

    fn workloads_in(&self, namespace: &str) -> HashMap<ObjectRef, Pods> {
        let mut all: HashMap<ObjectRef, Pods> = HashMap::new();
        let serving = |pod: &Found<'_, Pod>| !pod.is_finished() && !pod.is_terminating();
        for pod in self.cluster.snapshot.pods.in_namespace(namespace).filter(serving) {
            let owner = owners::top(self.cluster.snapshot, pod.get()).unwrap_or_else(|| pod.object());
            let pods = all.entry(owner.clone()).or_default();
            pods.all += 1;
            if pod.is_ready() != Some(false) {
                pods.ready += 1;
                continue;
            }
            let (culprit, finding) = self.culprit(pod);
            // What stands behind it tells its own story.
            if culprit == owner {
                let code = finding.as_ref().map_or("", Finding::code);
                pods.why.entry(code).or_insert((0, finding)).0 += 1;
            }
        }
        all
    }

    /// Who is to blame for a pod that is not ready, and what shows it.
    fn culprit(&self, pod: Found<'s, Pod>) -> (ObjectRef, Option<Finding>) {
        let finding = CAUSES.iter().find_map(|check| check(self.cluster, pod));
        let beside = finding.as_ref().and_then(|finding| finding.related.first()).map(|related| related.object.clone());
        let owner = || owners::top(self.cluster.snapshot, pod.get()).unwrap_or_else(|| pod.object());
        if let (Some(beside), Some(finding)) = (&beside, &finding) {
            self.beside.borrow_mut().entry(beside.clone()).or_insert_with(|| finding.clone());
        }
        (beside.unwrap_or_else(owner), finding)
    }
}
