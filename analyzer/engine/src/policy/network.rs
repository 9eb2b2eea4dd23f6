//! Address ranges of rules.

use std::net::IpAddr;

use ipnet::IpNet;

use super::Truth;
use super::answer::Missing;
use kubereach_model::snapshot::model::IpBlock;

/// An address range with holes. `None` where a part of it could not be read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Block {
    range: Option<IpNet>,
    holes: Vec<Option<IpNet>>,
}

impl Block {
    /// From an `ipBlock`.
    pub fn of(block: &IpBlock) -> Self {
        let parse = |text: &str| text.trim().parse().ok();
        Self {
            range: block.cidr.known().and_then(|c| parse(c)),
            holes: block.except.iter().map(|e| e.known().and_then(|e| parse(e))).collect(),
        }
    }

    /// A range with holes; `None` where one could not be read.
    pub(super) const fn with_holes(range: Option<IpNet>, holes: Vec<Option<IpNet>>) -> Self {
        Self { range, holes }
    }

    /// From one CIDR as text.
    pub fn of_cidr(cidr: &str) -> Self {
        Self { range: cidr.trim().parse().ok(), holes: Vec::new() }
    }

    /// Is the address in it?
    pub fn contains(&self, address: IpAddr) -> Truth<'static> {
        let Some(range) = self.range else { return Truth::Unknown(Missing::AddressRange) };
        if !range.contains(&address) {
            return Truth::No;
        }
        let hole = Truth::any(self.holes.iter().map(|hole| match hole {
            Some(hole) => Truth::of(hole.contains(&address)),
            None => Truth::Unknown(Missing::AddressRange),
        }));
        match hole {
            Truth::Yes => Truth::No,
            Truth::No => Truth::Yes,
            unknown @ Truth::Unknown(_) => unknown,
        }
    }

    /// Every address of its family, without a hole?
    pub fn is_everything(&self) -> bool {
        self.range.is_some_and(|range| range.prefix_len() == 0) && self.holes.is_empty()
    }

    /// Does it speak of IPv4?
    pub fn is_ipv4(&self) -> Option<bool> {
        self.range.map(|range| matches!(range, IpNet::V4(_)))
    }

    /// Its range and holes as far as they could be read.
    pub fn ranges(&self) -> impl Iterator<Item = IpNet> {
        self.range.into_iter().chain(self.holes.iter().copied().flatten())
    }
}

impl std::fmt::Display for Block {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self.range {
            Some(range) => write!(f, "{range}")?,
            None => f.write_str("(unreadable range)")?,
        }
        for (index, hole) in self.holes.iter().enumerate() {
            f.write_str(if index == 0 { " except " } else { ", " })?;
            match hole {
                Some(hole) => write!(f, "{hole}")?,
                None => f.write_str("(unreadable range)")?,
            }
        }
        Ok(())
    }
}

/// Is each of the addresses in the range, or none of them? One of them is used, and which one is not known.
pub(super) fn on_addresses<'s>(block: &Block, addresses: &[IpAddr]) -> Truth<'s> {
    let mut all: Option<Truth<'s>> = None;
    for address in addresses {
        let this = block.contains(*address);
        all = Some(match all {
            None => this,
            Some(so_far) if so_far == this => this,
            Some(_) => Truth::Unknown(Missing::PodAddress),
        });
    }
    all.unwrap_or(Truth::Unknown(Missing::PodAddress))
}
