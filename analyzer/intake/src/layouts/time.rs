//! Times as collectors write them: in marker files and in the names of files and directories.

use jiff::Timestamp;
use jiff::civil::DateTime;

/// A time with or without its zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Clock {
    /// An instant.
    Utc(Timestamp),
    /// What some clock showed; its zone is not written down.
    Local(DateTime),
}

/// Reads RFC 3339 and the two ways Go prints a time (with or without `m=+…`).
pub(crate) fn parse(text: &str) -> Option<Timestamp> {
    let text = text.trim().trim_matches('"');
    if let Ok(time) = text.parse::<Timestamp>() {
        return Some(time);
    }
    let mut words = text.split_ascii_whitespace();
    let (date, time, zone) = (words.next()?, words.next()?, words.next()?);
    let (hours, minutes) = zone.split_at_checked(3)?;
    format!("{date}T{time}{hours}:{minutes}").parse().ok()
}

/// Finds a date with time in a name: `2026-01-02T03_04_05`, `2026-01-02T03-04-05Z`, `20260102-030405`.
pub(crate) fn in_name(name: &str) -> Option<Clock> {
    let bytes = name.as_bytes();
    (0..bytes.len()).find_map(|start| at(bytes.get(start..)?, start.checked_sub(1).and_then(|n| bytes.get(n))))
}

fn at(text: &[u8], before: Option<&u8>) -> Option<Clock> {
    if before.is_some_and(u8::is_ascii_digit) {
        return None;
    }
    let shapes: [&[u8]; 3] = [b"dddd-dd-ddTdd?dd?dd", b"dddd-dd-dd_dd?dd?dd", b"dddddddd-dddddd"];
    for shape in shapes {
        let Some(here) = text.get(..shape.len()) else {
            continue;
        };
        let fits = shape.iter().zip(here).all(|(want, got)| match want {
            b'd' => got.is_ascii_digit(),
            b'?' => matches!(got, b'_' | b'-' | b':' | b'.'),
            other => other == got,
        });
        let rest = text.get(shape.len()..).unwrap_or_default();
        if !fits || rest.first().is_some_and(u8::is_ascii_digit) {
            continue;
        }
        let mut digits = here.iter().filter(|b| b.is_ascii_digit()).map(|b| i16::from(b - b'0'));
        let mut number = |n: usize| digits.by_ref().take(n).fold(0_i16, |sum, d| sum * 10 + d);
        let year = number(4);
        let mut small = || i8::try_from(number(2)).ok();
        let civil = DateTime::new(year, small()?, small()?, small()?, small()?, small()?, 0).ok()?;
        return Some(if rest.first() == Some(&b'Z') {
            Clock::Utc(jiff::tz::Offset::UTC.to_timestamp(civil).ok()?)
        } else {
            Clock::Local(civil)
        });
    }
    None
}

/// Zones differ by half hours, with few exceptions.
const STEP: i64 = 1800;
/// A collector needs no longer than that, mostly.
const COLLECTING: i64 = 3600;

/// When a collection ended that began then, given the newest time any object shows: objects are as new as the moment
/// at which they were read.
pub(crate) fn ended(began: Timestamp, newest: Option<Timestamp>) -> Timestamp {
    let written = |newest: &Timestamp| (0..=COLLECTING).contains(&(newest.as_second() - began.as_second()));
    newest.filter(written).unwrap_or(began)
}

/// The instant of a clock whose zone is not known, at which a collection began, given the newest time any object shows.
///
/// The name is taken as UTC where that fits: what is newest was written within the hour before (a running cluster
/// writes every few seconds), or in the minutes that collecting took. Else the zone is the one, in steps of half an
/// hour, that puts the beginning nearest to the newest object: both are then wrong by less than that.
pub(crate) fn settle(local: DateTime, newest: Option<Timestamp>) -> Option<Timestamp> {
    let as_utc = jiff::tz::Offset::UTC.to_timestamp(local).ok()?;
    let Some(newest) = newest else {
        return Some(as_utc);
    };
    let ahead = as_utc.as_second() - newest.as_second();
    if (1 - STEP..=3600).contains(&ahead) || !(-12 * 3600..=14 * 3600).contains(&ahead) {
        return Some(as_utc);
    }
    let left = ahead.rem_euclid(STEP);
    let nearest = if left > STEP / 2 { left - STEP } else { left };
    Timestamp::from_second(newest.as_second() + nearest).ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn times_in_names_are_found() {
        let local = |text: &str| Some(Clock::Local(text.parse().unwrap()));
        assert_eq!(in_name("support-bundle-2026-01-02T03_04_05"), local("2026-01-02T03:04:05"));
        assert_eq!(in_name("cilium-sysdump-20260102-030405.zip"), local("2026-01-02T03:04:05"));
        assert_eq!(
            in_name("supportbundle_9d6a_2026-01-02T03-04-05Z.zip"),
            Some(Clock::Utc("2026-01-02T03:04:05Z".parse().unwrap()))
        );
        for name in ["", "web-20261302-030405", "x-2026-01-02", "1120260102-030405", "é"] {
            assert_eq!(in_name(name), None, "{name}");
        }
    }

    #[test]
    fn go_prints_times_in_its_own_way() {
        let at: Timestamp = "2026-01-02T02:04:05.5Z".parse().unwrap();
        assert_eq!(parse("2026-01-02 03:04:05.5 +0100 CET m=+0.035"), Some(at));
        assert_eq!(parse("2026-01-02T02:04:05.5Z\n"), Some(at));
        assert_eq!(parse("yesterday"), None);
        assert_eq!(parse("2026-01-02 03:04:05 é"), None);
    }

    #[test]
    fn a_clock_without_zone_is_settled_by_what_was_read() {
        let local: DateTime = "2026-01-02T12:00:00".parse().unwrap();
        let settle = |newest: &str| settle(local, Some(newest.parse().unwrap())).unwrap().to_string();
        assert_eq!(settle("2026-01-02T11:59:50Z"), "2026-01-02T12:00:00Z");
        assert_eq!(settle("2026-01-02T09:59:50Z"), "2026-01-02T10:00:00Z");
        assert_eq!(settle("2026-01-02T16:59:50Z"), "2026-01-02T17:00:00Z");
        assert_eq!(settle("2025-12-01T00:00:00Z"), "2026-01-02T12:00:00Z");
        // Objects that were written while the collector ran.
        assert_eq!(settle("2026-01-02T12:03:00Z"), "2026-01-02T12:00:00Z");
        assert_eq!(settle("2026-01-02T17:03:00Z"), "2026-01-02T17:00:00Z");
    }

    #[test]
    fn a_collection_ends_with_the_newest_that_it_read() {
        let began: Timestamp = "2026-01-02T12:00:00Z".parse().unwrap();
        let ended = |newest: &str| ended(began, Some(newest.parse().unwrap())).to_string();
        assert_eq!(ended("2026-01-02T12:04:00Z"), "2026-01-02T12:04:00Z");
        assert_eq!(ended("2026-01-02T11:59:00Z"), "2026-01-02T12:00:00Z");
        assert_eq!(ended("2026-01-05T00:00:00Z"), "2026-01-02T12:00:00Z", "not of this collection");
    }
}
