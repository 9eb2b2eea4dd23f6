//! Names, hosts and addresses replaced by others that mean the same to judgement.
//!
//! A word is replaced by a keyed hash of it, the same everywhere, so that references still meet. Addresses
//! keep the length of the prefix they share (as Crypto-PAn does), so that a CIDR still holds what it held.
//! Words that tell judgement what a thing is stay: names of Kubernetes and of well-known products.

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher as _, Hasher as _};
use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use crate::intake::layouts::catalogue::KINDS;
use crate::intake::layouts::kubereach::Record;

/// Replaces words, and keeps what stands for what.
#[derive(Debug, Clone)]
pub struct Pseudonyms {
    key: [u8; 32],
    words: BTreeSet<String>,
    used: BTreeMap<String, String>,
}

/// Words that are parts of names and say what a thing is.
const PRODUCTS: [&str; 66] = [
    "alb",
    "antrea",
    "apiserver",
    "argo",
    "aws",
    "azure",
    "calico",
    "canal",
    "canary",
    "cert",
    "cilium",
    "cloud",
    "cni",
    "contour",
    "controller",
    "coredns",
    "default",
    "dns",
    "eks",
    "envoy",
    "f5",
    "flannel",
    "gateway",
    "gce",
    "gke",
    "haproxy",
    "hubble",
    "ingress",
    "internal",
    "istio",
    "istiod",
    "k3s",
    "keda",
    "kind",
    "knative",
    "kong",
    "konnectivity",
    "kourier",
    "kube",
    "kubernetes",
    "lb",
    "lease",
    "linkerd",
    "manager",
    "metallb",
    "microk8s",
    "multus",
    "nginx",
    "node",
    "openshift",
    "ovn",
    "proxy",
    "public",
    "rancher",
    "router",
    "router0",
    "shared",
    "sriov",
    "svclb",
    "system",
    "tier",
    "traefik",
    "typha",
    "weave",
    "webhook",
    "zalando",
];

/// Words of protocols and of YAML that names and labels share with fields.
const COMMON: [&str; 40] = [
    "admin",
    "all",
    "any",
    "cluster",
    "config",
    "cpu",
    "external",
    "false",
    "grpc",
    "grpcs",
    "h2c",
    "http",
    "http2",
    "https",
    "local",
    "localhost",
    "memory",
    "metrics",
    "name",
    "none",
    "ready",
    "sctp",
    "server",
    "service",
    "status",
    "svc",
    "tcp",
    "tls",
    "traffic",
    "true",
    "udp",
    "web",
    "websecure",
    "ws",
    "wss",
    "yes",
    "no",
    "on",
    "off",
    "null",
];

/// Domains of annotations, labels and groups that everybody has.
const DOMAINS: [&str; 33] = [
    "k8s.io",
    "kubernetes.io",
    "x-k8s.io",
    "k8s.aws",
    "amazonaws.com",
    "nginx.org",
    "nginx.com",
    "konghq.com",
    "traefik.io",
    "traefik.containo.us",
    "haproxy.org",
    "haproxy-ingress.github.io",
    "projectcontour.io",
    "istio.io",
    "cilium.io",
    "linkerd.io",
    "projectcalico.org",
    "antrea.io",
    "ovn.org",
    "openshift.io",
    "cert-manager.io",
    "azure.com",
    "google.com",
    "gke.io",
    "argoproj.io",
    "helm.sh",
    "keda.sh",
    "knative.dev",
    "kuma.io",
    "smi-spec.io",
    "getambassador.io",
    "solo.io",
    "kubereach",
];

/// Registries that everybody uses.
const REGISTRIES: [&str; 9] = [
    "docker.io",
    "registry.k8s.io",
    "k8s.gcr.io",
    "gcr.io",
    "quay.io",
    "ghcr.io",
    "public.ecr.aws",
    "mcr.microsoft.com",
    "registry.access.redhat.com",
];

/// Keys whose strings name an object.
const NAMES: [&str; 16] = [
    "name",
    "namespace",
    "serviceName",
    "secretName",
    "claimName",
    "configMapName",
    "ingressClassName",
    "gatewayClassName",
    "nodeName",
    "serviceAccountName",
    "serviceAccount",
    "generateName",
    "sectionName",
    "app",
    "hostname",
    "subdomain",
];

/// Keys whose strings are hosts.
const HOSTS: [&str; 8] = ["host", "hosts", "hostnames", "externalName", "domain", "commonName", "dnsNames", "server"];

/// Keys whose strings are words of the API: never replaced.
const KEPT: [&str; 30] = [
    "kind",
    "apiVersion",
    "type",
    "protocol",
    "appProtocol",
    "scheme",
    "phase",
    "pathType",
    "operator",
    "policyTypes",
    "resourceVersion",
    "uid",
    "creationTimestamp",
    "deletionTimestamp",
    "lastTransitionTime",
    "startTime",
    "startedAt",
    "finishedAt",
    "addressType",
    "ipFamilies",
    "ipFamilyPolicy",
    "internalTrafficPolicy",
    "externalTrafficPolicy",
    "group",
    "verbs",
    "controllerName",
    "controller",
    "conditionType",
    "from",
    "tls.key",
];

impl Pseudonyms {
    /// With a key of one's own, the same words get the same pseudonyms again; without one, never.
    pub fn new(key: Option<&str>) -> Self {
        let key = if let Some(key) = key {
            Sha256::digest(key.as_bytes())
        } else {
            // The standard library seeds each of these from the operating system.
            let mut seed = Sha256::new();
            for _ in 0..8 {
                let mut hasher = std::hash::RandomState::new().build_hasher();
                hasher.write_u128(jiff::Timestamp::now().as_nanosecond().unsigned_abs());
                seed.update(hasher.finish().to_le_bytes());
            }
            seed.finalize()
        };
        Self { key: key.into(), words: BTreeSet::new(), used: BTreeMap::new() }
    }

    /// What stands for what: original to pseudonym. It belongs to nobody but the owner of the cluster.
    pub fn map(&self) -> &BTreeMap<String, String> {
        &self.used
    }

    /// Learns the words of an object that name something.
    pub(crate) fn learn(&mut self, object: &Value) {
        self.learn_in(object, "", 0);
    }

    fn learn_labels(&mut self, labels: &Map<String, Value>) {
        for (key, value) in labels {
            self.learn_key(key);
            if let Some(value) = value.as_str().filter(|_| !is_known_domain(domain(key)) || names_app(key)) {
                self.learn_name(value);
            }
        }
    }

    /// A label or annotation of somebody's own domain.
    fn learn_key(&mut self, key: &str) {
        let own = domain(key);
        if !own.is_empty() && !is_known_domain(own) {
            self.learn_name(own);
        }
    }

    fn learn_in(&mut self, value: &Value, key: &str, depth: usize) {
        if depth > 128 {
            return;
        }
        match value {
            Value::Object(map) => {
                for (key, inner) in map {
                    match key.as_str() {
                        "labels" | "matchLabels" | "selector" | "nodeSelector" => {
                            if let Some(labels) = inner.as_object().filter(|m| m.values().all(Value::is_string)) {
                                self.learn_labels(labels);
                            }
                        }
                        "key" => {
                            if let Some(key) = inner.as_str() {
                                self.learn_key(key);
                            }
                        }
                        _ => {}
                    }
                    self.learn_in(inner, key, depth + 1);
                }
                // In/NotIn of a selector.
                if let (Some(key), Some(values)) =
                    (map.get("key").and_then(Value::as_str), map.get("values").and_then(Value::as_array))
                    && !is_known_domain(domain(key))
                {
                    values.iter().filter_map(Value::as_str).for_each(|value| self.learn_name(value));
                }
            }
            Value::Array(items) => items.iter().for_each(|item| self.learn_in(item, key, depth + 1)),
            Value::String(text) if NAMES.contains(&key) || HOSTS.contains(&key) => self.learn_name(text),
            Value::String(text) if key == "image" => {
                if let Some((registry, rest)) = text.split_once('/') {
                    let rest = if registry.contains('.') || registry.contains(':') {
                        if !REGISTRIES.contains(&registry) {
                            self.learn_name(registry.split(':').next().unwrap_or_default());
                        }
                        rest
                    } else {
                        text
                    };
                    let path = rest.split(['@', ':']).next().unwrap_or_default();
                    path.split('/').for_each(|part| self.learn_name(part));
                }
            }
            _ => {}
        }
    }

    /// Learns a name or host. Parts of a name with dots are words of their own.
    pub(crate) fn learn_name(&mut self, name: &str) {
        if name.parse::<IpAddr>().is_ok() {
            return;
        }
        let name = name.trim_end_matches(['-', '.']);
        for label in name.trim_start_matches("*.").split('.') {
            let sane = (2..=63).contains(&label.len())
                && label.chars().all(|c| c.is_ascii_alphanumeric() || c == '-' || c == '_')
                && label.chars().any(|c| c.is_ascii_alphabetic())
                && !label.chars().any(|c| c.is_ascii_uppercase());
            if sane && !COMMON.contains(&label) && !label.split('-').all(|part| PRODUCTS.contains(&part)) {
                self.words.insert(label.to_owned());
            }
        }
    }

    /// Learns the user's name, whose parts may stand in refusals.
    pub(crate) fn learn_user(&mut self, user: &str) {
        let ours = user.strip_prefix("system:").unwrap_or(user);
        for part in ours.split(|c: char| !(c.is_ascii_alphanumeric() || "-_.".contains(c))) {
            if !matches!(part, "serviceaccount" | "node" | "kube" | "anonymous" | "masters") {
                self.learn_name(&part.to_ascii_lowercase());
                self.learn_name(part);
            }
        }
    }

    /// Replaces what names something in an object.
    pub(crate) fn object(&mut self, object: &mut Value) {
        if let Some(annotations) = object.pointer_mut("/metadata/annotations").and_then(Value::as_object_mut) {
            annotations.retain(|key, _| is_known_domain(domain(key)));
        }
        self.value(object, "", 0);
    }

    fn value(&mut self, value: &mut Value, key: &str, depth: usize) {
        if depth > 128 || KEPT.contains(&key) {
            return;
        }
        match value {
            Value::Object(map) => {
                let renamed: Map<String, Value> = std::mem::take(map)
                    .into_iter()
                    .map(|(key, mut inner)| {
                        self.value(&mut inner, &key, depth + 1);
                        (self.key_of(&key), inner)
                    })
                    .collect();
                *map = renamed;
            }
            Value::Array(items) => items.iter_mut().for_each(|item| self.value(item, key, depth + 1)),
            Value::String(text) => *text = if key == "key" { self.key_of(text) } else { self.text(text) },
            _ => {}
        }
    }

    /// Keys of labels with somebody's own domain.
    fn key_of(&mut self, key: &str) -> String {
        match key.split_once('/') {
            Some((own, rest)) if !own.is_empty() && !is_known_domain(own) => format!("{}/{rest}", self.text(own)),
            _ => key.to_owned(),
        }
    }

    /// Replaces every learned word and every address in a text.
    pub fn text(&mut self, text: &str) -> String {
        let is_word = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.' | ':');
        let mut out = String::with_capacity(text.len());
        let mut rest = text;
        while let Some(start) = rest.find(is_word) {
            let (before, from) = rest.split_at(start);
            out.push_str(before);
            let end = from.find(|c: char| !is_word(c)).unwrap_or(from.len());
            let (run, after) = from.split_at(end);
            let prefix = self.cidr(run, after);
            if let Some((replaced, after)) = prefix {
                out.push_str(&replaced);
                rest = after;
            } else {
                out.push_str(&self.run(run));
                rest = after;
            }
        }
        out.push_str(rest);
        out
    }

    /// `10.0.0.0/8`: the bits of the prefix are permuted, the others stay zero.
    fn cidr<'t>(&mut self, run: &str, after: &'t str) -> Option<(String, &'t str)> {
        let address: IpAddr = run.parse().ok()?;
        let rest = after.strip_prefix('/')?;
        let digits = rest.find(|c: char| !c.is_ascii_digit()).unwrap_or(rest.len());
        let (length, tail) = rest.split_at(digits);
        let length: u8 = length.parse().ok()?;
        let network = ipnet::IpNet::new(self.permuted(address), length).ok()?.trunc();
        let said = network.to_string();
        if said != format!("{run}/{length}") {
            self.used.insert(format!("{run}/{length}"), said.clone());
        }
        Some((said, tail))
    }

    /// A run of characters of names: an address, a host with a port, a name, a sentence's last word.
    fn run(&mut self, run: &str) -> String {
        let core = run.trim_end_matches(['.', ':', '-', '_']);
        let tail = run.get(core.len()..).unwrap_or_default();
        if let Ok(address) = core.parse::<IpAddr>() {
            return format!("{}{tail}", self.address(address));
        }
        let parts: Vec<String> = core.split(':').map(|part| self.host(part)).collect();
        format!("{}{tail}", parts.join(":"))
    }

    fn host(&mut self, host: &str) -> String {
        if let Ok(address) = host.parse::<IpAddr>() {
            return self.address(address).to_string();
        }
        let labels: Vec<String> = host.split('.').map(|label| self.word(label)).collect();
        labels.join(".")
    }

    fn word(&mut self, word: &str) -> String {
        if !self.words.contains(word) {
            return word.to_owned();
        }
        if let Some(known) = self.used.get(word) {
            return known.clone();
        }
        // What says what a thing is stays readable in its name.
        let said = if word.split('-').any(|part| PRODUCTS.contains(&part)) {
            let parts: Vec<String> = word
                .split('-')
                .map(|part| if PRODUCTS.contains(&part) { part.to_owned() } else { self.hash(part, 6) })
                .collect();
            parts.join("-")
        } else {
            self.hash(word, 10)
        };
        self.used.insert(word.to_owned(), said.clone());
        said
    }

    /// A DNS label made of a keyed hash: a letter, then letters and digits.
    fn hash(&self, word: &str, length: usize) -> String {
        const LETTERS: &[u8; 32] = b"abcdefghijklmnopqrstuvwxyz234567";
        let digest =
            Sha256::new().chain_update(self.key).chain_update(b"word").chain_update(word.as_bytes()).finalize();
        std::iter::once('n')
            .chain(digest.iter().take(length).map(|b| LETTERS.get(usize::from(b % 32)).map_or('a', |l| char::from(*l))))
            .collect()
    }

    fn address(&mut self, address: IpAddr) -> IpAddr {
        let said = self.permuted(address);
        if said != address {
            self.used.insert(address.to_string(), said.to_string());
        }
        said
    }

    /// Two addresses share as many leading bits afterwards as before. Bits that lead to ranges with a
    /// meaning of their own stay.
    fn permuted(&self, address: IpAddr) -> IpAddr {
        match address {
            IpAddr::V4(v4) => {
                let bits = self.permute(u128::from(u32::from(v4)) << 96, 32, &SPECIAL_V4);
                IpAddr::V4(Ipv4Addr::from(u32::try_from(bits >> 96).unwrap_or_default()))
            }
            IpAddr::V6(v6) => IpAddr::V6(Ipv6Addr::from(self.permute(u128::from(v6), 128, &SPECIAL_V6))),
        }
    }

    /// `bits` are left-aligned.
    fn permute(&self, bits: u128, width: u32, special: &[(u128, u32, bool)]) -> u128 {
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
                .chain_update(self.key)
                .chain_update([u8::try_from(width).unwrap_or_default(), u8::try_from(at).unwrap_or_default()])
                .chain_update(prefix.to_be_bytes())
                .finalize();
            let turn = !leads && digest.first().is_some_and(|b| b & 1 == 1);
            out |= (bit ^ u128::from(turn)) << (127 - at);
        }
        out
    }

    pub(crate) fn record(&mut self, record: &mut Record) {
        record.pseudonyms = true;
        record.user = self.text(&record.user);
        for ns in &mut record.namespaces {
            *ns = self.text(ns);
        }
        for list in &mut record.lists {
            list.namespace = list.namespace.as_ref().map(|ns| self.text(ns));
            list.reason = self.text(&list.reason);
            list.source = self.text(&list.source);
        }
    }

    /// Only groups that everybody knows: others name their owner.
    pub(crate) fn discovery(&self, document: &Value) -> Value {
        let mut document = document.clone();
        let known = |group: &str| group.is_empty() || is_known_domain(group) || KINDS.iter().any(|k| k.group == group);
        let known =
            |group: &str| known(group) || matches!(group, "apps" | "batch" | "autoscaling" | "policy" | "extensions");
        if let Some(items) = document.get_mut("items").and_then(Value::as_array_mut) {
            items.retain(|item| item.pointer("/metadata/name").and_then(Value::as_str).is_some_and(known));
        }
        document
    }
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

fn domain(key: &str) -> &str {
    key.split_once('/').map_or("", |(domain, _)| domain)
}

fn is_known_domain(domain: &str) -> bool {
    DOMAINS
        .iter()
        .any(|known| domain == *known || domain.strip_suffix(known).is_some_and(|before| before.ends_with('.')))
}

/// Well-known labels whose values are names of apps all the same.
fn names_app(key: &str) -> bool {
    const KEYS: [&str; 11] = [
        "app.kubernetes.io/name",
        "app.kubernetes.io/instance",
        "app.kubernetes.io/part-of",
        "app.kubernetes.io/component",
        "kubernetes.io/hostname",
        "kubernetes.io/metadata.name",
        "kubernetes.io/service-name",
        "kubernetes.io/cluster-service",
        "topology.kubernetes.io/zone",
        "topology.kubernetes.io/region",
        "statefulset.kubernetes.io/pod-name",
    ];
    KEYS.contains(&key)
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn bits(address: &str) -> u128 {
        match address.parse().unwrap() {
            IpAddr::V4(v4) => u128::from(u32::from(v4)) << 96,
            IpAddr::V6(v6) => u128::from(v6),
        }
    }

    #[test]
    fn addresses_share_as_many_bits_as_before_and_stay_in_their_ranges() {
        let p = Pseudonyms::new(Some("k"));
        let all = [
            "10.0.0.1",
            "10.0.0.2",
            "10.0.7.1",
            "10.200.0.1",
            "192.168.1.1",
            "192.168.1.129",
            "203.0.113.9",
            "8.8.8.8",
            "2001:db8::1",
            "2001:db8:0:1::1",
            "fd00::1",
            "fd00::2",
            "2a00:1450::1",
        ];
        for a in all {
            for b in all {
                let (x, y) = (p.permuted(a.parse().unwrap()), p.permuted(b.parse().unwrap()));
                if a.contains(':') == b.contains(':') {
                    let shared = (bits(a) ^ bits(b)).leading_zeros();
                    assert_eq!((bits(&x.to_string()) ^ bits(&y.to_string())).leading_zeros(), shared, "{a} {b}");
                }
            }
        }
        assert!(p.permuted("10.1.2.3".parse().unwrap()).to_string().starts_with("10."));
        assert!(p.permuted("192.168.2.3".parse().unwrap()).to_string().starts_with("192.168."));
        for kept in ["127.0.0.1", "0.0.0.0", "169.254.169.254", "::1", "fe80::1"] {
            assert_eq!(p.permuted(kept.parse().unwrap()).to_string(), kept);
        }
    }

    #[test]
    fn a_range_still_holds_what_it_held() {
        let mut p = Pseudonyms::new(Some("k"));
        let network: ipnet::IpNet = p.text("10.20.0.0/16").parse().unwrap();
        let inside: IpAddr = p.text("10.20.3.4").parse().unwrap();
        let outside: IpAddr = p.text("10.21.3.4").parse().unwrap();
        assert!(network.contains(&inside) && !network.contains(&outside));
        assert_eq!(p.text("0.0.0.0/0"), "0.0.0.0/0");
        assert_eq!(p.text("::/0"), "::/0");
    }

    #[test]
    fn names_are_replaced_everywhere_and_known_words_stay() {
        let mut p = Pseudonyms::new(Some("k"));
        let mut object = json!({"apiVersion": "v1", "kind": "Service",
            "metadata": {"name": "cart", "namespace": "acme", "labels": {"app": "cart", "corp.example/owner": "bob"},
                "annotations": {"corp.example/note": "secret plan", "nginx.ingress.kubernetes.io/auth-url": "http://auth.acme.svc/x"}},
            "spec": {"selector": {"app": "cart"}, "type": "ClusterIP", "externalName": "db.acme-corp.example", "clusterIP": "10.9.8.7",
                "ports": [{"name": "http", "protocol": "TCP"}]},
            "status": {"message": "Service acme/cart at 10.9.8.7:80 (cart.acme.svc.cluster.local) failed."}});
        p.learn(&object);
        p.object(&mut object);
        let text = object.to_string();
        for gone in ["cart", "acme", "bob", "corp.example", "10.9.8.7", "secret plan"] {
            assert!(!text.contains(gone), "{gone}: {text}");
        }
        for kept in ["\"http\"", "ClusterIP", "nginx.ingress.kubernetes.io/auth-url", ".svc.cluster.local", "failed."] {
            assert!(text.contains(kept), "{kept}: {text}");
        }
        assert_eq!(object["metadata"]["labels"]["app"], object["spec"]["selector"]["app"]);
        assert_eq!(p.text("ingress-nginx-controller kube-system"), "ingress-nginx-controller kube-system");
    }

    #[test]
    fn without_a_key_nobody_gets_the_same_words_again() {
        let of = |mut p: Pseudonyms| {
            p.learn_name("cart");
            p.text("cart")
        };
        assert_ne!(of(Pseudonyms::new(None)), of(Pseudonyms::new(None)));
        assert_eq!(of(Pseudonyms::new(Some("k"))), of(Pseudonyms::new(Some("k"))));
    }
}
