//! Reading a live cluster, and taking it home.
//!
//! Nothing here can change a cluster: [`Reader`] knows GET and the review APIs and has no other way to the
//! API server. ([`relay`] has it pass GETs on to applications, where that is asked for.) What a live read yields goes through the same intake as a file.

mod archive;
mod ask;
mod call;
mod clean;
mod client;
mod connect;
mod discovery;
mod gather;
mod kubeconfig;
mod list;
mod names;
mod proxy;
mod pseudonyms;
mod read;
mod refs;
mod relay;
mod spool;
mod watch;
mod yaml;

pub use archive::{Form, SnapshotError, Written, snapshot};
pub use ask::{Ask, Gvr, check_kinds, needed};
pub use call::{Answer, CallError};
// For `run`, whose writer owns a caller of its own.
pub(crate) use call::{Caller, words};
pub use client::{Accept, Reader, Review, escape, path};
pub use connect::{Connection, Target};
pub use discovery::{Discovered, Resource, discover};
pub use kubeconfig::settle_kubeconfig;
pub use names::{contexts, namespaces};
pub use pseudonyms::Pseudonyms;
pub(crate) use read::block_on;
pub use read::{ReadError, namespace_of, read, read_marked, would_read};
pub use relay::{RelayOptions, grants, relay};
pub use watch::{Marks, Patience, Woken, wait};

/// Why nothing could be read.
#[derive(Debug, thiserror::Error)]
pub enum LiveError {
    /// No kubeconfig, no such context, no service account.
    #[error("no cluster to read: {0}; name a kubeconfig with --kubeconfig or a context with --context")]
    Config(String),
    /// The credentials or the proxy of the kubeconfig cannot be used.
    #[error("the kubeconfig's credentials cannot be used: {0}")]
    Credentials(String),
    /// The API server did not answer.
    #[error("the API server {server} could not be read: {error}")]
    Server {
        /// Its URL, without credentials.
        server: String,
        /// What happened.
        error: CallError,
    },
    /// The machine has no threads or timers left.
    #[error("the runtime could not be started: {0}")]
    Runtime(#[from] std::io::Error),
}
