//! `kubereach run --cleanup`

use kubereach_live::run::{self, Leftover};

use super::{Run, consent};
use crate::cli::plan::plain;
use crate::cli::{Failure, NOTHING, OK, input};

/// Looks for leftovers, shows them, asks, and deletes them.
pub(super) fn run(command: &Run, instance: &str) -> Result<u8, Failure> {
    consent::possible(command.yes)?;
    let target = input::target(&command.cluster);
    let mut namespaces = command.subjects.namespace.clone();
    namespaces.extend(command.place.clone());
    let found = run::leftovers(&target, &namespaces, Some(instance).filter(|name| !name.is_empty()))?;
    for unread in &found.unread {
        anstream::eprintln!("kubereach: not looked at: {}", plain(unread));
    }
    if found.read == 0 {
        return Err(Failure::Nothing("nothing could be looked at; name a namespace with -n".to_owned()));
    }
    let incomplete = if found.unread.is_empty() { OK } else { NOTHING };
    if found.found.is_empty() {
        anstream::eprintln!("kubereach: no run has left anything behind");
        return Ok(incomplete);
    }
    for leftover in &found.found {
        anstream::eprintln!("kubereach: {}", plain(&line(leftover)));
    }
    let count = found.found.len();
    consent::ask(
        command.yes,
        &format!("Delete {}?", if count == 1 { "it".to_owned() } else { format!("these {count}") }),
    )?;
    let left = run::remove(&target, &found.found)?;
    for (ours, why) in &left {
        anstream::eprintln!("kubereach: could not delete {ours}: {}", plain(why));
    }
    anstream::eprintln!("kubereach: deleted {} of {count}", count - left.len());
    Ok(if left.is_empty() { incomplete } else { NOTHING })
}

fn line(leftover: &Leftover) -> String {
    let active = if leftover.active { ", still running: perhaps of a run that is not over" } else { "" };
    format!("{}, created {}{active}", leftover.ours, leftover.created)
}
