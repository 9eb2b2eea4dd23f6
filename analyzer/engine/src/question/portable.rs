//! The same question under every network plugin whose habits are known.

use super::{Answers, Elsewhere, Finder, Party, Row};
use crate::evaluate::Cluster;
use crate::policy::{HABITS, PolicyView, Protocol, Request};

/// Adds to each row what it would be if another plugin ran: policies are written for more than one cluster.
pub fn portable<'s>(
    cluster: &Cluster<'s>,
    (from, to): (&[Party<'s>], &[Party<'s>]),
    protocol: Option<Protocol>,
    request: &Request,
    rows: &mut [Row],
) {
    for habits in HABITS {
        let view = PolicyView::supposing(cluster.snapshot, habits);
        let answers = Answers::new(&view, Finder::new(&view, cluster)).carrying(request.clone());
        let there = answers.rows(from.to_vec(), to.to_vec(), protocol, false);
        for row in &mut *rows {
            let same = |other: &&Row| {
                let of = (row.protocol, row.port) == (other.protocol, other.port);
                of && other.from_all.contains(&row.from) && other.to_all.contains(&row.to)
            };
            let Some(answer) = there.iter().find(same).map(|other| other.answer) else { continue };
            match row.portable.iter_mut().find(|known| known.answer == answer) {
                Some(known) => known.plugins.push(habits.name),
                None => row.portable.push(Elsewhere { plugins: vec![habits.name], answer }),
            }
        }
    }
}
