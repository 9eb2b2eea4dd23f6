//! Does the prober's pod fit what the namespace allows? Pure functions of its quotas and limit ranges.

use std::collections::BTreeMap;

use k8s_openapi::api::core::v1::{LimitRange, LimitRangeItem, ResourceQuota};
use k8s_openapi::apimachinery::pkg::api::resource::Quantity;

use crate::job::Resources;

/// A quantity as a number of its unit (API reference: Quantity); none where it is not one.
fn number(text: &str) -> Option<f64> {
    let text = text.trim();
    let end = text.find(|c: char| !(c.is_ascii_digit() || "+-.".contains(c))).unwrap_or(text.len());
    let (digits, suffix) = text.split_at(end);
    let value: f64 = digits.parse().ok()?;
    let factor = match suffix {
        "" => 1.0,
        "n" => 1e-9,
        "u" => 1e-6,
        "m" => 1e-3,
        "k" => 1e3,
        "M" => 1e6,
        "G" => 1e9,
        "T" => 1e12,
        "P" => 1e15,
        "E" => 1e18,
        "Ki" => 1024.0,
        "Mi" => 1_048_576.0,
        "Gi" => 1_073_741_824.0,
        "Ti" => 1_099_511_627_776.0,
        "Pi" => 1_125_899_906_842_624.0,
        "Ei" => 1_152_921_504_606_846_976.0,
        exponent => {
            let power: i32 = exponent.strip_prefix(['e', 'E'])?.parse().ok()?;
            10f64.powi(power)
        }
    };
    let number = value * factor;
    number.is_finite().then_some(number)
}

/// Quotas that so many more Jobs would exceed, in words.
pub(super) fn over_quota(quotas: &[ResourceQuota], resources: &Resources, jobs: usize) -> Vec<String> {
    let count = jobs.to_string();
    let of_pods = [
        ("requests.cpu", &resources.cpu.0),
        ("cpu", &resources.cpu.0),
        ("limits.cpu", &resources.cpu.1),
        ("requests.memory", &resources.memory.0),
        ("memory", &resources.memory.0),
        ("limits.memory", &resources.memory.1),
    ];
    let mut over = Vec::new();
    for quota in quotas {
        let spec = quota.spec.as_ref();
        let scopes: Vec<&str> = spec
            .iter()
            .flat_map(|spec| {
                let listed = spec.scopes.iter().flatten().map(String::as_str);
                let chosen = spec.scope_selector.iter().flat_map(|s| s.match_expressions.iter().flatten());
                listed.chain(chosen.map(|term| term.scope_name.as_str()))
            })
            .collect();
        // The pod has a deadline and requests: it is Terminating and NotBestEffort. Other scopes are not its.
        let scoped = !scopes.is_empty();
        if scopes.iter().any(|scope| !matches!(*scope, "Terminating" | "NotBestEffort")) {
            continue;
        }
        let nothing = BTreeMap::new();
        let status = quota.status.as_ref();
        let hard = status.and_then(|s| s.hard.as_ref()).or_else(|| spec.and_then(|s| s.hard.as_ref()));
        let hard = hard.unwrap_or(&nothing);
        let used = status.and_then(|s| s.used.as_ref()).unwrap_or(&nothing);
        let jobs_count = if scoped { [].iter() } else { ["count/jobs.batch", "configmaps", "count/configmaps"].iter() };
        let counted = ["pods", "count/pods"].iter().chain(jobs_count).map(|key| (*key, &count, 1));
        for (key, need, times) in of_pods.iter().map(|(key, need)| (*key, *need, jobs)).chain(counted) {
            let Some((Quantity(limit), Quantity(taken))) = hard.get(key).zip(used.get(key)) else { continue };
            let (Some(most), Some(now), Some(more)) = (number(limit), number(taken), number(need)) else { continue };
            #[expect(clippy::cast_precision_loss, reason = "a few Jobs")]
            let more = more * times as f64;
            if now + more > most * (1.0 + 1e-9) {
                let name = quota.metadata.name.as_deref().unwrap_or_default();
                let each = if times > 1 { format!("{times} times {need}") } else { need.clone() };
                over.push(format!(
                    "ResourceQuota {name} allows {limit} {key}, {taken} are used, and {each} more are needed"
                ));
            }
        }
    }
    over
}

/// Requests and limits that the namespace's limit ranges let in, and what was changed for them, in words.
pub(super) fn fit(ranges: &[LimitRange]) -> (Resources, Vec<String>) {
    let mut resources = Resources::default();
    let mut changed = Vec::new();
    for range in ranges {
        let name = range.metadata.name.as_deref().unwrap_or_default();
        let items = range.spec.iter().flat_map(|spec| &spec.limits);
        for item in items.filter(|item| matches!(item.type_.as_str(), "Container" | "Pod")) {
            for (what, pair) in [("cpu", &mut resources.cpu), ("memory", &mut resources.memory)] {
                let before = pair.clone();
                fit_one(item, what, pair);
                if *pair != before {
                    changed.push(format!(
                        "LimitRange {name}: the pod asks for {} and at most {} of {what}, not {} and {}",
                        pair.0, pair.1, before.0, before.1
                    ));
                }
            }
        }
    }
    (resources, changed)
}

fn fit_one(item: &LimitRangeItem, what: &str, (request, limit): &mut (String, String)) {
    let of = |map: &Option<BTreeMap<String, Quantity>>| {
        let Quantity(text) = map.as_ref()?.get(what)?;
        Some((number(text)?, text.clone()))
    };
    let value = |text: &str| number(text).unwrap_or_default();
    if let Some((most, text)) = of(&item.max)
        && value(limit) > most
    {
        limit.clone_from(&text);
    }
    if let Some((least, text)) = of(&item.min) {
        if value(request) < least {
            request.clone_from(&text);
        }
        if value(limit) < least {
            *limit = text;
        }
    }
    if value(request) > value(limit) {
        request.clone_from(limit);
    }
    if let Some((ratio, _)) = of(&item.max_limit_request_ratio)
        && ratio >= 1.0
        && value(limit) > value(request) * ratio
    {
        // A request as large as the limit satisfies every ratio.
        request.clone_from(limit);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn range(item: serde_json::Value) -> LimitRange {
        serde_json::from_value(json!({"metadata": {"name": "lr"}, "spec": {"limits": [item]}})).unwrap()
    }

    fn quota(spec: serde_json::Value, hard: serde_json::Value, used: serde_json::Value) -> ResourceQuota {
        serde_json::from_value(json!({"metadata": {"name": "q"}, "spec": spec, "status": {"hard": hard, "used": used}}))
            .unwrap()
    }

    #[test]
    fn quantities_are_read_as_kubernetes_writes_them() {
        for (text, expected) in [
            ("10m", 0.01),
            ("1", 1.0),
            ("64Mi", 67_108_864.0),
            ("1e3", 1000.0),
            ("2E2", 200.0),
            ("0.5", 0.5),
            ("1k", 1000.0),
        ] {
            assert!((number(text).unwrap() - expected).abs() < 1e-9, "{text}");
        }
        for bad in ["", "x", "1x", "Mi"] {
            assert_eq!(number(bad), None, "{bad}");
        }
    }

    #[test]
    fn requests_and_limits_fit_the_limit_range() {
        let (fitted, changed) =
            fit(&[range(json!({"type": "Container", "min": {"cpu": "50m"}, "max": {"memory": "32Mi"}}))]);
        assert_eq!((fitted.cpu.0.as_str(), fitted.memory.1.as_str()), ("50m", "32Mi"));
        assert_eq!(changed.len(), 2);
        let (fitted, _) = fit(&[range(json!({"type": "Container", "maxLimitRequestRatio": {"cpu": "4"}}))]);
        assert_eq!(fitted.cpu, ("500m".to_owned(), "500m".to_owned()));
        let (fitted, _) = fit(&[range(json!({"type": "Pod", "max": {"cpu": "5m"}}))]);
        assert_eq!(fitted.cpu, ("5m".to_owned(), "5m".to_owned()));
        for none in [json!({"type": "PersistentVolumeClaim", "min": {"cpu": "9"}}), json!({"type": "Container"})] {
            assert_eq!(fit(&[range(none)]), (Resources::default(), Vec::new()));
        }
    }

    #[test]
    fn a_quota_is_used_up_when_the_jobs_no_longer_fit() {
        let of = |hard, used, jobs| over_quota(&[quota(json!({}), hard, used)], &Resources::default(), jobs).len();
        assert_eq!(of(json!({"pods": "10"}), json!({"pods": "9"}), 1), 0);
        assert_eq!(of(json!({"pods": "10"}), json!({"pods": "9"}), 2), 1);
        assert_eq!(of(json!({"limits.cpu": "1"}), json!({"limits.cpu": "600m"}), 1), 1);
        assert_eq!(of(json!({"limits.cpu": "1"}), json!({"limits.cpu": "500m"}), 1), 0);
        assert_eq!(of(json!({"services": "1"}), json!({"services": "1"}), 1), 0);
        let scoped = |scope: &str| {
            let quota = quota(json!({"scopes": [scope]}), json!({"pods": "1"}), json!({"pods": "1"}));
            over_quota(&[quota], &Resources::default(), 1).len()
        };
        assert_eq!((scoped("Terminating"), scoped("NotTerminating"), scoped("BestEffort")), (1, 0, 0));
    }
}
