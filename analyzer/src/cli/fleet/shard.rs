//! A share of a fleet, for one of several programs that divide it among them.

use std::str::FromStr;

/// Every `count`-th bundle of the list, beginning with number `index` from 0: the index of a pod of an
/// Indexed Job.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Shard {
    index: usize,
    count: usize,
}

impl Shard {
    /// Does the bundle at this place of the list belong to the share?
    pub(crate) const fn takes(self, place: usize) -> bool {
        place % self.count == self.index
    }
}

impl FromStr for Shard {
    type Err = String;

    /// Reads `INDEX/COUNT`.
    fn from_str(text: &str) -> Result<Self, String> {
        let bad = || format!("'{text}' is not INDEX/COUNT, as in 0/4");
        let (index, count) = text.split_once('/').ok_or_else(bad)?;
        let (index, count): (usize, usize) = (index.parse().map_err(|_| bad())?, count.parse().map_err(|_| bad())?);
        match count {
            0 => Err("there are no shares of 0: the second number is how many there are".to_owned()),
            _ if index >= count => Err(format!("shares count from 0: the last of {count} is {}/{count}", count - 1)),
            _ => Ok(Self { index, count }),
        }
    }
}

impl std::fmt::Display for Shard {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "{}/{}", self.index, self.count)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_place_belongs_to_one_share() {
        let shares: Vec<Shard> = (0..3).map(|n| format!("{n}/3").parse().unwrap()).collect();
        for place in 0..20 {
            assert_eq!(shares.iter().filter(|share| share.takes(place)).count(), 1, "{place}");
        }
        for wrong in ["3/3", "0/0", "1", "/3", "a/b", "-1/3"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }
}
