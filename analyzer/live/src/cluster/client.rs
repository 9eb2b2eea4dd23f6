//! The client that can only read.
//!
//! Every request of a live read is made here: a GET, or a POST to one of the review APIs, which create
//! nothing (authorization.k8s.io/v1, authentication.k8s.io/v1). There is no third way; `--via apiserver` alone
//! adds a GET or HEAD that the API server passes on to an application ([`Reader::pass_on`]).

use std::time::Duration;

use http::{Method, Request, header};
use serde::de::DeserializeOwned;
use tokio::time::Instant;

use super::call::{Answer, CallError, Caller, Lines, Peeked};
use super::relay::Place;
use kubereach_model::url::encoded;

/// In which form the API server should answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Accept {
    /// Whole objects.
    Json,
    /// Names, labels and annotations only (`PartialObjectMetadataList`).
    Metadata,
    /// The same for the events of a watch (`PartialObjectMetadata`).
    MetadataWatch,
    /// Aggregated discovery (KEP-3352), with the plain form for servers that do not know it.
    Discovery,
}

impl Accept {
    const fn header(self) -> &'static str {
        match self {
            Self::Json => "application/json",
            Self::Metadata => "application/json;as=PartialObjectMetadataList;g=meta.k8s.io;v=v1",
            Self::MetadataWatch => "application/json;as=PartialObjectMetadata;g=meta.k8s.io;v=v1",
            Self::Discovery => {
                "application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList,\
                 application/json;g=apidiscovery.k8s.io;v=v2beta1;as=APIGroupDiscoveryList,application/json"
            }
        }
    }
}

/// A question to the API server that changes nothing.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Review {
    /// Who am I?
    SelfSubject,
    /// May I do this?
    SelfSubjectAccess {
        /// `list`, `create`, …
        verb: String,
        /// API group; empty for the core group.
        group: String,
        /// `pods`, or `pods/proxy`.
        resource: String,
        /// None for the whole cluster.
        namespace: Option<String>,
    },
}

impl Review {
    fn path(&self) -> &'static str {
        match self {
            Self::SelfSubject => "/apis/authentication.k8s.io/v1/selfsubjectreviews",
            Self::SelfSubjectAccess { .. } => "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews",
        }
    }

    fn body(&self) -> serde_json::Value {
        match self {
            Self::SelfSubject => {
                serde_json::json!({"apiVersion": "authentication.k8s.io/v1", "kind": "SelfSubjectReview"})
            }
            Self::SelfSubjectAccess { verb, group, resource, namespace } => {
                let (resource, subresource) = resource.split_once('/').unwrap_or((resource, ""));
                serde_json::json!({
                    "apiVersion": "authorization.k8s.io/v1", "kind": "SelfSubjectAccessReview",
                    "spec": {"resourceAttributes": {
                        "verb": verb, "group": group, "resource": resource, "subresource": subresource,
                        "namespace": namespace.clone().unwrap_or_default(),
                    }},
                })
            }
        }
    }
}

/// Reads from an API server and cannot do anything else.
#[derive(Debug, Clone)]
pub struct Reader {
    caller: Caller,
}

impl Reader {
    /// At most `parallel` requests at a time, and none after the deadline.
    pub fn new(client: kube::Client, parallel: usize, deadline: Instant) -> Self {
        Self { caller: Caller::new(client, parallel, deadline) }
    }

    /// Reads a path (made with [`path`]), retrying what may pass.
    pub async fn get(&self, path: &str, accept: Accept) -> Result<Answer, CallError> {
        let request = get(path, accept)?;
        self.caller.call(|| request.clone()).await
    }

    /// Reads a path once and takes whatever is answered, errors included.
    pub async fn get_once(&self, path: &str) -> Result<Answer, CallError> {
        self.caller.once(get(path, Accept::Json)?).await
    }

    /// Reads a path whose answer goes on: a watch.
    pub(crate) async fn stream(&self, path: &str, accept: Accept) -> Result<Lines, CallError> {
        let mut request = get(path, accept)?;
        request.headers_mut().remove(header::ACCEPT_ENCODING);
        self.caller.stream(request).await
    }

    /// Another end of time, from now.
    pub(crate) fn extend(&mut self, time: Duration) {
        self.caller.extend(time);
    }

    /// Has the API server pass a request on, once, and takes the beginning of what comes back within this time.
    pub(crate) async fn pass_on(&self, place: &Place, within: Duration) -> Result<Peeked, CallError> {
        let request = Request::builder()
            .method(if place.is_head() { Method::HEAD } else { Method::GET })
            .uri(place.url())
            .header(header::ACCEPT, "*/*")
            .header(header::USER_AGENT, kubereach_prober::probe::USER_AGENT)
            .body(Vec::new())
            .map_err(|error| CallError::Request(error.to_string()))?;
        self.caller.peek(request, within).await
    }

    /// Reads a path into a type.
    pub async fn get_as<T: DeserializeOwned>(&self, path: &str, accept: Accept) -> Result<T, CallError> {
        let answer = self.get(path, accept).await?;
        serde_json::from_slice(&answer.body).map_err(|error| CallError::Malformed(error.to_string()))
    }

    /// Asks one of the review APIs; the answer's `status`.
    pub async fn review(&self, review: &Review) -> Result<serde_json::Value, CallError> {
        let body = serde_json::to_vec(&review.body()).map_err(|error| CallError::Request(error.to_string()))?;
        let request = Request::builder()
            .method(Method::POST)
            .uri(review.path())
            .header(header::ACCEPT, Accept::Json.header())
            .header(header::CONTENT_TYPE, "application/json")
            .body(body)
            .map_err(|error| CallError::Request(error.to_string()))?;
        let answer = self.caller.call(|| request.clone()).await?;
        let mut value: serde_json::Value =
            serde_json::from_slice(&answer.body).map_err(|error| CallError::Malformed(error.to_string()))?;
        Ok(value.get_mut("status").map(serde_json::Value::take).unwrap_or_default())
    }

    /// May this identity do it? None where the server does not say.
    pub async fn may(
        &self,
        verb: &str,
        group: &str,
        resource: &str,
        namespace: Option<&str>,
    ) -> Result<bool, CallError> {
        let review = Review::SelfSubjectAccess {
            verb: verb.to_owned(),
            group: group.to_owned(),
            resource: resource.to_owned(),
            namespace: namespace.map(str::to_owned),
        };
        let status = self.review(&review).await?;
        Ok(status.get("allowed").and_then(serde_json::Value::as_bool) == Some(true))
    }
}

fn get(path: &str, accept: Accept) -> Result<Request<Vec<u8>>, CallError> {
    Request::builder()
        .method(Method::GET)
        .uri(path)
        .header(header::ACCEPT, accept.header())
        .header(header::ACCEPT_ENCODING, "gzip")
        .body(Vec::new())
        .map_err(|error| CallError::Request(error.to_string()))
}

/// The path of a resource, every part of it escaped.
pub fn path(group: &str, version: &str, namespace: Option<&str>, plural: &str, name: Option<&str>) -> String {
    let mut path = if group.is_empty() {
        format!("/api/{}", escape(version))
    } else {
        format!("/apis/{}/{}", escape(group), escape(version))
    };
    if let Some(namespace) = namespace {
        path.push_str(&format!("/namespaces/{}", escape(namespace)));
    }
    path.push_str(&format!("/{}", escape(plural)));
    if let Some(name) = name {
        path.push_str(&format!("/{}", escape(name)));
    }
    path
}

/// Text as a part of a path or query. A part of dots alone would be a step in the path: it is encoded, too.
pub fn escape(part: &str) -> String {
    let encoded = encoded(part).to_string();
    if part.bytes().all(|b| b == b'.') { encoded.replace('.', "%2E") } else { encoded }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_from_a_server_cannot_leave_their_place_in_a_path() {
        assert_eq!(path("apps", "v1", Some("shop"), "deployments", None), "/apis/apps/v1/namespaces/shop/deployments");
        assert_eq!(
            path("", "v1", Some("a/../b"), "secrets", Some("..")),
            "/api/v1/namespaces/a%2F..%2Fb/secrets/%2E%2E"
        );
        assert_eq!(path("", "v1", None, "pods", Some("x?y#z")), "/api/v1/pods/x%3Fy%23z");
    }

    #[test]
    fn reviews_are_the_only_posts_and_go_to_review_apis() {
        let access = Review::SelfSubjectAccess {
            verb: "get".into(),
            group: String::new(),
            resource: "pods/proxy".into(),
            namespace: None,
        };
        for review in [Review::SelfSubject, access] {
            assert!(review.path().ends_with("reviews"), "{}", review.path());
        }
    }
}
