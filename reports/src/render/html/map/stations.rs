//! Every way from a door to its pods, each once, and the objects it passes.

use std::collections::{BTreeSet, HashMap};

use super::super::blame::Blame;
use crate::render::hops::{Hop, Place, Step, hops};
use crate::render::words::{number, plural};
use crate::report::{Backend, Outcome, Path, PathState, Report, SegmentName, Subject};

/// Hosts that are kept of an object; a door with more is named by its first.
const HOSTS: usize = 60;

/// From left to right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub(super) enum Column {
    Door,
    Route,
    Service,
    Pods,
}

impl Column {
    pub(super) const ALL: [Self; 4] = [Self::Door, Self::Route, Self::Service, Self::Pods];
}

/// An object on the map.
pub(super) struct Station<'r> {
    pub(super) column: Column,
    pub(super) kind: String,
    /// `namespace/name`.
    pub(super) name: String,
    pub(super) namespace: &'r str,
    cluster: Option<&'r str>,
    /// Not an object: where clients stand that use a Service without a door.
    pub(super) pseudo: bool,
    /// The worst that is known of it; none where nothing was asked of it.
    pub(super) state: Option<PathState>,
    /// What is wrong, where it is not simply open.
    pub(super) fault: String,
    /// What shows that it is open.
    told: String,
    pub(super) hosts: BTreeSet<&'r str>,
    pub(super) causes: BTreeSet<usize>,
    /// Its index among the subjects; of pods, that of their Service.
    pub(super) subject: Option<usize>,
}

impl Station<'_> {
    pub(super) fn kind_line(&self) -> String {
        match self.cluster {
            Some(cluster) => format!("{} in cluster {cluster}", self.kind),
            None => self.kind.clone(),
        }
    }

    /// The hosts of a door, what is known of pods.
    pub(super) fn detail(&self) -> String {
        match (self.column, self.hosts.first()) {
            (Column::Door, Some(first)) if !self.pseudo => match self.hosts.len() {
                1 => (*first).to_owned(),
                HOSTS => format!("{first} and {} or more", number(HOSTS - 1)),
                n => format!("{first} and {}", plural(n - 1, "more host", "more hosts")),
            },
            (Column::Pods, _) if self.fault.is_empty() => self.told.clone(),
            _ => String::new(),
        }
    }
}

/// A way from a door to its pods.
pub(super) struct Way {
    /// Numbers of stations, from left to right.
    pub(super) stations: Vec<usize>,
    pub(super) state: PathState,
    pub(super) step: Step,
    /// The cause that explains most of what stands on it.
    pub(super) cause: Option<usize>,
}

/// All of a report.
pub(super) struct Ways<'r> {
    pub(super) stations: Vec<Station<'r>>,
    /// Worst first, then by cause, then as they are named.
    pub(super) all: Vec<Way>,
}

type Key<'r> = (Option<&'r str>, Column, String, String);

struct Builder<'r, 'b> {
    report: &'r Report,
    blame: &'b Blame<'r>,
    subjects: HashMap<(Option<&'r str>, &'r str, &'r str, &'r str), usize>,
    keys: HashMap<Key<'r>, usize>,
    stations: Vec<Station<'r>>,
    ways: HashMap<Vec<usize>, Way>,
}

impl<'r> Ways<'r> {
    pub(super) fn of(report: &'r Report, blame: &Blame<'r>) -> Self {
        let subjects = report
            .subjects
            .iter()
            .enumerate()
            .rev()
            .map(|(i, s)| ((s.cluster.as_deref(), s.kind.as_str(), s.namespace.as_str(), s.name.as_str()), i))
            .collect();
        let mut builder =
            Builder { report, blame, subjects, keys: HashMap::new(), stations: Vec::new(), ways: HashMap::new() };
        for subject in &report.subjects {
            for path in subject.paths.iter().filter(|path| !path.dormant) {
                builder.add(subject, path);
            }
        }
        builder.finish()
    }

    pub(super) fn column(&self, station: usize) -> Option<Column> {
        self.stations.get(station).map(|station| station.column)
    }
}

impl<'r> Builder<'r, '_> {
    fn add(&mut self, subject: &'r Subject, path: &'r Path) {
        let cluster = subject.cluster.as_deref();
        let found = hops(path);
        let by_gateway = found.iter().any(|hop| hop.place == Place::Door);
        let mut stations: Vec<usize> = Vec::with_capacity(found.len() + 1);
        let mut service = String::new();
        for hop in &found {
            let column = match hop.place {
                Place::Door => Column::Door,
                Place::Entry if is_backend(path) => Column::Service,
                Place::Entry if by_gateway => Column::Route,
                Place::Entry => Column::Door,
                Place::Route => Column::Route,
                Place::Backend => Column::Service,
                Place::Pods => Column::Pods,
            };
            if stations.is_empty() && column == Column::Service {
                stations.push(self.pseudo(cluster, path));
            }
            let last = stations.last().and_then(|&last| self.stations.get(last)).map(|station| station.column);
            let number = match stations.last() {
                // Two objects of one column are told as one: the first.
                Some(&number) if last >= Some(column) => number,
                _ => {
                    let name = if column == Column::Pods { &service } else { &hop.name };
                    let number = self.station(cluster, column, path, &hop.kind, name);
                    stations.push(number);
                    number
                }
            };
            if column != Column::Pods {
                service.clone_from(&hop.name);
            }
            self.tell(number, path, hop);
        }
        let state = path.effective.unwrap_or(path.config);
        let step = match state {
            PathState::Blocked => Step::Blocked,
            PathState::Unknown => Step::Unknown,
            PathState::Narrowed => Step::Narrowed,
            PathState::Open if path.outcome == Outcome::Verified && path.effective.is_some() => Step::Verified,
            PathState::Open => Step::ConfigOpen,
        };
        let way = self.ways.entry(stations).or_insert_with_key(|stations| Way {
            stations: stations.clone(),
            state,
            step,
            cause: None,
        });
        if state < way.state {
            (way.state, way.step) = (state, step);
        }
    }

    fn station(&mut self, cluster: Option<&'r str>, column: Column, path: &'r Path, kind: &str, name: &str) -> usize {
        // Pods are found by their Service.
        let backend = path.backend.as_ref();
        let of = if column == Column::Pods { backend.map_or("", |b| b.kind.as_str()) } else { kind };
        let subject = name
            .split_once('/')
            .and_then(|(namespace, name)| self.subjects.get(&(cluster, of, namespace, name)).copied());
        let namespace = subject
            .and_then(|index| self.report.subjects.get(index))
            .map_or_else(|| backend.map_or("", |b| b.namespace.as_str()), |s| s.namespace.as_str());
        let key = (cluster, column, kind.to_owned(), name.to_owned());
        let next = self.stations.len();
        let number = *self.keys.entry(key).or_insert(next);
        if number == next {
            let causes = subject.map(|index| self.blame.causes(index).iter().copied().collect()).unwrap_or_default();
            self.stations.push(Station {
                column,
                kind: if column == Column::Pods { String::new() } else { kind.to_owned() },
                name: if column == Column::Pods { "Pods".to_owned() } else { name.to_owned() },
                namespace,
                cluster: cluster.filter(|_| column != Column::Pods),
                pseudo: false,
                state: None,
                fault: String::new(),
                told: String::new(),
                hosts: BTreeSet::new(),
                causes,
                subject,
            });
        }
        number
    }

    /// Where clients stand that use a Service as it is.
    fn pseudo(&mut self, cluster: Option<&'r str>, path: &'r Path) -> usize {
        let name = match path.listener.as_deref() {
            Some("node-port") => "Node ports",
            Some("load-balancer") => "Load balancers",
            Some("external-ip") => "External addresses",
            _ => "Inside the cluster",
        };
        let next = self.stations.len();
        let number = *self.keys.entry((cluster, Column::Door, String::new(), name.to_owned())).or_insert(next);
        if number == next {
            self.stations.push(Station {
                column: Column::Door,
                kind: String::new(),
                name: name.to_owned(),
                namespace: "",
                cluster,
                pseudo: true,
                state: Some(PathState::Open),
                fault: String::new(),
                told: String::new(),
                hosts: BTreeSet::new(),
                causes: BTreeSet::new(),
                subject: None,
            });
        }
        number
    }

    /// What a path knows of a station.
    fn tell(&mut self, number: usize, path: &'r Path, hop: &Hop<'_>) {
        let Some(station) = self.stations.get_mut(number) else { return };
        if let Some(host) = path.host.as_deref()
            && station.hosts.len() < HOSTS
        {
            station.hosts.insert(host);
        }
        // Behind a break nothing is asked of an object, so "unknown" there says nothing about it.
        if hop.step == Step::Beyond && hop.state == PathState::Unknown {
            return;
        }
        // Real traffic outranks what the configuration shows.
        let failed = hop.step == Step::Blocked;
        let state = if failed {
            PathState::Blocked
        } else if hop.step == Step::Verified {
            PathState::Open
        } else {
            hop.state
        };
        if station.state.is_none_or(|known| state < known) {
            station.state = Some(state);
            station.fault = if state == PathState::Open { String::new() } else { hop.note.clone().unwrap_or_default() };
        }
        if station.told.is_empty() {
            let ready = hop.segments.iter().find(|segment| segment.segment == SegmentName::Endpoints);
            station.told = ready.map_or(String::new(), |segment| segment.evidence.clone());
        }
    }

    fn finish(mut self) -> Ways<'r> {
        for way in self.ways.values_mut().filter(|way| way.state != PathState::Open) {
            let mut votes: HashMap<usize, usize> = HashMap::new();
            for station in way.stations.iter().filter_map(|&number| self.stations.get(number)) {
                for &cause in &station.causes {
                    *votes.entry(cause).or_default() += 1;
                }
            }
            way.cause =
                votes.into_iter().min_by_key(|&(cause, votes)| (std::cmp::Reverse(votes), cause)).map(|(c, _)| c);
        }
        let mut all: Vec<Way> = std::mem::take(&mut self.ways).into_values().collect();
        // What a longer way tells as well, or a door to the same Service, is not drawn again.
        let pseudo =
            |way: &Way| way.stations.first().and_then(|&first| self.stations.get(first)).is_none_or(|s| s.pseudo);
        let mut told: HashMap<usize, PathState> = HashMap::new();
        for way in all.iter().filter(|way| way.stations.len() > 1 && !pseudo(way)) {
            for &station in &way.stations {
                let worst = told.entry(station).or_insert(way.state);
                *worst = (*worst).min(way.state);
            }
        }
        let news = |way: &Way, station: usize| told.get(&station).is_none_or(|&known| way.state < known);
        all.retain(|way| match *way.stations.as_slice() {
            [only] => news(way, only),
            [_, service, ..] if pseudo(way) => news(way, service),
            _ => true,
        });
        let name = |&number: &usize| {
            self.stations.get(number).map(|station| (station.column, station.kind.clone(), station.name.clone()))
        };
        all.sort_by_cached_key(|way| {
            let names: Vec<_> = way.stations.iter().map(name).collect();
            (way.state, way.cause.is_none(), way.cause, names, way.stations.clone())
        });
        Ways { stations: self.stations, all }
    }
}

/// Does traffic enter by the backend itself?
fn is_backend(path: &Path) -> bool {
    let same = |b: &Backend| path.entry == format!("{}/{}/{}", b.kind, b.namespace, b.name);
    path.backend.as_ref().is_some_and(same)
}
