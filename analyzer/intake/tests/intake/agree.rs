//! What the reader of canonical YAML accepts, the full parser reads the same: the check itself, which the
//! fuzz target `canonical_yaml` runs as well.

use kubereach_intake::yaml::{Slice, canonical, engine, tree::Bounds};
use kubereach_model::snapshot::{AnyObject, Decode};
use serde::de::{DeserializeOwned, IgnoredAny};
use serde_json::Value;

struct Fast<'a>(&'a [u8], Slice);

impl Decode for Fast<'_> {
    type Error = ();
    fn decode<T: DeserializeOwned>(&self) -> Result<T, ()> {
        canonical::read(self.0, self.1, Bounds::default()).ok_or(())
    }
}

struct Full<'a>(&'a [u8], Slice);

impl Decode for Full<'_> {
    type Error = String;
    fn decode<T: DeserializeOwned>(&self) -> Result<T, String> {
        engine::full(self.0, self.1, Bounds::default(), |_| {}).map_err(|e| e.to_string())
    }
}

const TYPES: [(&str, &str); 12] = [
    ("v1", "Pod"),
    ("v1", "Service"),
    ("discovery.k8s.io/v1", "EndpointSlice"),
    ("apps/v1", "Deployment"),
    ("networking.k8s.io/v1", "Ingress"),
    ("networking.k8s.io/v1", "NetworkPolicy"),
    ("gateway.networking.k8s.io/v1", "HTTPRoute"),
    ("v1", "Secret"),
    ("v1", "ConfigMap"),
    ("v1", "Node"),
    ("v1", "Event"),
    ("example.com/v1", "Widget"),
];

/// Whether the reader accepts the bytes as a value; panics where the two differ, in any type.
pub(crate) fn agree(bytes: &[u8], slice: Slice) -> bool {
    let shown = || String::from_utf8_lossy(bytes).into_owned();
    let fast: Option<Value> = canonical::read(bytes, slice, Bounds::default());
    if let Some(fast) = &fast {
        let full: Result<Value, _> = engine::full(bytes, slice, Bounds::default(), |_| {});
        assert_eq!(Ok(fast), full.as_ref(), "{}", shown());
    }
    // What nobody needs is held to the same rules.
    if canonical::read::<IgnoredAny>(bytes, slice, Bounds::default()).is_some() {
        let mut twice = 0;
        let full = engine::full::<IgnoredAny>(bytes, slice, Bounds::default(), |keys| twice = keys.len());
        assert!(full.is_ok(), "{:?}: {}", full.err(), shown());
        assert_eq!(twice, 0, "{}", shown());
    }
    for (api_version, kind) in TYPES {
        if let Ok(fast) = AnyObject::decode(api_version, kind, &Fast(bytes, slice)) {
            let full = AnyObject::decode(api_version, kind, &Full(bytes, slice));
            assert_eq!(Ok(format!("{fast:?}")), full.map(|o| format!("{o:?}")), "{}", shown());
        }
    }
    fast.is_some()
}
