//! Names, hosts and addresses replaced by others that mean the same to judgement.
//!
//! A word is replaced by a keyed hash of it, the same everywhere, so that references still meet. Addresses
//! keep the length of the prefix they share (as Crypto-PAn does), so that a CIDR still holds what it held.
//! Words that tell judgement what a thing is stay: names of Kubernetes and of well-known products.

mod addresses;
mod words;

use std::collections::{BTreeMap, BTreeSet};
use std::hash::{BuildHasher as _, Hasher as _};
use std::net::IpAddr;

use base64::Engine as _;
use serde_json::{Map, Value};
use sha2::{Digest as _, Sha256};

use addresses::permuted;
use words::{COMMON, HOSTS, KEPT, NAMES, PRODUCTS, REGISTRIES, names_app};
pub(super) use words::{domain, is_known_domain};

use kubereach_intake::layouts::kubereach::Record;
use kubereach_model::snapshot::kinds::KINDS;
use kubereach_model::snapshot::model::{Certificate, first_certificate};

/// Replaces words, and keeps what stands for what.
#[derive(Debug, Clone)]
pub struct Pseudonyms {
    key: [u8; 32],
    words: BTreeSet<String>,
    used: BTreeMap<String, String>,
}

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
        for name in certificates(object).into_iter().flat_map(|(_, certificate)| certificate.names) {
            self.learn_name(&name);
        }
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

    /// Replaces what names something in an object. Of certificates their facts stay, in other names: the
    /// certificates themselves say whose they are.
    pub(crate) fn object(&mut self, object: &mut Value) {
        for (key, certificate) in certificates(object) {
            let facts = self.certificate(certificate).facts();
            let text = if object["kind"] == "Secret" {
                base64::engine::general_purpose::STANDARD.encode(facts)
            } else {
                String::from_utf8_lossy(&facts).into_owned()
            };
            if let Some(slot) = object.pointer_mut("/data").and_then(|data| data.get_mut(key)) {
                *slot = text.into();
            }
        }
        if let Some(annotations) = object.pointer_mut("/metadata/annotations").and_then(Value::as_object_mut) {
            annotations.retain(|key, _| is_known_domain(domain(key)));
        }
        self.value(object, "", 0);
    }

    fn certificate(&mut self, certificate: Certificate) -> Certificate {
        // Certificates that a controller makes for itself are recognized by these.
        let known = |name: &str| name.contains("cert-manager") || name.contains("Kubernetes Ingress Controller");
        let name = |name: String| if known(&name) { name } else { format!("CN={}", self.hash(&name, 10)) };
        let (issuer, subject) = (name(certificate.issuer), name(certificate.subject));
        let names = certificate.names.iter().map(|name| self.text(name)).collect();
        Certificate { names, issuer, subject, ..certificate }
    }

    fn value(&mut self, value: &mut Value, key: &str, depth: usize) {
        if depth > 128 || KEPT.contains(&key) || matches!(key, "tls.crt" | "ca.crt") {
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
        let network = ipnet::IpNet::new(permuted(&self.key, address), length).ok()?.trunc();
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
        let said = permuted(&self.key, address);
        if said != address {
            self.used.insert(address.to_string(), said.to_string());
        }
        said
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

/// The certificates of a Secret or ConfigMap, by key.
fn certificates(object: &Value) -> Vec<(&'static str, Certificate)> {
    let encoded = match object.get("kind").and_then(Value::as_str) {
        Some("Secret") => true,
        Some("ConfigMap") => false,
        _ => return Vec::new(),
    };
    ["tls.crt", "ca.crt"]
        .into_iter()
        .filter_map(|key| {
            let text = object.get("data")?.get(key)?.as_str()?;
            let pem = if encoded {
                base64::engine::general_purpose::STANDARD.decode(text).ok()?
            } else {
                text.as_bytes().to_vec()
            };
            Some((key, first_certificate(&pem).ok()?))
        })
        .collect()
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
                let (x, y) = (permuted(&p.key, a.parse().unwrap()), permuted(&p.key, b.parse().unwrap()));
                if a.contains(':') == b.contains(':') {
                    let shared = (bits(a) ^ bits(b)).leading_zeros();
                    assert_eq!((bits(&x.to_string()) ^ bits(&y.to_string())).leading_zeros(), shared, "{a} {b}");
                }
            }
        }
        assert!(permuted(&p.key, "10.1.2.3".parse().unwrap()).to_string().starts_with("10."));
        assert!(permuted(&p.key, "192.168.2.3".parse().unwrap()).to_string().starts_with("192.168."));
        for kept in ["127.0.0.1", "0.0.0.0", "169.254.169.254", "::1", "fe80::1"] {
            assert_eq!(permuted(&p.key, kept.parse().unwrap()).to_string(), kept);
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
