//! The map: from the doors to the pods, worst first. One box per object, whatever leads to it; what is alike and has no
//! room is folded, with counts.

mod select;
mod stations;

use std::collections::HashMap;

use serde::Serialize;

use super::blame::{Blame, anchor, is_shown};
use super::diagram::{Edge, Graph, Node, Picture, Tags, box_mark, line_mark, picture, style};
use super::kinds::some;
use super::plan::Plan;
use crate::render::hops::Step;
use crate::render::words::{label, number, plural, state};
use crate::report::{PathState, Report, Verdict};
use select::{Drawn, DrawnWay, Place};
use stations::{Column, Station, Way, Ways};

/// Hosts that the filter knows of a box.
const HOSTS: usize = 40;

/// The section.
#[derive(Serialize)]
pub(super) struct Map {
    picture: Picture,
    /// `3 of 200 doors, 12 of 400 ways are drawn one by one`; empty where all are.
    told: String,
}

/// The map of a report; none where no way leads anywhere.
pub(super) fn map(report: &Report, blame: &Blame<'_>, plan: &Plan) -> Option<Map> {
    let ways = Ways::of(report, blame);
    let drawn = Drawn::of(&ways);
    if drawn.ways.is_empty() {
        return None;
    }
    let columns: Vec<Column> = Column::ALL
        .into_iter()
        .filter(|&column| ways.all.iter().flat_map(|way| &way.stations).any(|&at| ways.column(at) == Some(column)))
        .collect();
    let graph = graph(&ways, &drawn, &columns, report, plan);
    let widths: Vec<u32> = columns.iter().map(|&column| width(column, columns.len())).collect();
    let gap = if columns.len() < 4 { 64 } else { 40 };
    Some(Map { picture: picture(&graph, &widths, gap, 0), told: told(&ways, &drawn) })
}

const fn width(column: Column, columns: usize) -> u32 {
    match (column, columns) {
        (Column::Door, 4) => 256,
        (Column::Route, _) => 216,
        (Column::Service, 4) => 236,
        (Column::Pods, 4) => 300,
        (Column::Door, _) => 330,
        (Column::Service, _) => 290,
        (Column::Pods, _) => 380,
    }
}

fn told(ways: &Ways<'_>, drawn: &Drawn) -> String {
    if drawn.single == ways.all.len() {
        return String::new();
    }
    format!(
        "{} of {} are drawn one by one, the worst; the others are folded.",
        number(drawn.single),
        plural(ways.all.len(), "way", "ways")
    )
}

/// What stands for a place: an object, or all that is folded in a column.
#[derive(Default)]
struct Group {
    members: Vec<usize>,
    state: Option<PathState>,
    cause: Option<usize>,
}

fn graph(ways: &Ways<'_>, drawn: &Drawn, columns: &[Column], report: &Report, plan: &Plan) -> Graph {
    let mut numbers: HashMap<(Place, Column), usize> = HashMap::new();
    let mut groups: Vec<(Place, Column, Group)> = Vec::new();
    let mut edges: Vec<Edge> = Vec::new();
    let mut known: HashMap<(usize, usize), usize> = HashMap::new();
    // Clients inside the cluster stand below the doors, unless nothing that comes by a door is as bad.
    let inside = |way: &Way| way.stations.first().and_then(|&at| ways.stations.get(at)).is_some_and(|s| s.pseudo);
    let worst = ways.all.iter().filter(|way| !inside(way)).map(|way| way.state).min();
    let below = |drawn: &&DrawnWay| ways.all.get(drawn.way).is_some_and(|way| inside(way) && Some(way.state) >= worst);
    let (later, first): (Vec<&DrawnWay>, Vec<&DrawnWay>) = drawn.ways.iter().partition(below);
    for way in first.into_iter().chain(later) {
        let Some(full) = ways.all.get(way.way) else { continue };
        let mut previous = None;
        for (&station, &place) in full.stations.iter().zip(&way.places) {
            let Some(column) = ways.column(station) else { continue };
            let number = *numbers.entry((place, column)).or_insert_with(|| {
                groups.push((place, column, Group::default()));
                groups.len() - 1
            });
            if let Some((_, _, group)) = groups.get_mut(number) {
                group.members.push(station);
                group.state = group.state.min(Some(full.state)).or(Some(full.state));
                group.cause = group.cause.or(full.cause);
            }
            if let Some(from) = previous {
                let edge = *known.entry((from, number)).or_insert_with(|| {
                    edges.push(Edge { from, to: number, step: "", title: String::new(), ..Edge::default() });
                    edges.len() - 1
                });
                if let Some(edge) = edges.get_mut(edge) {
                    worsen(edge, full.step);
                }
            }
            previous = Some(number);
        }
    }
    let nodes = groups
        .into_iter()
        .map(|(place, column, group)| {
            let at = columns.iter().position(|&known| known == column).unwrap_or(0);
            match place {
                Place::Own(station) => own(ways, station, at, report, plan),
                Place::Fold(_) => fold(ways, column, group, at),
            }
        })
        .collect();
    Graph { nodes, edges }
}

/// A line shows the worst that happens to traffic that takes it.
fn worsen(edge: &mut Edge, step: Step) {
    const ORDER: [Step; 5] = [Step::Blocked, Step::Unknown, Step::Narrowed, Step::ConfigOpen, Step::Verified];
    let rank = |word: &str| ORDER.iter().position(|&step| style(step) == word).unwrap_or(ORDER.len());
    if rank(style(step)) < rank(edge.step) {
        edge.step = style(step);
        let title = match step {
            Step::Blocked => "traffic that takes this way does not get through",
            Step::Unknown => "whether traffic that takes this way gets through was not judged",
            Step::Narrowed => "less gets through than is declared",
            other => other.word(),
        };
        title.clone_into(&mut edge.title);
    }
}

/// The box of an object.
fn own(ways: &Ways<'_>, number: usize, at: usize, report: &Report, plan: &Plan) -> Node {
    let Some(station) = ways.stations.get(number) else { return Node::default() };
    let subject = station.subject.and_then(|index| report.subjects.get(index));
    let seen = station.state.unwrap_or(PathState::Open);
    let fault = if seen == PathState::Open { String::new() } else { station.fault.clone() };
    let told = if fault.is_empty() { String::new() } else { format!(": {fault}") };
    Node {
        column: at,
        look: if station.pseudo { "idle" } else { state(seen) },
        mark: box_mark(seen),
        culprit: seen == PathState::Blocked,
        dormant: false,
        kind: station.kind_line(),
        name: station.name.clone(),
        detail: station.detail(),
        title: format!("{} {} — {}{told}", station.kind, station.name, state(seen)).trim().to_owned(),
        fault,
        href: station.subject.and_then(|index| plan.id(index)).map(str::to_owned),
        tags: Some(Tags {
            verdict: subject.map_or("", |subject| subject.verdict.word()),
            namespaces: format!(" {} ", station.namespace),
            hosts: hosts(station.hosts.iter().copied()),
            causes: listed(station.causes.iter().map(|n| n + 1)),
        }),
    }
}

/// The box for all that is folded in a column.
fn fold(ways: &Ways<'_>, column: Column, group: Group, at: usize) -> Node {
    let mut members = group.members;
    members.sort_unstable();
    members.dedup();
    let all: Vec<&Station<'_>> = members.iter().filter_map(|&station| ways.stations.get(station)).collect();
    let count = all.len();
    let first = all.first();
    let alike = |f: for<'s> fn(&'s Station<'_>) -> &'s str| {
        first.map(|one| f(one)).filter(|word| all.iter().all(|other| f(other) == *word)).map(str::to_owned)
    };
    let name = match (column, alike(|station| station.kind.as_str())) {
        (Column::Pods, _) => format!("Pods of {}", some(count, "Service").replacen(' ', " more ", 1)),
        (_, Some(kind)) if !kind.is_empty() => some(count, &kind).replacen(' ', " more ", 1),
        _ => format!("{} more", number(count)),
    };
    let seen = all.iter().filter_map(|station| station.state).min().unwrap_or(PathState::Open);
    let faulty = all.iter().filter(|station| station.state.is_some_and(|state| state != PathState::Open)).count();
    let fault = match (faulty, alike(|station| station.fault.as_str())) {
        (0, _) => String::new(),
        (_, Some(fault)) if faulty == count && !fault.is_empty() => {
            if count == 1 {
                fault
            } else {
                format!("each: {fault}")
            }
        }
        _ => format!("{} with a fault", number(faulty)),
    };
    let way = group.state.unwrap_or(PathState::Open);
    let mut detail = label(verdict(way)).to_owned();
    if let Some(cause) = group.cause {
        detail = format!("{detail}, cause {}", cause + 1);
    }
    let mut namespaces: Vec<&str> = all.iter().map(|station| station.namespace).collect();
    namespaces.sort_unstable();
    namespaces.dedup();
    let causes: std::collections::BTreeSet<usize> = all.iter().flat_map(|station| &station.causes).copied().collect();
    Node {
        column: at,
        look: "fold",
        mark: box_mark(seen),
        culprit: false,
        dormant: false,
        kind: String::new(),
        title: format!("{name}: {detail}"),
        name,
        detail: if column == Column::Pods { String::new() } else { detail },
        fault,
        href: group.cause.filter(|&cause| is_shown(cause)).map(anchor),
        tags: Some(Tags {
            verdict: verdict(way).word(),
            namespaces: format!(" {} ", namespaces.join(" ")),
            hosts: hosts(all.iter().flat_map(|station| station.hosts.iter().copied())),
            causes: listed(causes.into_iter().take(HOSTS).map(|n| n + 1)),
        }),
    }
}

/// The verdict on a subject that has only ways in this state.
const fn verdict(state: PathState) -> Verdict {
    match state {
        PathState::Blocked => Verdict::Broken,
        PathState::Narrowed => Verdict::Degraded,
        PathState::Unknown => Verdict::Unknown,
        PathState::Open => Verdict::ConfigOk,
    }
}

fn hosts<'a>(all: impl Iterator<Item = &'a str>) -> String {
    all.take(HOSTS).collect::<Vec<_>>().join(" ")
}

fn listed(numbers: impl Iterator<Item = usize>) -> String {
    let all: Vec<String> = numbers.map(|n| n.to_string()).collect();
    if all.is_empty() { String::new() } else { format!(" {} ", all.join(" ")) }
}

/// The lines of the map, for its legend.
pub(super) fn legend() -> [(&'static str, &'static str, &'static str); 4] {
    [
        (style(Step::Blocked), line_mark(Step::Blocked), "does not get through"),
        (style(Step::Narrowed), line_mark(Step::Narrowed), "gets through in part"),
        (style(Step::Unknown), line_mark(Step::Unknown), "not judged"),
        (style(Step::ConfigOpen), "", "no fault found, not tested"),
    ]
}
