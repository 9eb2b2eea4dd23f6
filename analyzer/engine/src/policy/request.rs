//! What a connection carries, as far as it is known: policies of layer 7 and of meshes look at it.

use std::collections::BTreeMap;

/// A request, and who its client proves to be. What is `None` is not known.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Request {
    /// `GET`.
    pub method: Option<String>,
    /// As the client sends it, with the query if it has one.
    pub path: Option<String>,
    /// The authority it asks for.
    pub host: Option<String>,
    /// Its headers, names in lower case. A request that is known carries no others.
    pub headers: BTreeMap<String, String>,
    /// The identity that the client's certificate proves.
    pub principal: Option<String>,
    /// The server name of its TLS handshake.
    pub sni: Option<String>,
}

impl Request {
    /// Is anything of an HTTP request known?
    pub fn is_http(&self) -> bool {
        self.method.is_some() || self.path.is_some() || self.host.is_some() || !self.headers.is_empty()
    }

    /// Is anything known at all?
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }

    /// With the headers by their names, in whatever case these were written.
    #[must_use]
    pub fn with_headers(mut self, headers: impl IntoIterator<Item = (String, String)>) -> Self {
        self.headers = headers.into_iter().map(|(name, value)| (name.to_ascii_lowercase(), value)).collect();
        self
    }
}
