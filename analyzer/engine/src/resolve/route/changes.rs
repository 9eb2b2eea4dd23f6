//! What the filters of a rule change in a request and its answer, each as a clause.

use super::redirect::replaced;
use kubereach_model::snapshot::model::{Filter, HeaderFilter, RouteRule};

/// Of a rule; `prefix` is the path prefix that was matched.
pub fn of_rule(rule: &RouteRule, path: &str, prefix: Option<&str>) -> Vec<String> {
    let mut all = of_filters(&rule.filters, path, prefix);
    for backend in &rule.backend_refs {
        let own = of_filters(&backend.filters, path, prefix);
        all.extend(own.into_iter().map(|change| format!("towards {}: {change}", backend.name)));
    }
    all.extend(timeout(rule).map(|(_, words)| format!("504 if the application takes longer than {words}")));
    all
}

/// The shortest time that a request may take, in milliseconds, with its words; `None` where none is set.
pub fn timeout(rule: &RouteRule) -> Option<(u64, &str)> {
    let timeouts = rule.timeouts.as_ref()?;
    let set = [&timeouts.request, &timeouts.backend_request].into_iter().flatten();
    set.filter_map(|words| Some((milliseconds(words).filter(|ms| *ms > 0)?, words.as_str()))).min()
}

/// GEP-2257: up to four numbers of at most five digits, each with `h`, `m`, `s` or `ms`.
fn milliseconds(words: &str) -> Option<u64> {
    let mut rest = words;
    let mut total = 0_u64;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit())?;
        let (number, after) = rest.split_at(digits);
        let number: u64 = number.parse().ok()?;
        let units = [("ms", 1), ("h", 3_600_000), ("m", 60_000), ("s", 1_000)];
        let (unit, factor) = units.into_iter().find(|(unit, _)| after.starts_with(unit))?;
        total = total.saturating_add(number.saturating_mul(factor));
        rest = after.get(unit.len()..)?;
    }
    Some(total)
}

fn of_filters(filters: &[Filter], path: &str, prefix: Option<&str>) -> Vec<String> {
    let mut all = Vec::new();
    for filter in filters {
        match filter.kind.as_str() {
            "URLRewrite" => {
                let Some(rewrite) = &filter.url_rewrite else { continue };
                all.extend(rewrite.hostname.as_ref().map(|host| format!("the host becomes {host}")));
                let modified = rewrite.path.as_ref().map(|modifier| replaced(modifier, path, prefix));
                all.extend(modified.map(|new| match new {
                    Some(new) => format!("the path becomes {new}"),
                    None => "the path is changed in a way that cannot be told".to_owned(),
                }));
            }
            "RequestHeaderModifier" => all.extend(headers(filter.request_header_modifier.as_ref(), "request")),
            "ResponseHeaderModifier" => all.extend(headers(filter.response_header_modifier.as_ref(), "answer")),
            "RequestMirror" => {
                let name = filter.request_mirror.as_ref().map(|mirror| mirror.backend_ref.name.as_str());
                all.push(format!("a copy goes to {}", name.unwrap_or("(no backend)")));
            }
            "CORS" => all.push("cross-origin requests are checked (CORS)".to_owned()),
            _ => {}
        }
    }
    all
}

fn headers(filter: Option<&HeaderFilter>, of: &str) -> Option<String> {
    let filter = filter?;
    let names = |list: &[kubereach_model::snapshot::model::HeaderMatch]| {
        list.iter().map(|h| h.name.clone()).collect::<Vec<_>>().join(", ")
    };
    let parts = [("sets", names(&filter.set)), ("adds", names(&filter.add)), ("removes", filter.remove.join(", "))];
    let parts: Vec<String> =
        parts.iter().filter(|(_, names)| !names.is_empty()).map(|(verb, names)| format!("{verb} {names}")).collect();
    (!parts.is_empty()).then(|| format!("headers of the {of}: {}", parts.join("; ")))
}

#[cfg(test)]
mod tests {
    use super::milliseconds;

    #[test]
    fn durations_are_read_as_gep_2257_writes_them() {
        for (words, expected) in [
            ("500ms", Some(500)),
            ("1m30s", Some(90_000)),
            ("0s", Some(0)),
            ("1h", Some(3_600_000)),
            ("5", None),
            ("x", None),
        ] {
            assert_eq!(milliseconds(words), expected, "{words}");
        }
    }
}
