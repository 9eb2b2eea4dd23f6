//! Amounts of resources, which have many spellings: the API server writes `1000m` as `1`.

use serde_json::Value;

use super::differ::{is_empty, text};

/// Does the manifest ask for another amount of anything?
pub(super) fn amounts_differ(new: &Value, live: Option<&Value>) -> bool {
    let (Some(new), live) = (new.as_object(), live.and_then(Value::as_object)) else { return !is_empty(new) };
    new.iter().any(|(resource, amount)| match live.and_then(|live| live.get(resource)) {
        None => true,
        Some(live) => match (text(amount), text(live)) {
            (Some(a), Some(b)) => a != b && quantity(&a) != quantity(&b),
            (a, b) => a != b,
        },
    })
}

/// A quantity of the API as `(digits, power of ten, power of two)` without zeros at the end
/// (apimachinery `resource.Quantity`: a decimal number with a suffix, or an exponent).
fn quantity(text: &str) -> Option<(i128, i32, u32)> {
    let end = text.find(|c: char| !c.is_ascii_digit() && !matches!(c, '.' | '+' | '-')).unwrap_or(text.len());
    let (number, suffix) = text.split_at_checked(end)?;
    let (ten, two) = match suffix {
        "n" => (-9, 0),
        "u" => (-6, 0),
        "m" => (-3, 0),
        "" => (0, 0),
        "k" => (3, 0),
        "M" => (6, 0),
        "G" => (9, 0),
        "T" => (12, 0),
        "P" => (15, 0),
        "E" => (18, 0),
        "Ki" => (0, 10),
        "Mi" => (0, 20),
        "Gi" => (0, 30),
        "Ti" => (0, 40),
        "Pi" => (0, 50),
        "Ei" => (0, 60),
        other => (other.strip_prefix(['e', 'E'])?.parse::<i8>().ok()?.into(), 0),
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let mut digits: i128 = format!("{whole}{fraction}").parse().ok()?;
    let mut ten: i32 = ten - i32::try_from(fraction.len()).ok()?;
    // One form for one amount: powers of two go into the digits where they fit.
    let mut two: u32 = two;
    while two > 0 && digits != 0 {
        let Some(more) = digits.checked_mul(2) else { break };
        (digits, two) = (more, two - 1);
    }
    while digits != 0 && digits % 10 == 0 {
        (digits, ten) = (digits / 10, ten + 1);
    }
    if digits == 0 { Some((0, 0, 0)) } else { Some((digits, ten, two)) }
}

#[cfg(test)]
mod tests {
    use super::quantity;

    #[test]
    fn amounts_that_are_one_are_one() {
        for (a, b) in [
            ("500m", "0.5"),
            ("1", "1000m"),
            ("1Gi", "1024Mi"),
            ("0.5Gi", "512Mi"),
            ("1e3", "1k"),
            ("1E3", "1000"),
            ("1E", "1e18"),
            ("0", "0m"),
            ("100M", "100000k"),
            ("1.50", "1500m"),
        ] {
            assert_eq!(quantity(a), quantity(b), "{a} {b}");
        }
        for (a, b) in [("500m", "5"), ("1Gi", "1G"), ("1Mi", "1M"), ("2", "3")] {
            assert_ne!(quantity(a), quantity(b), "{a} {b}");
        }
        assert_eq!(quantity("lots"), None);
    }
}
