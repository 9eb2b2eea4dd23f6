//! Which targets stay where not all may, and the order of what stays.

use std::collections::{BTreeMap, BTreeSet};

use kubereach_prober::plan::{LeftOut, Target};
use kubereach_prober::words::Purpose;

use super::controls::{Controls, entry_of};
use super::draft::{Drafts, Weight};

/// The targets in their final order, and what was left out. The whole path is kept before parts of it,
/// what is unknown before what seems settled; a control goes with the first dial it serves.
pub(super) fn choose(drafts: Drafts, controls: Controls, most: Option<usize>) -> (Vec<Target>, Vec<LeftOut>) {
    let aside: Vec<Target> = drafts.aside.values().cloned().collect();
    let (mut all, mut left_out): (Vec<(Weight, u8, Target)>, BTreeSet<LeftOut>) = drafts.finish();
    all.sort_by(|a, b| (a.0, a.1, &a.2.id, &a.2.dial).cmp(&(b.0, b.1, &b.2.id, &b.2.dial)));
    let room = most.unwrap_or(usize::MAX);
    let mut kept: Vec<Target> = controls.general.into_iter().take(room.saturating_sub(1)).collect();
    let mut by_entry: BTreeMap<String, Target> = controls.by_entry;
    for (_, _, target) in all {
        if kept.len() >= room {
            let why = format!("only {room} targets were asked for (--max-targets)");
            for id in std::iter::once(&target.id).chain(&target.also) {
                left_out.insert(LeftOut { id: id.clone(), dial: target.dial.clone(), why: why.clone() });
            }
            continue;
        }
        let control = entry_of(&target).and_then(|entry| by_entry.remove(&entry));
        kept.push(target);
        if kept.len() < room {
            kept.extend(control);
        }
    }
    let room_left = room.saturating_sub(kept.len());
    kept.extend(controls.hosts.into_iter().chain(aside).take(room_left));
    // Controls first: they are few and cheap, and a run that is cut short has at least them.
    kept.sort_by(|a, b| {
        (a.purpose != Purpose::Control, &a.id, &a.dial).cmp(&(b.purpose != Purpose::Control, &b.id, &b.dial))
    });
    (kept, left_out.into_iter().collect())
}
