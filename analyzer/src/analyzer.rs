//! The whole flow behind one builder.

use kubereach_engine::change::analyze_on_top_of;
use kubereach_engine::evaluate::Cluster;
use kubereach_engine::observation::{self, ObservationLimits};
use kubereach_engine::question::{Answers, Finder, split_port};
use kubereach_engine::{AnalysisOptions, analyze_intake, plan_snapshot};
use kubereach_intake::progress::Silent;
use kubereach_intake::{self as intake, Intake};
use kubereach_model::snapshot::{Assumption, Snapshot};
use kubereach_prober::Plan;

use crate::report::Report;
use crate::{Answer, Error, Gate, Input, Observations};

/// Reads inputs and judges them.
///
/// Nothing is read before [`run`](Self::run), [`plan`](Self::plan) or [`can`](Self::can), and each of them reads anew.
#[derive(Debug, Clone, Default)]
pub struct Analyzer {
    inputs: Vec<Input>,
    base: Vec<Input>,
    observations: Vec<Observations>,
    options: AnalysisOptions,
}

impl Analyzer {
    /// Without inputs there is nothing to say: add at least one.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// One more input: a file, an archive, a directory, or bytes at hand. The order does not matter.
    #[must_use]
    pub fn input(mut self, input: impl Into<Input>) -> Self {
        self.inputs.push(input.into());
        self
    }

    /// Judges the inputs as applied over this snapshot of a cluster, as `kubereach check --on-top-of` does.
    #[must_use]
    pub fn on_top_of(mut self, snapshot: impl Into<Input>) -> Self {
        self.base.push(snapshot.into());
        self
    }

    /// What a prober measured, merged into the report.
    #[must_use]
    pub fn observations(mut self, observations: Observations) -> Self {
        self.observations.push(observations);
        self
    }

    /// When the gate trips, and what is accepted; the report then says so in its `gate`.
    #[must_use]
    pub fn gate(mut self, gate: Gate) -> Self {
        self.options.gate = Some(gate);
        self
    }

    /// Declares that the inputs hold every object of these kinds: what they do not hold does not exist. `*` is
    /// everything, `Service,ConfigMap/ns=shop` some.
    pub fn assume_complete(mut self, kinds: &str) -> Result<Self, Error> {
        let declared = Assumption::parse(kinds).map_err(Error::AssumeComplete)?;
        self.options.intake.assume_complete.extend(declared);
        Ok(self)
    }

    /// What was not read and may stand in the way of traffic counts as unknown, and is not assumed to be harmless.
    #[must_use]
    pub const fn strict(mut self) -> Self {
        self.options.intake.strict = true;
        self
    }

    /// Reports only subjects of this namespace; of several where it is called again.
    #[must_use]
    pub fn namespace(mut self, namespace: impl Into<String>) -> Self {
        self.options.filter.namespaces.push(namespace.into());
        self
    }

    /// Reports only subjects of this kind, in whatever case; of several where it is called again.
    #[must_use]
    pub fn kind(mut self, kind: impl Into<String>) -> Self {
        self.options.filter.kinds.push(kind.into());
        self
    }

    /// Reports only subjects of this name; of several where it is called again.
    #[must_use]
    pub fn name(mut self, name: impl Into<String>) -> Self {
        self.options.filter.names.push(name.into());
        self
    }

    /// Reads the inputs, judges every wanted subject and assembles the report.
    pub fn run(&self) -> Result<Report, Error> {
        let observations = observation::read(&self.observations, ObservationLimits::default())?;
        let options = AnalysisOptions { observations, ..self.options.clone() };
        let read = self.read()?;
        if self.base.is_empty() {
            return Ok(analyze_intake(&read, &options));
        }
        let base = intake::read(&self.base, &options.intake, &Silent)?;
        Ok(analyze_on_top_of(&base, &read, &options, None)?)
    }

    /// What to measure of every wanted subject, at most so many targets. The input has to be of one cluster.
    pub fn plan(&self, most: Option<usize>) -> Result<Plan, Error> {
        let read = self.read()?;
        Ok(plan_snapshot(only(&read.snapshots)?, &self.options.filter, most))
    }

    /// May `source` connect to `destination`? Both as the program takes them: `deployment/web`, `pod/web-0`, an
    /// address, `external`; a destination also `service/cart:8080`. `namespace` is that of names without one. One row
    /// for each pair of groups of pods that policies treat alike. The input has to be of one cluster.
    pub fn can(&self, source: &str, destination: &str, namespace: &str) -> Result<Vec<Answer>, Error> {
        let read = self.read()?;
        let cluster = Cluster::new(only(&read.snapshots)?);
        let view = cluster.policies();
        let finder = Finder::new(view, &cluster);
        let from = finder.source(source, namespace)?;
        let (to, port) = split_port(destination);
        let to = finder.destination(to, port, None, namespace)?;
        let mut rows = Answers::new(view, finder).rows(from, to, None, true);
        Answers::locate_rows(&mut rows, &read);
        Ok(rows)
    }

    fn read(&self) -> Result<Intake, Error> {
        Ok(intake::read(&self.inputs, &self.options.intake, &Silent)?)
    }
}

fn only(snapshots: &[Snapshot]) -> Result<&Snapshot, Error> {
    match snapshots {
        [one] => Ok(one),
        [] => Err(Error::Empty),
        many => Err(Error::Clusters(many.len())),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::Verdict;

    const SHOP: &str = "
apiVersion: v1
kind: List
items:
- apiVersion: v1
  kind: Service
  metadata: {name: web, namespace: shop}
  spec: {selector: {app: web}, ports: [{port: 80, targetPort: 8080}]}
- apiVersion: apps/v1
  kind: Deployment
  metadata: {name: web, namespace: shop}
  spec:
    selector: {matchLabels: {app: web}}
    template:
      metadata: {labels: {app: web}}
      spec: {containers: [{name: web, image: web, ports: [{containerPort: 8080}]}]}
- apiVersion: networking.k8s.io/v1
  kind: NetworkPolicy
  metadata: {name: closed, namespace: shop}
  spec: {podSelector: {}, policyTypes: [Ingress]}
";

    fn shop() -> Analyzer {
        Analyzer::new().input(Input::bytes("shop.yaml", SHOP)).assume_complete("*").unwrap()
    }

    #[test]
    fn an_input_is_judged_and_the_gate_weighs_it() {
        let report = shop().gate(Gate::plain("degraded", false)).run().unwrap();
        assert_eq!(report.subjects.len(), 1);
        assert_ne!(report.subjects[0].verdict, Verdict::Healthy);
        assert!(report.gate.is_some());
    }

    #[test]
    fn filters_leave_other_subjects_out() {
        assert_eq!(shop().namespace("shop").kind("service").name("web").run().unwrap().subjects.len(), 1);
        assert!(shop().namespace("other").run().unwrap().subjects.is_empty());
    }

    #[test]
    fn a_plan_names_what_to_dial() {
        let plan = shop().plan(None).unwrap();
        let path = &shop().run().unwrap().subjects[0].paths[0].id;
        assert!(plan.targets.iter().any(|target| target.id == *path), "{path} is not dialled");
        assert_eq!(shop().plan(Some(1)).unwrap().targets.len(), 1);
    }

    #[test]
    fn whoever_may_connect_is_told_by_the_policies() {
        let rows = shop().can("deployment/web", "service/web:80", "shop").unwrap();
        assert_eq!(rows.iter().map(|row| row.answer).collect::<Vec<_>>(), ["denied"]);
        assert!(matches!(shop().can("deployment/nobody", "service/web", "shop"), Err(Error::Unresolved(_))));
    }

    #[test]
    fn what_cannot_be_answered_says_why() {
        let nothing = Analyzer::new().input("/dev/null/not-there").run();
        assert!(matches!(nothing, Err(Error::Input(_))), "{nothing:?}");
        assert!(matches!(Analyzer::new().assume_complete("Service,"), Err(Error::AssumeComplete(_))));
        let two = shop().input(Input::bytes("other.yaml", SHOP.replace("shop", "other"))).plan(None);
        assert!(two.is_ok(), "manifests of two files are one cluster: {two:?}");
    }

    #[test]
    fn a_change_is_judged_over_a_cluster() {
        let change = SHOP.replace("app: web}, ports", "app: wrong}, ports");
        let report = Analyzer::new()
            .input(Input::bytes("change.yaml", change))
            .on_top_of(Input::bytes("cluster.yaml", SHOP))
            .run()
            .unwrap();
        assert!(report.change.is_some());
    }
}
