//! Where the prober stands: what its surroundings tell it.

use std::collections::BTreeMap;

use crate::observations::Vantage;
use crate::words::VantageKind;

/// Read the vantage from the environment: `KUBEREACH_NAMESPACE`, `_POD`, `_NODE`, `_SERVICE_ACCOUNT`
/// and `_LABELS` (`key=value,…`) as the Job sets them. Inside a cluster every container is told
/// where the API server is, and so knows that it is one.
pub fn from_environment() -> Vantage {
    from(&|name| std::env::var(name).ok(), listening)
}

fn from(variable: &dyn Fn(&str) -> Option<String>, sidecar: impl FnOnce() -> Option<String>) -> Vantage {
    let in_cluster = variable("KUBERNETES_SERVICE_HOST").is_some();
    let given = |name: &str| variable(name).filter(|value| !value.is_empty());
    let mut vantage = Vantage::new(if in_cluster { VantageKind::InCluster } else { VantageKind::Local });
    vantage.namespace = given("KUBEREACH_NAMESPACE");
    vantage.pod = given("KUBEREACH_POD");
    vantage.node = given("KUBEREACH_NODE");
    vantage.service_account = given("KUBEREACH_SERVICE_ACCOUNT");
    vantage.host_network = given("KUBEREACH_HOST_NETWORK").map(|value| value == "true");
    vantage.labels = given("KUBEREACH_LABELS").map(|text| labels(&text)).unwrap_or_default();
    if in_cluster {
        vantage.sidecar = sidecar();
    }
    vantage
}

/// `key=value,key=value`.
pub fn labels(text: &str) -> BTreeMap<String, String> {
    text.split(',')
        .filter_map(|pair| pair.trim().split_once('='))
        .map(|(key, value)| (key.to_owned(), value.to_owned()))
        .collect()
}

/// A mesh proxy that shares our network, told by the ports it listens on.
fn listening() -> Option<String> {
    let read = |path| std::fs::read_to_string(path).unwrap_or_default();
    proxy(&format!("{}{}", read("/proc/net/tcp"), read("/proc/net/tcp6")))
}

/// Well-known ports of proxies among the listening sockets of `/proc/net/tcp`.
fn proxy(table: &str) -> Option<String> {
    const LISTEN: &str = "0A";
    let ports: Vec<u16> = table
        .lines()
        .filter_map(|line| {
            let mut words = line.split_whitespace();
            let local = words.nth(1)?;
            (words.nth(1)? == LISTEN).then_some(())?;
            u16::from_str_radix(local.rsplit_once(':')?.1, 16).ok()
        })
        .collect();
    let both = |a, b| ports.contains(&a) && ports.contains(&b);
    if both(15_001, 15_006) {
        Some("Istio takes this pod's connections".to_owned())
    } else if both(4_140, 4_143) {
        Some("Linkerd takes this pod's connections".to_owned())
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_pod_knows_that_it_is_one_and_who() {
        let env = |name: &str| match name {
            "KUBERNETES_SERVICE_HOST" => Some("10.96.0.1".to_owned()),
            "KUBEREACH_NAMESPACE" => Some("shop".to_owned()),
            "KUBEREACH_LABELS" => Some("app=web, tier=front,broken".to_owned()),
            "KUBEREACH_POD" => Some(String::new()),
            _ => None,
        };
        let vantage = from(&env, || None);
        assert_eq!(vantage.kind, VantageKind::InCluster);
        assert_eq!(vantage.namespace.as_deref(), Some("shop"));
        assert_eq!(vantage.pod, None);
        assert_eq!(vantage.labels.get("tier").map(String::as_str), Some("front"));
        assert_eq!(from(&|_| None, || Some("x".to_owned())).kind, VantageKind::Local);
        assert_eq!(from(&|_| None, || Some("x".to_owned())).sidecar, None);
    }

    #[test]
    fn a_proxy_is_told_by_the_ports_it_listens_on() {
        let table = "  sl  local_address rem_address   st\n\
             0: 00000000:3A99 00000000:0000 0A 0\n   1: 00000000:3A9E 00000000:0000 0A 0\n";
        assert!(proxy(table).unwrap().contains("Istio"));
        let connected = table.replace(" 0A ", " 01 ");
        assert_eq!(proxy(&connected), None);
        assert_eq!(proxy("garbage"), None);
    }
}
