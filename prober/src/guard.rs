//! Addresses that are never dialled, and those that mean something only locally.
//!
//! Source: `docs/semantics/measurement.md#addresses-of-the-vantage-and-of-metadata-services-are-never-dialled`.
//!
//! The check is made on what a name resolved to, and again on the very address that is connected
//! to. Private ranges are allowed: clusters live there.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Services that hand out credentials to whoever asks from inside, with the page that names each. Those of the
/// link-local range (RFC 3927) are guarded by it as well, and stand here so that a test dials every one of them.
#[rustfmt::skip]
pub const METADATA: &[(IpAddr, &str)] = &[
    // https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/instancedata-data-retrieval.html
    (v4(169, 254, 169, 254), "instance metadata of AWS, Azure, Google Cloud, Oracle Cloud, OpenStack, DigitalOcean, Hetzner and others"),
    (v6(0xfd00, 0xec2, 0, 0x254), "instance metadata of AWS"),
    // https://docs.aws.amazon.com/AmazonECS/latest/developerguide/task-iam-roles.html
    (v4(169, 254, 170, 2), "task credentials of Amazon ECS"),
    // https://docs.aws.amazon.com/eks/latest/userguide/pod-id-how-it-works.html
    (v4(169, 254, 170, 23), "pod identities of Amazon EKS"),
    (v6(0xfd00, 0xec2, 0, 0x23), "pod identities of Amazon EKS"),
    // https://cloud.google.com/compute/docs/metadata/querying-metadata
    (v6(0xfd20, 0xce, 0, 0x254), "instance metadata of Google Cloud"),
    // https://learn.microsoft.com/azure/virtual-network/what-is-ip-address-168-63-129-16
    (v4(168, 63, 129, 16), "the host agent of Azure"),
    // https://www.alibabacloud.com/help/en/ecs/user-guide/view-instance-metadata
    (v4(100, 100, 100, 200), "instance metadata of Alibaba Cloud"),
    // https://docs.oracle.com/en/cloud/iaas/compute-iaas-cloud/stcsg/retrieving-instance-metadata.html
    (v4(192, 0, 0, 192), "instance metadata of Oracle Cloud Infrastructure Classic"),
    // https://docs.oracle.com/iaas/Content/Compute/Tasks/gettingmetadata.htm
    (v6(0xfd00, 0xc1, 0xa9fe, 0xa9fe), "instance metadata of Oracle Cloud"),
    // https://www.scaleway.com/en/docs/instances/how-to/use-instance-metadata/
    (v4(169, 254, 42, 42), "instance metadata of Scaleway"),
    (v6(0xfd00, 0x42, 0, 0x42), "instance metadata of Scaleway"),
    // https://www.tencentcloud.com/document/product/213/4934
    (v4(169, 254, 0, 23), "instance metadata of Tencent Cloud"),
    // https://tailscale.com/docs/reference/quad100
    (v4(100, 100, 100, 100), "the local service of Tailscale"),
];

const fn v4(a: u8, b: u8, c: u8, d: u8) -> IpAddr {
    IpAddr::V4(Ipv4Addr::new(a, b, c, d))
}

/// `FIRST:SECOND::SEVENTH:EIGHTH`.
const fn v6(first: u16, second: u16, seventh: u16, eighth: u16) -> IpAddr {
    IpAddr::V6(Ipv6Addr::new(first, second, 0, 0, 0, 0, seventh, eighth))
}

fn is_metadata(address: IpAddr) -> bool {
    METADATA.iter().any(|(own, _)| *own == address)
}

/// Why an address is never dialled, or nothing if it may be.
pub fn refusal(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(v4) => refusal_v4(v4),
        IpAddr::V6(v6) => match embedded(v6) {
            Some(v4) => refusal_v4(v4).or_else(|| refusal_v6(v6)),
            None => refusal_v6(v6),
        },
    }
}

fn refusal_v4(address: Ipv4Addr) -> Option<&'static str> {
    let [first, ..] = address.octets();
    if address.is_loopback() {
        Some("loopback")
    } else if first == 0 {
        Some("unspecified")
    } else if address.is_link_local() {
        Some("link-local, where metadata services are")
    } else if is_metadata(IpAddr::V4(address)) {
        Some("a cloud metadata service")
    } else if address.is_multicast() {
        Some("multicast")
    } else if first >= 240 {
        Some("broadcast or reserved")
    } else {
        None
    }
}

fn refusal_v6(address: Ipv6Addr) -> Option<&'static str> {
    if address.is_loopback() {
        Some("loopback")
    } else if address.is_unspecified() {
        Some("unspecified")
    } else if address.is_unicast_link_local() {
        Some("link-local")
    } else if is_metadata(IpAddr::V6(address)) {
        Some("a cloud metadata service")
    } else if address.is_multicast() {
        Some("multicast")
    } else {
        None
    }
}

/// The IPv4 address that an IPv6 address stands for: mapped, compatible, 6to4 (RFC 3056), NAT64 (RFC 6052 and its local-use prefix of RFC 8215).
fn embedded(address: Ipv6Addr) -> Option<Ipv4Addr> {
    let v4 = |high: u16, low: u16| {
        let bits = (u32::from(high) << 16) | u32::from(low);
        Some(Ipv4Addr::from_bits(bits))
    };
    match address.segments() {
        [0, 0, 0, 0, 0, 0xffff, high, low]
        | [0, 0, 0, 0, 0xffff, 0, high, low]
        | [0x64, 0xff9b, 0 | 1, .., high, low]
        | [0x2002, high, low, ..] => v4(high, low),
        [0, 0, 0, 0, 0, 0, high, low] if high != 0 => v4(high, low),
        _ => None,
    }
}

/// The address means something only within some network: RFC 1918, RFC 6598, RFC 4193, and whatever
/// is guarded.
pub fn is_private(address: IpAddr) -> bool {
    match address {
        IpAddr::V4(v4) => is_private_v4(v4),
        IpAddr::V6(v6) => embedded(v6).is_some_and(is_private_v4) || v6.is_unique_local() || refusal(address).is_some(),
    }
}

fn is_private_v4(address: Ipv4Addr) -> bool {
    let [a, b, ..] = address.octets();
    address.is_private() || (a == 100 && (64..128).contains(&b)) || refusal_v4(address).is_some()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metadata_and_local_addresses_are_refused_in_every_spelling() {
        for text in [
            "127.0.0.1",
            "127.8.8.8",
            "0.0.0.0",
            "0.1.2.3",
            "169.254.169.254",
            "100.100.100.200",
            "100.100.100.100",
            "168.63.129.16",
            "224.0.0.1",
            "255.255.255.255",
            "240.0.0.1",
            "::1",
            "::",
            "fe80::1",
            "fd00:ec2::254",
            "fd20:ce::254",
            "fd00:c1::a9fe:a9fe",
            "fd00:42::42",
            "ff02::1",
            "::ffff:169.254.169.254",
            "::ffff:127.0.0.1",
            "64:ff9b::a9fe:a9fe",
            "64:ff9b:1::a9fe:a9fe",
            "2002:a9fe:a9fe::1",
            "::127.0.0.1",
            "::ffff:0:169.254.169.254",
        ] {
            assert!(refusal(text.parse().unwrap()).is_some(), "{text}");
            assert!(is_private(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn every_metadata_service_is_refused_also_where_ipv6_stands_for_it() {
        for (address, what) in METADATA {
            assert!(refusal(*address).is_some(), "{address}: {what}");
            if let IpAddr::V4(v4) = address {
                assert!(refusal(IpAddr::V6(v4.to_ipv6_mapped())).is_some(), "{address}: {what}");
            }
        }
    }

    #[test]
    fn cluster_and_public_addresses_are_not() {
        for text in ["10.96.0.1", "192.168.1.1", "172.16.0.9", "100.64.0.1", "fd12::1", "::ffff:10.0.0.1"] {
            assert_eq!(refusal(text.parse().unwrap()), None, "{text}");
            assert!(is_private(text.parse().unwrap()), "{text}");
        }
        for text in ["8.8.8.8", "203.0.113.9", "2001:db8::1", "64:ff9b::808:808", "100.128.0.1"] {
            assert_eq!(refusal(text.parse().unwrap()), None, "{text}");
            assert!(!is_private(text.parse().unwrap()), "{text}");
        }
    }

    #[test]
    fn only_the_plain_spelling_is_an_address() {
        for text in ["0177.0.0.1", "2130706433", "0x7f.1", "127.1", "169.254.169.254."] {
            assert!(text.parse::<IpAddr>().is_err(), "{text}");
        }
    }
}
