//! Two thousand ordinary messages keep every word: what is masked as a secret costs a verdict its reason.
//!
//! The sentences are those of the components themselves, with the names of each message drawn anew:
//! kubelet `pkg/kubelet/events/event.go`, `pkg/kubelet/images`, `pkg/kubelet/prober`; kube-scheduler
//! `pkg/scheduler/framework/plugins`; kube-controller-manager `pkg/controller`; cloud-provider `controllers/service`;
//! ingress-nginx `internal/ingress/controller`; AWS Load Balancer Controller `pkg`; cert-manager `pkg/controller`; Envoy
//! Gateway, Istio, Cilium, Contour, Kong, Traefik: the conditions of their routes; Go `net`, `crypto/tls`, `net/http`.
#![allow(clippy::unwrap_used, clippy::panic, reason = "a test that cannot go on has failed")]

use kubereach_reports::secrets::mask;

const SENTENCES: &str = include_str!("ordinary.txt");

/// The same numbers in every run (Knuth's linear congruential generator).
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(self.0 >> 33).unwrap() % most
    }

    fn draw(&mut self, letters: &str, length: usize) -> String {
        (0..length).map(|_| char::from(letters.as_bytes()[self.below(letters.len())])).collect()
    }

    fn one<'w>(&mut self, words: &[&'w str]) -> &'w str {
        words[self.below(words.len())]
    }
}

#[rustfmt::skip]
const NAMES: [&str; 24] = [
    "web", "cart", "checkout-api", "token-service", "auth", "secret-store", "session-cache", "payments-v2", "db-0", "kafka-broker-1",
    "ingress-nginx-controller", "password-reset", "oauth2-proxy", "cookie-banner", "api-key-manager", "credentials-sync", "redis-master",
    "my-app-2024", "frontend", "s3-gateway", "signature-verifier", "cluster-autoscaler", "web-tls", "jwt-issuer",
];

fn fill(sentence: &str, dice: &mut Dice) -> String {
    let mut out = String::new();
    let mut rest = sentence;
    while let Some((before, after)) = rest.split_once('{') {
        let (what, next) = after.split_once('}').unwrap();
        out.push_str(before);
        out.push_str(&match what {
            "name" => dice.one(&NAMES).to_owned(),
            "ns" => dice.one(&["shop", "kube-system", "team-a1", "prod-eu-1", "auth"]).to_owned(),
            "pod" => format!(
                "{}-{}-{}",
                dice.one(&NAMES),
                dice.draw("bcdfghjklmnpqrstvwxz2456789", 10),
                dice.draw("bcdfghjklmnpqrstvwxz2456789", 5)
            ),
            "node" => dice
                .one(&[
                    "ip-10-0-13-77.eu-west-1.compute.internal",
                    "gke-prod-pool-1-5f2c7e10-x7k2",
                    "aks-nodepool1-31718369-vmss000002",
                    "n1",
                ])
                .to_owned(),
            "ip" => format!("10.{}.{}.{}", dice.below(256), dice.below(256), dice.below(256)),
            "ip6" => format!("fd00:{}::{}", dice.draw("0123456789abcdef", 4), dice.draw("123456789abcdef", 3)),
            "port" => (1 + dice.below(65_535)).to_string(),
            "n" => dice.below(40).to_string(),
            "uid" => format!(
                "{}-{}-4{}-a{}-{}",
                dice.draw("0123456789abcdef", 8),
                dice.draw("0123456789abcdef", 4),
                dice.draw("0123456789abcdef", 3),
                dice.draw("0123456789abcdef", 3),
                dice.draw("0123456789abcdef", 12)
            ),
            "hex" => dice.draw("0123456789abcdef", 64),
            "sha" => format!("sha256:{}", dice.draw("0123456789abcdef", 64)),
            "image" => format!(
                "{}/{}:{}.{}.{}",
                dice.one(&[
                    "registry.k8s.io",
                    "ghcr.io/acme",
                    "123456789012.dkr.ecr.eu-west-1.amazonaws.com",
                    "docker.io/library"
                ]),
                dice.one(&NAMES),
                dice.below(9),
                dice.below(30),
                dice.below(9)
            ),
            "host" => format!(
                "{}.{}",
                dice.one(&NAMES),
                dice.one(&[
                    "example.com",
                    "shop.svc.cluster.local",
                    "internal.acme.example",
                    "eu-west-1.elb.amazonaws.com"
                ])
            ),
            "time" => format!("2026-01-{:02}T{:02}:{:02}:07Z", 1 + dice.below(28), dice.below(24), dice.below(60)),
            // Braces of the sentence itself.
            other => format!("{{{other}}}"),
        });
        rest = next;
    }
    out.push_str(rest);
    out
}

#[test]
fn two_thousand_ordinary_messages_keep_every_word() {
    let sentences: Vec<&str> = SENTENCES.lines().filter(|line| !line.trim().is_empty()).collect();
    let mut dice = Dice(2_000);
    let mut changed = Vec::new();
    let mut seen = std::collections::BTreeSet::new();
    for _ in 0..30 {
        for sentence in &sentences {
            let text = fill(sentence, &mut dice);
            if let Some(masked) = mask(&text) {
                changed.push(format!("{text}\n  {masked}"));
            }
            seen.insert(text);
        }
    }
    assert!(seen.len() >= 2_000, "{}", seen.len());
    assert!(changed.is_empty(), "{} of {}:\n{}", changed.len(), seen.len(), changed.join("\n"));
}
