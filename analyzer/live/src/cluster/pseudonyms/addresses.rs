//! Addresses replaced so that prefixes still hold what they held (Crypto-PAn: Xu et al., 2002).

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use sha2::{Digest as _, Sha256};

/// Two addresses share as many leading bits afterwards as before. Bits that lead to ranges with a
/// meaning of their own stay.
pub(super) fn permuted(key: &[u8; 32], address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(v4) => {
            let bits = permute(key, u128::from(u32::from(v4)) << 96, 32, &SPECIAL_V4);
            IpAddr::V4(Ipv4Addr::from(u32::try_from(bits >> 96).unwrap_or_default()))
        }
        IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from(permute(key, u128::from(v6), 128, &SPECIAL_V6))),
    }
}

/// `bits` are left-aligned.
fn permute(key: &[u8; 32], bits: u128, width: u32, special: &[(u128, u32, bool)]) -> u128 {
    let mask = |length: u32| if length == 0 { 0 } else { u128::MAX << (128 - length) };
    if special.iter().any(|(net, length, whole)| *whole && bits & mask(*length) == *net) {
        return bits;
    }
    let mut out = 0;
    for at in 0..width {
        let bit = bits >> (127 - at) & 1;
        let prefix = bits & mask(at);
        // On the way to a special range nothing turns.
        let leads = special.iter().any(|(net, length, _)| *length > at && net & mask(at) == prefix);
        let digest = Sha256::new()
            .chain_update(key)
            .chain_update([u8::try_from(width).unwrap_or_default(), u8::try_from(at).unwrap_or_default()])
            .chain_update(prefix.to_be_bytes())
            .finalize();
        let turn = !leads && digest.first().is_some_and(|b| b & 1 == 1);
        out |= (bit ^ u128::from(turn)) << (127 - at);
    }
    out
}

const fn v4(a: u8, b: u8, c: u8, d: u8, length: u32, whole: bool) -> (u128, u32, bool) {
    ((u32::from_be_bytes([a, b, c, d]) as u128) << 96, length, whole)
}

const fn v6(first: u128, length: u32, whole: bool) -> (u128, u32, bool) {
    (first << 96, length, whole)
}

/// Ranges with a meaning (RFC 6890): kept as ranges; those marked are kept address by address.
const SPECIAL_V4: [(u128, u32, bool); 10] = [
    v4(0, 0, 0, 0, 8, true),
    v4(10, 0, 0, 0, 8, false),
    v4(100, 64, 0, 0, 10, false),
    v4(127, 0, 0, 0, 8, true),
    v4(169, 254, 0, 0, 16, true),
    v4(172, 16, 0, 0, 12, false),
    v4(192, 168, 0, 0, 16, false),
    v4(198, 18, 0, 0, 15, false),
    v4(224, 0, 0, 0, 4, true),
    v4(240, 0, 0, 0, 4, true),
];
const SPECIAL_V6: [(u128, u32, bool); 6] = [
    v6(0, 32, true),
    v6(0x0064_ff9b, 32, true),
    v6(0x2001_0db8, 32, false),
    v6(0xfc00_0000, 7, false),
    v6(0xfe80_0000, 10, true),
    v6(0xff00_0000, 8, true),
];
