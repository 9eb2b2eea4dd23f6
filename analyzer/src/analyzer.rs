//! The whole flow behind one builder.

use kubereach_engine::change::analyze_on_top_of;
use kubereach_engine::evaluate::Cluster;
use kubereach_engine::observation::{self, ObservationLimits};
use kubereach_engine::question::{Answers, Because, Finder, split_port};
use kubereach_engine::{Options, analyze_intake, plan_snapshot};
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
    options: Options,
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
        let declared = Assumption::parse(kinds).map_err(|why| Error::AssumeComplete(why.to_string()))?;
        self.options.intake.assume_complete.extend(declared);
        Ok(self)
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
        let options = Options { observations, ..self.options.clone() };
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
        let mut reasons: Vec<&mut Because> =
            rows.iter_mut().flat_map(|row| row.because.iter_mut().chain(&mut row.considered)).collect();
        Answers::locate(&mut reasons, &read);
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
