//! What the checks of one Service port look at.

use std::cell::OnceCell;

use kubereach_reports::report::ObjectRef;

use crate::evaluate::Cluster;
use crate::evaluate::service::causes::{self, Cause};
use crate::evaluate::service::{CheckTable, Consumer};
use crate::resolve::metallb::{self, Chain};
use crate::resolve::service::{Endpoint, PortView, ServiceView, Source, Truth, Zero};
use kubereach_model::evidence::Finding;
use kubereach_model::snapshot::model::lenient::PortRef;
use kubereach_model::snapshot::model::{EndpointSlice, Pod, PodSpec, ServicePort, Workload, WorkloadKind};
use kubereach_model::snapshot::{Absence, Found, Gap, Proof};

/// One Service port as one consumer sees it.
pub struct Context<'c, 's> {
    /// The snapshot.
    pub cluster: &'c Cluster<'s>,
    /// The Service.
    pub view: &'c ServiceView<'s>,
    /// The port; `None` for a Service without ports, or where it is not known which.
    pub port: Option<&'s ServicePort>,
    /// Its place in `spec.ports`.
    pub index: usize,
    /// Who dials.
    pub consumer: Consumer,
    /// The addresses of this port; of the whole Service where no source lists the port.
    pub behind: PortView<'c, 's>,
    /// Does a source list this port with at least one address?
    pub listed: bool,
    checks: &'static CheckTable,
    causes: OnceCell<Vec<Cause>>,
    /// Addresses that answer, and those that should and do not.
    answering: OnceCell<(usize, usize)>,
}

/// What the addresses come to for the consumer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Situation {
    /// Some address is ready.
    Carries,
    /// Only terminating addresses answer, and this consumer uses them.
    Fading,
    /// Nothing answers.
    Empty,
}

/// Why nothing is meant to answer now.
#[derive(Debug, Clone, Copy)]
pub enum AtRest<'v, 's> {
    /// Every workload behind it asks for no pod; the first of them.
    Zero(Found<'s, Workload>),
    /// It selects a generation of this Rollout that has no pods.
    UnusedPreview(&'v str),
    /// Something starts the workload when traffic comes.
    OnDemand,
}

impl AtRest<'_, '_> {
    /// In a clause; empty where it is not known whether anything will answer.
    pub fn reason(self) -> String {
        match self {
            Self::Zero(workload) => {
                format!("{} is {} ({})", workload.title(), rests(workload.kind), asks_for_no_pod(&workload))
            }
            Self::UnusedPreview(rollout) => {
                format!("it selects a generation of Rollout {rollout} that has no pods; nothing is being rolled out")
            }
            Self::OnDemand => String::new(),
        }
    }
}

/// How a workload that asks for no pod rests.
const fn rests(kind: WorkloadKind) -> &'static str {
    match kind {
        WorkloadKind::VirtualMachine | WorkloadKind::VirtualMachineInstance => "switched off on purpose",
        _ => "scaled to zero on purpose",
    }
}

/// What shows that a workload asks for no pod.
pub fn asks_for_no_pod(workload: &Workload) -> &'static str {
    match workload.kind {
        WorkloadKind::DaemonSet | WorkloadKind::AdvancedDaemonSet => "no node matches it",
        WorkloadKind::Job => "suspend: true",
        WorkloadKind::CronJob if workload.spec.suspend.0 == Some(true) => "suspend: true",
        WorkloadKind::CronJob => "between two runs",
        WorkloadKind::DeploymentConfig if workload.spec.test.0 == Some(true) => "test: true",
        WorkloadKind::VirtualMachine => "it is stopped",
        WorkloadKind::VirtualMachineInstance => "it has ended",
        _ => "replicas: 0",
    }
}

/// Who shows a pod spec.
#[derive(Debug, Clone, Copy)]
pub enum SpecSource<'v, 's> {
    /// An address.
    Endpoint(&'v Endpoint<'s>, &'s PodSpec),
    /// A pod.
    Pod(Found<'s, Pod>),
    /// A workload by its template.
    Template(Found<'s, Workload>, &'s PodSpec),
}

impl<'s> SpecSource<'_, 's> {
    /// The spec.
    pub fn spec(self) -> &'s PodSpec {
        match self {
            Self::Endpoint(_, spec) | Self::Template(_, spec) => spec,
            Self::Pod(pod) => &pod.get().value.spec,
        }
    }

    /// Name it for prose.
    pub fn name(self) -> String {
        match self {
            Self::Endpoint(endpoint, _) => endpoint.name(),
            Self::Pod(pod) => format!("pod {}", pod.metadata.name),
            Self::Template(workload, _) => workload.title(),
        }
    }
}

impl<'c, 's> Context<'c, 's> {
    /// Gathers the facts. `checks` are asked for the causes behind pods that are not ready.
    pub fn new(
        cluster: &'c Cluster<'s>,
        checks: &'static CheckTable,
        view: &'c ServiceView<'s>,
        index: Option<usize>,
        consumer: Consumer,
    ) -> Self {
        let port = index.and_then(|i| view.service.get().value.spec.ports.get(i));
        let mut behind = PortView::of(view, port);
        let mut listed = !behind.endpoints.is_empty() || behind.wrong_family > 0;
        if view.redirected_by().is_some() {
            behind = PortView::of(view, None);
            listed = true;
        } else if !listed && port.is_some() {
            behind = PortView::of(view, None);
            let number = match port.and_then(|p| p.target_port.as_ref()) {
                Some(PortRef::Number(n)) => Some(*n),
                _ => None,
            };
            if consumer == Consumer::IngressNginx
                && let Some((port, number)) = port.zip(number)
            {
                let fallen_back = PortView::by_number(view, port, number);
                if !fallen_back.endpoints.is_empty() {
                    behind = fallen_back;
                    listed = true;
                }
            }
        }
        Self {
            cluster,
            view,
            port,
            index: index.unwrap_or_default(),
            consumer,
            behind,
            listed,
            checks,
            causes: OnceCell::new(),
            answering: OnceCell::new(),
        }
    }

    /// The Service's name for findings.
    pub fn object(&self) -> ObjectRef {
        self.view.service.object()
    }

    /// From the pool of its load balancer's address to the nodes that announce it (MetalLB); `None` where another gave
    /// the address, or none is published.
    pub fn announcement(&self) -> Option<Chain<'s>> {
        let service = self.view.service;
        let published = service.status.as_ref().is_some_and(|status| !status.load_balancer.ingress.is_empty());
        if service.spec.kind == "LoadBalancer" && published { metallb::chain(self.cluster, service) } else { None }
    }

    /// What the addresses come to.
    pub fn situation(&self) -> Situation {
        let counts = &self.behind.counts;
        let falls_back = matches!(self.consumer, Consumer::ClusterIp | Consumer::Unknown);
        if counts.ready > 0 {
            Situation::Carries
        } else if counts.terminating_serving > 0 && falls_back && !self.view.service.is_headless() {
            Situation::Fading
        } else {
            Situation::Empty
        }
    }

    /// Does the Service have a selector that nothing which was read matches?
    pub fn selects_nothing(&self) -> bool {
        let view = self.view;
        !self.is_selectorless()
            && self.situation() == Situation::Empty
            && view.selected.is_empty()
            && view.workloads.owners.is_empty()
            && self.behind.endpoints.is_empty()
            && !matches!(view.truth, Truth::EndpointsObject { .. } if view.selected.gap.is_some())
    }

    /// Is the Service without a selector?
    pub fn is_selectorless(&self) -> bool {
        self.view.service.is_selectorless()
    }

    /// Does this address answer requests, as far as its pod or the source says? With
    /// `publishNotReadyAddresses` an address receives traffic before its pod is ready.
    pub fn answers(endpoint: &Endpoint<'_>) -> bool {
        endpoint.ready && endpoint.pod.and_then(|p| p.is_ready()).unwrap_or(endpoint.serving)
    }

    /// Pods that should serve and do not, in order of name.
    pub fn unready(&self) -> Vec<Found<'s, Pod>> {
        self.view.selected.not_ready().collect()
    }

    /// How many addresses answer.
    pub fn answering_count(&self) -> usize {
        self.counted().0
    }

    /// How many addresses or pods should serve and do not.
    pub fn unready_count(&self) -> usize {
        self.counted().1
    }

    fn counted(&self) -> (usize, usize) {
        *self.answering.get_or_init(|| {
            let (mut answering, mut silent) = (0, 0);
            for endpoint in &self.behind.endpoints {
                if Self::answers(endpoint) {
                    answering += 1;
                } else if !endpoint.terminating && !endpoint.pod.is_some_and(|pod| pod.is_outlived_by_sidecar()) {
                    silent += 1;
                }
            }
            (answering, silent.max(self.view.selected.not_ready().count()))
        })
    }

    /// Why the pods behind it are not ready, culprit first; then what their workloads say.
    pub fn causes(&self) -> &[Cause] {
        self.causes.get_or_init(|| causes::of(self.cluster, self.checks, self.view))
    }

    /// Is nothing meant to answer now?
    pub fn at_rest(&self) -> Option<AtRest<'c, 's>> {
        let none_ready = self.behind.counts.ready == 0;
        let workloads = &self.view.workloads;
        match &workloads.zero {
            Zero::Yes if none_ready || self.view.declared_only => workloads.owners.first().map(|w| AtRest::Zero(*w)),
            Zero::UnusedPreview(rollout) if none_ready => Some(AtRest::UnusedPreview(rollout)),
            Zero::OnDemand(_) | Zero::Knative if none_ready || self.view.declared_only => Some(AtRest::OnDemand),
            _ => None,
        }
    }

    /// Gives a finding the words of the culprit behind it, or says what to look at.
    pub fn blame(&self, finding: Finding) -> Finding {
        if let Some(culprit) = self
            .causes()
            .iter()
            .map(|cause| &cause.finding)
            .find(|cause| !cause.cause.is_empty() || !cause.command.is_empty())
        {
            return finding
                .cause(format!("{}: {}", culprit.message, culprit.cause))
                .next(culprit.action.clone(), culprit.command.clone())
                .relates(culprit.object.clone(), "the culprit");
        }
        let selector = &self.view.service.spec.selector;
        let command = kubereach_model::evidence::command::labelled("pods", self.view.namespace(), selector);
        finding.next("Look at the pods it selects.", command)
    }

    /// That no further address exists than what was read. Which collection shows it depends on the source.
    pub fn nothing_else(&self, what: impl Into<String>) -> Result<Absence, Gap> {
        let namespace = Some(self.view.namespace());
        match &self.view.truth {
            Truth::Slices(None) => self.cluster.snapshot.nothing_else::<EndpointSlice>(namespace, what),
            Truth::Slices(Some(gap)) | Truth::Nothing(gap) => {
                // What the selector selects shows it as well: the control plane makes addresses of pods only.
                if self.view.selected.gap.is_none() && !self.is_selectorless() {
                    self.cluster.snapshot.nothing_else::<Pod>(namespace, what)
                } else {
                    Err(gap.clone())
                }
            }
            Truth::EndpointsObject { .. } if self.is_selectorless() => Err(Gap::investigate(
                format!("EndpointSlices of namespace {} were not collected", self.view.namespace()),
                "",
            )),
            Truth::EndpointsObject { .. } => self
                .cluster
                .snapshot
                .nothing_else::<kubereach_model::snapshot::model::Endpoints>(namespace, what)
                .or_else(|gap| {
                    if self.view.selected.gap.is_none() {
                        self.cluster.snapshot.nothing_else::<Pod>(namespace, "a ready pod")
                    } else {
                        Err(gap)
                    }
                }),
            Truth::Pods(_) | Truth::Simulated(_) | Truth::Templates => {
                self.cluster.snapshot.nothing_else::<Pod>(namespace, what)
            }
        }
    }

    /// Pod specs from which to read what the port leads to: of ready addresses, else of selected pods,
    /// else of templates.
    pub fn specs(&self) -> Box<dyn Iterator<Item = SpecSource<'_, 's>> + '_> {
        let ready = self.behind.ready().filter_map(|endpoint| Some(SpecSource::Endpoint(endpoint, endpoint.spec()?)));
        let mut ready = ready.peekable();
        if ready.peek().is_some() {
            return Box::new(ready);
        }
        let mut live = self.view.selected.live.iter().chain(&self.view.selected.terminating).copied().peekable();
        if live.peek().is_some() {
            return Box::new(live.map(SpecSource::Pod));
        }
        let templates = self.view.workloads.templates();
        Box::new(templates.filter_map(|w| Some(SpecSource::Template(w, w.get().value.pod_spec()?))))
    }

    /// The numbers the port leads to: what the source lists, else a numeric target port.
    pub fn numbers(&self) -> std::collections::BTreeSet<u16> {
        let mut numbers = if self.listed { self.behind.numbers.clone() } else { std::collections::BTreeSet::new() };
        if numbers.is_empty()
            && let Some(PortRef::Number(number)) = self.port.and_then(|p| p.target_port.as_ref())
        {
            numbers.insert(*number);
        }
        numbers
    }

    /// A positive fact about an address, shown by its pod or else by the source that lists it.
    pub fn shows(&self, endpoint: &Endpoint<'_>, fact: impl Into<String>) -> Proof {
        match (endpoint.pod, self.view.groups.get(endpoint.group).map(|g| g.source)) {
            (Some(pod), _) => pod.shows(fact),
            (None, Some(Source::Slice(slice))) => slice.shows(fact),
            (None, Some(Source::Object(object))) => object.shows(fact),
            (None, Some(Source::Worked) | None) => self.view.service.shows(fact),
        }
    }

    /// A fact shown by something that should serve and does not.
    pub fn shows_unready(&self, fact: impl Into<String>) -> Proof {
        match self.behind.endpoints.iter().find(|e| !e.terminating && !Self::answers(e)) {
            Some(endpoint) => self.shows(endpoint, fact),
            None => match (self.view.selected.not_ready().next(), self.view.workloads.owners.first()) {
                (Some(pod), _) => pod.shows(fact),
                (None, Some(workload)) => workload.shows(fact),
                (None, None) => self.view.service.shows(fact),
            },
        }
    }

    /// The source in words.
    pub fn source(&self) -> &'static str {
        match self.view.truth {
            Truth::Slices(_) => "EndpointSlices",
            Truth::EndpointsObject { .. } => "Endpoints object",
            Truth::Pods(_) => "derived from pods",
            Truth::Simulated(_) => "worked out after the change",
            Truth::Templates => "declared in manifests",
            Truth::Nothing(_) => "nothing was read",
        }
    }
}
