//! From when a check says something, where that is a matter of taste and decides no verdict.

/// Set in `kubereach.toml` (`[checks."code"]`). They stand with the snapshot, so that every check sees them.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Thresholds {
    /// `tls/certificate-expires-soon`, `days`: a certificate that ends within so many days is mentioned.
    pub expires_soon_days: i64,
    /// `pod/flapping`, `restarts`: a ready pod is mentioned from so many restarts of a container.
    pub many_restarts: i64,
}

impl Default for Thresholds {
    fn default() -> Self {
        Self { expires_soon_days: 14, many_restarts: 10 }
    }
}
