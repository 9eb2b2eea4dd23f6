//! IPv4 and IPv6 (KEP-563): a Service gets addresses of its own families only.

use std::net::IpAddr;

use kubereach_model::snapshot::model::Service;

/// An address family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Family {
    /// IPv4.
    V4,
    /// IPv6.
    V6,
}

impl Family {
    /// As the API spells it.
    pub const fn word(self) -> &'static str {
        match self {
            Self::V4 => "IPv4",
            Self::V6 => "IPv6",
        }
    }

    /// Of an `addressType` or `ipFamilies` entry.
    pub fn parse(word: &str) -> Option<Self> {
        match word {
            "IPv4" => Some(Self::V4),
            "IPv6" => Some(Self::V6),
            _ => None,
        }
    }

    /// Of an address as text.
    pub fn of_address(address: &str) -> Option<Self> {
        address.parse().ok().map(|ip: IpAddr| if ip.is_ipv4() { Self::V4 } else { Self::V6 })
    }
}

/// The Service's families: what it asks for, else those of its cluster addresses; empty if unknown.
pub(super) fn of_service(service: &Service) -> Vec<Family> {
    let mut families: Vec<Family> = service.spec.ip_families.iter().filter_map(|f| Family::parse(f)).collect();
    if families.is_empty() {
        let addresses = service.spec.cluster_ips.iter().chain([&service.spec.cluster_ip]);
        families = addresses.filter_map(|ip| Family::of_address(ip.known()?)).collect();
    }
    families.sort_unstable();
    families.dedup();
    families
}
