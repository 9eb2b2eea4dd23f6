//! Exact sets of ports and addresses: one evaluation per interval within which no rule draws a line.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};
use std::ops::RangeInclusive;

use ipnet::IpNet;

use super::answer::{Answer, Direction, Protocol};
use super::ends::End;
use super::set::{Connection, Policies, Selection};

/// A run of ports with one answer.
pub type PortRun = (RangeInclusive<u16>, Answer);

/// A run of addresses with one answer.
pub type AddressRun = (RangeInclusive<IpAddr>, Answer);

impl<'s> Policies<'s> {
    /// Which ports of `to` the policies of both ends let `from` reach: runs that cover 1–65535.
    pub fn ports(&self, from: &End<'s>, to: &End<'s>, protocol: Protocol) -> Vec<PortRun> {
        let of = |end: &End<'s>| end.pod().map(|pod| self.select(pod)).unwrap_or_default();
        self.ports_selected((from, &of(from)), (to, &of(to)), protocol)
    }

    /// The same, where the selections of both ends are known already.
    pub fn ports_selected(
        &self,
        (from, from_selection): (&End<'s>, &Selection<'s>),
        (to, to_selection): (&End<'s>, &Selection<'s>),
        protocol: Protocol,
    ) -> Vec<PortRun> {
        let starts = self.port_starts(from_selection, (to, to_selection), protocol);
        port_runs(&starts, |port| {
            let connection = Connection { from, to, protocol, port: Some(port), request: None };
            self.evaluate_selected(&connection, from_selection, to_selection).answer
        })
    }

    /// First ports of the intervals within which no rule of either end draws a line.
    pub(super) fn port_starts(
        &self,
        from_selection: &Selection<'s>,
        (to, to_selection): (&End<'s>, &Selection<'s>),
        protocol: Protocol,
    ) -> Vec<u16> {
        let mut starts = vec![1];
        let mut named = false;
        for (selection, direction) in [(from_selection, Direction::Egress), (to_selection, Direction::Ingress)] {
            for (index, _) in selection.of(direction) {
                let Some(policy) = self.get(*index) else { continue };
                policy.rules.ports(direction, &mut |entry| {
                    entry.boundaries(protocol, &mut starts);
                    named |= entry.name().is_some();
                });
            }
        }
        if named && let End::Pod(pod) = to {
            for port in pod.spec.serving_containers().flat_map(|c| &c.ports) {
                if let Some(number) = port.container_port.known() {
                    starts.push(*number);
                    starts.extend(number.checked_add(1));
                }
            }
        }
        starts.retain(|start| *start > 0);
        starts.sort_unstable();
        starts.dedup();
        starts
    }

    /// First addresses of the intervals within which no rule of this direction draws a line.
    pub(super) fn address_starts(&self, selection: &Selection<'s>, direction: Direction, ipv4: bool) -> Vec<u128> {
        let mut starts: Vec<u128> = vec![0];
        for (index, _) in selection.of(direction) {
            let Some(policy) = self.get(*index) else { continue };
            policy.rules.ranges(direction, &mut |net| {
                if matches!(net, IpNet::V4(_)) == ipv4 {
                    starts.push(number(net.network()));
                    starts.extend(number(net.broadcast()).checked_add(1));
                }
            });
        }
        let last = last(ipv4);
        starts.retain(|start| *start <= last);
        starts.sort_unstable();
        starts.dedup();
        starts
    }
}

const fn last(ipv4: bool) -> u128 {
    if ipv4 { u32::MAX as u128 } else { u128::MAX }
}

/// One answer per interval, joined where neighbours agree. `starts` are sorted and begin with 0.
pub(super) fn address_runs(starts: &[u128], ipv4: bool, answer: impl Fn(IpAddr) -> Answer) -> Vec<AddressRun> {
    let mut runs: Vec<AddressRun> = Vec::new();
    for (position, start) in starts.iter().enumerate() {
        let end = starts.get(position + 1).map_or(last(ipv4), |next| next - 1);
        let (from, until) = (address(*start, ipv4), address(end, ipv4));
        let answer = answer(from);
        match runs.last_mut() {
            Some((run, same)) if *same == answer => *run = *run.start()..=until,
            _ => runs.push((from..=until, answer)),
        }
    }
    runs
}

/// One answer per interval, joined where neighbours agree. `starts` are sorted and begin with 1.
pub(super) fn port_runs(starts: &[u16], answer: impl Fn(u16) -> Answer) -> Vec<PortRun> {
    let mut runs: Vec<PortRun> = Vec::new();
    for (position, start) in starts.iter().enumerate() {
        let end = starts.get(position + 1).map_or(u16::MAX, |next| next - 1);
        let answer = answer(*start);
        match runs.last_mut() {
            Some((run, same)) if *same == answer => *run = *run.start()..=end,
            _ => runs.push((*start..=end, answer)),
        }
    }
    runs
}

/// The addresses with this answer as the fewest CIDRs that cover exactly them.
pub fn address_words(runs: &[AddressRun], answer: Answer) -> Vec<String> {
    runs.iter().filter(|(_, a)| *a == answer).flat_map(|(run, _)| cidrs(run)).collect()
}

fn number(address: IpAddr) -> u128 {
    match address {
        IpAddr::V4(v4) => u128::from(u32::from(v4)),
        IpAddr::V6(v6) => u128::from(v6),
    }
}

fn address(number: u128, ipv4: bool) -> IpAddr {
    match u32::try_from(number) {
        Ok(small) if ipv4 => IpAddr::V4(Ipv4Addr::from(small)),
        _ => IpAddr::V6(Ipv6Addr::from(number)),
    }
}

/// The ports with this answer, as people write them: `1-79, 81-65535`; `all` and `none` in words.
pub fn port_words(runs: &[PortRun], answer: Answer) -> String {
    let words: Vec<String> = runs
        .iter()
        .filter(|(_, a)| *a == answer)
        .map(|(run, _)| match (*run.start(), *run.end()) {
            (1, u16::MAX) => "all".to_owned(),
            (one, same) if one == same => one.to_string(),
            (from, to) => format!("{from}-{to}"),
        })
        .collect();
    if words.is_empty() { "none".to_owned() } else { words.join(", ") }
}

/// A run of addresses as the fewest CIDRs that cover exactly it.
pub fn cidrs(run: &RangeInclusive<IpAddr>) -> Vec<String> {
    match (run.start(), run.end()) {
        (IpAddr::V4(from), IpAddr::V4(to)) => {
            ipnet::Ipv4Subnets::new(*from, *to, 0).map(|net| net.to_string()).collect()
        }
        (IpAddr::V6(from), IpAddr::V6(to)) => {
            ipnet::Ipv6Subnets::new(*from, *to, 0).map(|net| net.to_string()).collect()
        }
        _ => Vec::new(),
    }
}
