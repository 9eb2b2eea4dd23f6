//! What was not read and is assumed to be in order: said once, for all subjects that rest on it.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use super::words::{join_and, plural};
use crate::report::{Assumption, ConfigVerdict, Report, Segment, Subject, UncheckedItem, Verdict};

/// Namespaces that are named; the rest is counted.
const NAMESPACES: usize = 3;

/// Above the list.
pub(crate) const TITLE: &str = "Not read, and assumed to be in order";
/// How to do without.
pub(crate) const STRICT: &str = "--strict counts it as unknown";
/// Above the list of everything else that was not read.
pub(crate) const OTHERS: &str = "Not read, or only in part; where traffic needs it, the verdict is unknown and says so";

/// One thing that was not read, as people are told of it: several checks may have missed the same.
pub(crate) struct Assumed<'r> {
    /// Those that say the same; never empty.
    rows: Vec<&'r Assumption>,
    /// How many subjects rest on it.
    subjects: usize,
}

impl<'r> Assumed<'r> {
    /// Does a subject rest on it? What only paths that carry nothing rest on is for machines.
    pub(crate) const fn is_shown(&self) -> bool {
        self.subjects > 0
    }

    /// In one clause: `network policies were not read`.
    pub(crate) fn text(&self) -> &'r str {
        self.rows.first().map_or("", |row| row.text.as_str())
    }

    /// The same after evidence that may name the very object that was not read: nobody needs to hear it twice.
    pub(crate) fn after(&self, evidence: &str) -> &'r str {
        if evidence.contains("not read") { "assumed to be in order" } else { self.text() }
    }

    /// In which namespaces, and nothing for a cluster-wide kind: ` in namespaces infra, shop, web and 2 more`.
    pub(crate) fn scope(&self) -> String {
        let all: BTreeSet<&str> = self.rows.iter().flat_map(|row| &row.namespaces).map(String::as_str).collect();
        let more = all.len().saturating_sub(NAMESPACES);
        let mut named: Vec<String> = all.iter().take(NAMESPACES).map(|name| (*name).to_owned()).collect();
        if more > 0 {
            named.push(format!("{} more", super::words::number(more)));
        }
        match all.len() {
            0 => String::new(),
            1 => format!(" in namespace {}", join_and(&named)),
            _ => format!(" in namespaces {}", join_and(&named)),
        }
    }

    /// What it could change, and for how many: `they could turn this traffic away; 9 subjects rest on this`.
    pub(crate) fn weight(&self) -> String {
        let rest = plural(self.subjects, "subject rests on this", "subjects rest on this");
        let mut coulds: Vec<&str> = self.rows.iter().map(|row| row.could.as_str()).filter(|c| !c.is_empty()).collect();
        coulds.sort_unstable();
        coulds.dedup();
        if coulds.is_empty() { rest } else { format!("they could {}; {rest}", coulds.join(", or ")) }
    }

    /// All of it in one sentence, without a full stop.
    pub(crate) fn sentence(&self) -> String {
        format!("{}{}; {}", self.text(), self.scope(), self.weight())
    }

    /// Why it was not read.
    pub(crate) fn reason(&self) -> &'r str {
        self.rows.iter().map(|row| row.reason.as_str()).find(|reason| !reason.is_empty()).unwrap_or("")
    }

    /// What reads it: one line, unless checks that missed the same ask for it in different ways.
    pub(crate) fn commands(&self) -> Vec<&'r str> {
        let mut all: Vec<&str> = Vec::new();
        for row in &self.rows {
            let command = row.command.as_str();
            if !command.is_empty() && !all.contains(&command) {
                all.push(command);
            }
        }
        all
    }

    /// How to say that there is none of it, where that may be said: one option for all kinds.
    pub(crate) fn declaration(&self) -> Option<String> {
        let first = self.rows.iter().find_map(|row| row.declaration())?;
        let kinds: BTreeSet<&str> = self.rows.iter().map(|row| row.kind.as_str()).collect();
        let (option, _) = first.split_once('=')?;
        Some(format!("{option}={}", kinds.into_iter().collect::<Vec<_>>().join(",")))
    }

    /// The codes that it goes back to.
    pub(crate) fn codes(&self) -> BTreeSet<&'r str> {
        self.rows.iter().map(|row| row.code.as_str()).filter(|code| !code.is_empty()).collect()
    }
}

/// The assumptions of one report.
pub(crate) struct Assumptions<'r> {
    all: Vec<Assumed<'r>>,
    places: HashMap<&'r str, usize>,
}

impl<'r> Assumptions<'r> {
    /// What says the same is one.
    pub(crate) fn of(report: &'r Report) -> Self {
        let mut all: Vec<Assumed<'r>> = Vec::new();
        let mut places = HashMap::new();
        let mut said: BTreeMap<&str, usize> = BTreeMap::new();
        for row in &report.assumptions {
            let place = *said.entry(&row.text).or_insert(all.len());
            match all.get_mut(place) {
                Some(assumed) => assumed.rows.push(row),
                None => all.push(Assumed { rows: vec![row], subjects: 0 }),
            }
            places.insert(row.id.as_str(), place);
        }
        let mut assumptions = Self { all, places };
        for subject in &report.subjects {
            for place in assumptions.places_of(&subject.assumptions) {
                if let Some(assumed) = assumptions.all.get_mut(place) {
                    assumed.subjects += 1;
                }
            }
        }
        assumptions
    }

    fn places_of(&self, ids: &[String]) -> BTreeSet<usize> {
        ids.iter().filter_map(|id| self.places.get(id.as_str()).copied()).collect()
    }

    /// Those on which a subject rests, with their numbers.
    pub(crate) fn shown(&self) -> impl Iterator<Item = (usize, &Assumed<'r>)> {
        self.all.iter().enumerate().filter(|(_, assumed)| assumed.is_shown())
    }

    /// Is there nothing to show?
    pub(crate) fn is_silent(&self) -> bool {
        self.shown().next().is_none()
    }

    /// Those with these ids, each once, with their numbers.
    pub(crate) fn named(&self, ids: &[String]) -> impl Iterator<Item = (usize, &Assumed<'r>)> {
        self.places_of(ids).into_iter().filter_map(|place| Some((place, self.all.get(place)?)))
    }

    /// What a segment is open on, after its evidence: `network policies were not read`.
    pub(crate) fn beside(&self, segment: &Segment) -> String {
        let texts = self.named(&segment.assumptions).map(|(_, assumed)| assumed.after(&segment.evidence).to_owned());
        join_and(&texts.collect::<Vec<_>>())
    }

    /// The clauses that the headline of a subject does not say already.
    pub(crate) fn unsaid(&self, subject: &Subject) -> String {
        let headline = subject.headline.to_lowercase();
        let texts = self.named(&subject.assumptions).map(|(_, assumed)| assumed.text());
        join_and(&texts.filter(|text| !headline.contains(&text.to_lowercase())).map(str::to_owned).collect::<Vec<_>>())
    }

    /// Is it said of this kind that it was not read? Then nobody needs to hear it twice.
    pub(crate) fn say(&self, kind: &str) -> bool {
        self.shown().flat_map(|(_, assumed)| &assumed.rows).any(|row| match (&row.group, kind.split_once('/')) {
            (Some(own), Some((group, name))) => own == group && row.kind == name,
            (None, None) => row.kind == kind,
            _ => false,
        })
    }

    /// What was not checked of a subject beside that on which it rests.
    pub(crate) fn others<'s>(&self, subject: &'s Subject) -> Vec<&'s UncheckedItem> {
        let said = |item: &&UncheckedItem| self.named(&subject.assumptions).any(|(_, one)| one.text() == item.what);
        subject.not_checked.iter().filter(|item| !said(item)).collect()
    }
}

/// Is reading what it rests on the next thing to do about a subject? Where the assumptions are told, so is that.
pub(crate) fn settled_by_reading(subject: &Subject) -> bool {
    subject.verdict == Verdict::ConfigOk && subject.primary.is_none() && !subject.assumptions.is_empty()
}

/// Is its configuration in order as far as was read, and not all of it was?
pub(crate) fn rests(subject: &Subject) -> bool {
    subject.config == ConfigVerdict::ConfigOk && !subject.assumptions.is_empty()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::report::SegmentName;

    fn row(namespaces: &[&str]) -> Assumption {
        Assumption {
            id: "a".to_owned(),
            code: String::new(),
            segment: SegmentName::Policy,
            kind: "NetworkPolicy".to_owned(),
            group: None,
            namespaces: namespaces.iter().map(|name| (*name).to_owned()).collect(),
            text: "network policies were not read".to_owned(),
            reason: String::new(),
            command: "kubectl get networkpolicies -A".to_owned(),
            could: "turn this traffic away".to_owned(),
            subjects: 0,
        }
    }

    #[test]
    fn a_few_namespaces_are_named_and_the_rest_is_counted() {
        for (namespaces, scope) in [
            (&[][..], ""),
            (&["a"], " in namespace a"),
            (&["a", "b"], " in namespaces a and b"),
            (&["a", "b", "c", "d"], " in namespaces a, b, c and 1 more"),
        ] {
            let row = row(namespaces);
            let assumed = Assumed { rows: vec![&row], subjects: 1 };
            assert_eq!(assumed.scope(), scope);
            assert_eq!(assumed.weight(), "they could turn this traffic away; 1 subject rests on this");
        }
    }

    #[test]
    fn absence_may_be_declared_of_policies_only() {
        assert_eq!(row(&[]).declaration().as_deref(), Some("--assume-complete=NetworkPolicy"));
        for segment in [SegmentName::Tls, SegmentName::Controller, SegmentName::Service, SegmentName::Rule] {
            assert_eq!(Assumption { segment, ..row(&[]) }.declaration(), None);
        }
        assert_eq!(Assumption { command: String::new(), ..row(&[]) }.declaration(), None);
    }

    #[test]
    fn kinds_of_one_system_are_said_together_and_those_of_others_apart() {
        let calico = |id: &str, kind: &str| Assumption {
            id: id.to_owned(),
            kind: kind.to_owned(),
            group: Some("projectcalico.org".to_owned()),
            text: "policies of Calico were not read".to_owned(),
            command: format!("kubectl get {kind}.projectcalico.org"),
            ..row(&["a"])
        };
        let rows = [row(&["a"]), calico("b", "NetworkPolicy"), calico("c", "GlobalNetworkPolicy")];
        let ids: Vec<String> = rows.iter().map(|row| row.id.clone()).collect();
        let places = HashMap::from([("a", 0), ("b", 1), ("c", 1)]);
        let (core, others) = rows.split_at(1);
        let all = vec![
            Assumed { rows: core.iter().collect(), subjects: 1 },
            Assumed { rows: others.iter().collect(), subjects: 1 },
        ];
        let assumptions = Assumptions { all, places };
        let said: Vec<&str> = assumptions.named(&ids).map(|(_, one)| one.text()).collect();
        assert_eq!(said, ["network policies were not read", "policies of Calico were not read"]);
        let declared: Vec<Option<String>> = assumptions.shown().map(|(_, one)| one.declaration()).collect();
        assert_eq!(
            declared.last().cloned().flatten().as_deref(),
            Some("--assume-complete=GlobalNetworkPolicy,NetworkPolicy")
        );
        for (kind, said) in [
            ("NetworkPolicy", true),
            ("projectcalico.org/NetworkPolicy", true),
            ("crd.antrea.io/NetworkPolicy", false),
            ("GlobalNetworkPolicy", false),
        ] {
            assert_eq!(assumptions.say(kind), said, "{kind}");
        }
    }
}
