//! Who answered: fingerprints of proxies, balancers and applications.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// Who an answer looks to be from. Headers can be forged and pass through, so this is a hint with
/// its evidence, never a proof.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct AnsweredBy {
    /// `backend`, `intermediary` or `unknown`.
    pub kind: Answerer,
    /// The product, if it shows: `Envoy`, `ingress-nginx`.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub product: String,
    /// How sure: `high`, `medium`, `low`.
    pub confidence: Sureness,
    /// What it was told by.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub evidence: Vec<String>,
    /// What the answer says in the product's own terms: `no-healthy-upstream`, `no-route`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub says: Option<String>,
}

crate::words::words! {
    /// Which side of the path an answer came from.
    Answerer {
        /// The application, or at least something behind the intermediary.
        Backend = "backend",
        /// A proxy or balancer, by itself.
        Intermediary = "intermediary",
        /// Cannot be told.
        Unknown = "unknown",
    }
}

crate::words::words! {
    /// How sure a fingerprint is.
    Sureness {
        /// One common signal.
        Low = "low",
        /// A specific signal.
        Medium = "medium",
        /// Several signals, or one nobody else gives.
        High = "high",
    }
}

/// What of an answer tells who gave it.
#[derive(Clone, Copy)]
pub struct Signals<'a> {
    /// HTTP status.
    pub status: u16,
    /// A header by its lower-case name.
    pub header: &'a dyn Fn(&str) -> Option<&'a str>,
    /// The beginning of the body.
    pub body: &'a str,
}

/// Who gave an answer, if it shows. The most telling signal comes first; headers that only name a server
/// are last, because they are passed through.
///
/// Source: `docs/semantics/measurement.md#fingerprints-tell-who-answered-as-a-hint`.
pub fn who(signals: &Signals<'_>) -> Option<AnsweredBy> {
    by_text(signals).or_else(|| envoy(signals)).or_else(|| by_header(signals))
}

/// Sentences that only one product writes: status (0 for any), text, product, what it says, sureness.
type Sentence = (u16, &'static str, &'static str, Option<&'static str>, Sureness);

const SENTENCES: &[Sentence] = &[
    (503, "no healthy upstream", "Envoy", Some("no-upstream"), Sureness::High),
    (503, "upstream connect error or disconnect/reset before headers", "Envoy", Some("no-upstream"), Sureness::High),
    (504, "upstream request timeout", "Envoy", Some("upstream-timeout"), Sureness::High),
    (403, "RBAC: access denied", "Envoy", Some("denied"), Sureness::High),
    (404, "default backend - 404", "ingress-nginx", Some("no-route"), Sureness::High),
    (503, "<title>503 Service Temporarily Unavailable</title>", "nginx", Some("no-upstream"), Sureness::Medium),
    (503, "No server is available to handle this request", "HAProxy", Some("no-upstream"), Sureness::High),
    (503, "Application is not available", "OpenShift router", Some("no-upstream"), Sureness::High),
    (404, "no Route matched with those values", "Kong", Some("no-route"), Sureness::High),
    (404, "service rules for the path non-existent", "Google Cloud load balancer", Some("no-route"), Sureness::High),
    (503, "no available server", "Traefik", Some("no-upstream"), Sureness::Medium),
    (503, "no endpoints available for service", "Kubernetes API server", Some("no-upstream"), Sureness::High),
];

fn by_text(signals: &Signals<'_>) -> Option<AnsweredBy> {
    // An answer that carries a backend's own mark is the backend's, whatever it says.
    if backend_mark(signals).is_some() {
        return None;
    }
    let (_, text, product, says, confidence) =
        SENTENCES.iter().find(|(status, text, ..)| *status == signals.status && signals.body.contains(text))?;
    Some(AnsweredBy {
        kind: Answerer::Intermediary,
        product: (*product).to_owned(),
        confidence: *confidence,
        evidence: vec![format!("status {} with the text {text:?}", signals.status)],
        says: says.map(str::to_owned),
    })
}

/// Headers an intermediary adds only to what came from behind it.
fn backend_mark(signals: &Signals<'_>) -> Option<(&'static str, &'static str)> {
    [("x-envoy-upstream-service-time", "Envoy"), ("x-kong-upstream-latency", "Kong")]
        .into_iter()
        .find(|(name, _)| (signals.header)(name).is_some())
}

fn envoy(signals: &Signals<'_>) -> Option<AnsweredBy> {
    if let Some((header, product)) = backend_mark(signals) {
        return Some(AnsweredBy {
            kind: Answerer::Backend,
            product: String::new(),
            confidence: Sureness::High,
            evidence: vec![format!("{header} is set: {product} passed on what its upstream said")],
            says: None,
        });
    }
    let server = (signals.header)("server")?;
    if server != "envoy" && server != "istio-envoy" {
        return None;
    }
    let no_route = signals.status == 404 && signals.body.is_empty();
    Some(AnsweredBy {
        kind: if no_route { Answerer::Intermediary } else { Answerer::Unknown },
        product: "Envoy".to_owned(),
        confidence: if no_route { Sureness::High } else { Sureness::Low },
        evidence: if no_route {
            vec![
                format!("server: {server}"),
                "404 with an empty body".to_owned(),
                "no x-envoy-upstream-service-time".to_owned(),
            ]
        } else {
            vec![format!("server: {server}")]
        },
        says: no_route.then(|| "no-route".to_owned()),
    })
}

fn by_header(signals: &Signals<'_>) -> Option<AnsweredBy> {
    let (kind, product, confidence, evidence, says) = if let Some(server) =
        (signals.header)("server").filter(|s| s.starts_with("awselb/"))
    {
        let says = (signals.status == 503).then_some("no-upstream");
        (Answerer::Intermediary, "AWS load balancer", Sureness::High, format!("server: {server}"), says)
    } else if (signals.header)("cf-ray").is_some() {
        // 520 to 526 are Cloudflare's words about the origin.
        let origin = (520..=526).contains(&signals.status);
        let kind = if origin { Answerer::Intermediary } else { Answerer::Unknown };
        let sure = if origin { Sureness::Medium } else { Sureness::Low };
        (kind, "Cloudflare", sure, "cf-ray is set".to_owned(), origin.then_some("no-upstream"))
    } else if (signals.header)("x-squid-error").is_some() || signals.status == 407 {
        (
            Answerer::Intermediary,
            "a forward proxy",
            Sureness::Medium,
            "an answer only proxies give".to_owned(),
            Some("proxy"),
        )
    } else if let Some(error) = (signals.header)("l5d-proxy-error") {
        (Answerer::Intermediary, "Linkerd", Sureness::Medium, format!("l5d-proxy-error: {error}"), Some("no-upstream"))
    } else if signals.status == 404 && signals.body.trim() == "404 page not found" {
        // Traefik's own answer, and the default of every Go program.
        (Answerer::Unknown, "Traefik or a Go program", Sureness::Low, "the text of both".to_owned(), None)
    } else {
        return None;
    };
    Some(AnsweredBy {
        kind,
        product: product.to_owned(),
        confidence,
        evidence: vec![evidence],
        says: says.map(str::to_owned),
    })
}
