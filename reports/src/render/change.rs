//! Sentences about a change that several renderers share.

use super::words::{join_and, number, plural};
use crate::report::{Became, CauseChange, Change, ChangeAction, ChangeKind, RequestChange, SubjectChange, Verdict};

/// The groups in the order in which a reader wants them, each with its heading.
pub(crate) const GROUPS: [(Became, &str); 4] = [
    (Became::Introduced, "Introduced"),
    (Became::Fixed, "Fixed"),
    (Became::NewlySeen, "Newly seen: nobody could have seen it before"),
    (Became::NoLongerSeen, "No longer seen: not proved fixed, less is seen now"),
];

/// `1 introduced · 1 fixed · 12 unchanged`, as one sentence.
pub(crate) fn counts(change: &Change) -> String {
    let c = &change.counts;
    let mut parts = vec![format!("{} introduced", number(c.introduced)), format!("{} fixed", number(c.fixed))];
    if c.newly_seen > 0 {
        parts.push(format!("{} newly seen", number(c.newly_seen)));
    }
    if c.no_longer_seen > 0 {
        parts.push(format!("{} no longer seen", number(c.no_longer_seen)));
    }
    let existing = match c.unchanged_with_problems {
        0 => String::new(),
        n => format!(" ({} of them with problems that were there before)", number(n)),
    };
    parts.push(format!("{} unchanged{existing}", number(c.unchanged)));
    parts.join(" · ")
}

/// Root causes that came or went, each in one line: `fixed: Node n1 is ready again — 200 subjects`.
pub(crate) fn causes(change: &Change) -> Vec<(Became, String)> {
    let told = |row: &CauseChange| {
        let subjects = plural(row.subjects, "subject", "subjects");
        match row.became {
            Became::Fixed => format!("fixed: {} — {subjects}", mended(&row.headline)),
            _ => format!("introduced: {} — {subjects}", row.headline),
        }
    };
    change.causes.iter().map(|row| (row.became, told(row))).collect()
}

/// What is wrong no more.
pub(crate) fn mended(headline: &str) -> String {
    const ENDS: [(&str, &str); 3] =
        [(" is not ready", " is ready again"), (" does not exist", " exists now"), (" were not read", " were read")];
    if let Some(told) = ENDS.iter().find_map(|(was, is)| Some(format!("{}{is}", headline.strip_suffix(was)?))) {
        return told;
    }
    if let Some((object, _)) = headline.split_once(" is down: ") {
        return format!("{object} is up again");
    }
    match headline.split_once(" runs on ") {
        Some((object, _)) => format!("{object} has all its pods again"),
        None => format!("no more: {headline}"),
    }
}

/// What is compared with what.
pub(crate) fn title(change: &Change) -> String {
    let list = |names: &[String]| match names {
        [] => "nothing".to_owned(),
        [one] => one.clone(),
        [first, ..] => format!("{first} and {} more", names.len() - 1),
    };
    match change.kind {
        ChangeKind::OnTopOf => format!("{} applied over {}", list(&change.after), list(&change.before)),
        ChangeKind::Diff => format!("from {} to {}", list(&change.before), list(&change.after)),
    }
}

/// `2 objects created, 1 changed and 3 as they are`; empty where none is known.
pub(crate) fn objects(change: &Change) -> String {
    let count = |action| change.objects.iter().filter(|o| o.action == action).count();
    let parts: Vec<String> = [
        (ChangeAction::Created, "created"),
        (ChangeAction::Changed, "changed"),
        (ChangeAction::Removed, "removed"),
        (ChangeAction::Same, "as they are"),
    ]
    .into_iter()
    .filter(|(action, _)| count(*action) > 0)
    .map(|(action, word)| format!("{} {word}", number(count(action))))
    .collect();
    if parts.is_empty() {
        return String::new();
    }
    format!("{}: {}", plural(change.objects.len(), "object of the change", "objects of the change"), join_and(&parts))
}

/// `config-ok → broken`, `new → broken`, `broken → gone`.
pub(crate) fn verdicts(subject: &SubjectChange) -> String {
    let word = |verdict: Option<Verdict>, none: &str| verdict.map_or_else(|| none.to_owned(), |v| v.word().to_owned());
    format!("{} → {}", word(subject.before, "new"), word(subject.after, "gone"))
}

/// `Kind namespace/name`.
pub(crate) fn name(subject: &SubjectChange) -> String {
    let name = format!("{} {}/{}", subject.kind, subject.namespace, subject.name);
    match &subject.cluster {
        Some(cluster) => format!("{name} @ {cluster}"),
        None => name,
    }
}

/// The sign in front of each line about a subject's problems, and the lines.
pub(crate) fn problems(subject: &SubjectChange) -> Vec<(&'static str, String)> {
    let groups = [
        ("introduced", &subject.introduced),
        ("fixed", &subject.fixed),
        ("newly seen", &subject.newly_seen),
        ("no longer seen", &subject.no_longer_seen),
    ];
    let line = |word, p: &crate::report::ProblemChange| {
        let paths = if p.paths > 1 { format!(" (on {} paths)", number(p.paths)) } else { String::new() };
        (word, format!("{}{paths} [{}]", p.message, p.code))
    };
    groups.into_iter().flat_map(|(word, all)| all.iter().map(move |p| line(word, p))).collect()
}

/// `12 requests get another answer`; empty where none does.
pub(crate) fn requests(change: &Change) -> String {
    match change.requests.len() + change.requests_left_out {
        0 => String::new(),
        1 => "1 request gets another answer".to_owned(),
        all => format!("{} requests get another answer", number(all)),
    }
}

/// The request, and both answers.
pub(crate) fn request(row: &RequestChange) -> (String, String) {
    let scheme = row.request.split_once("://").map_or("", |(method, _)| method);
    (
        format!("{scheme}://{}{} ({})", row.host, row.path, row.matches),
        format!("{} → {}", row.before.line, row.after.line),
    )
}
