//! An API server for tests, on a real socket of 127.0.0.1: discovery, paged lists, single objects, review
//! APIs and RBAC as the API reference describes them, and every way in which a server can fail.
#![allow(dead_code, reason = "every test uses its own part")]
#![allow(clippy::unwrap_used, clippy::expect_used, clippy::panic, reason = "helpers of tests")]

mod answer;
mod http;
pub(crate) mod jobs;
mod objects;
mod rbac;
mod tls;
mod watch;

use std::collections::BTreeMap;
use std::net::{SocketAddr, TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::sync::atomic::AtomicU64;
use std::sync::{Arc, Mutex};

use serde_json::Value;
use tempfile::TempDir;

pub(crate) use http::Request;
pub(crate) use objects::{Kind, every_kind};
pub(crate) use rbac::Rule;
#[allow(unused_imports, reason = "every test uses its own part")]
pub(crate) use tls::{Authority, Secured};

/// What goes wrong with a request.
#[derive(Debug, Clone)]
pub(crate) enum Fault {
    /// This status, with `Retry-After` if given.
    Status(u16, Option<u64>),
    /// Half of the body, then the connection closes.
    Cut,
    /// The connection closes at once.
    Hangup,
    /// The body is no JSON.
    Malformed,
    /// The answer takes so long.
    Slow(std::time::Duration),
    /// The token of the list has expired.
    Expired,
    /// Something else answers: a login page, a proxy, a broken compressor.
    ThirdParty(u16, Vec<(&'static str, &'static str)>, &'static str),
    /// The list says that it goes on, with the same token each time.
    Endless,
}

/// A fault for requests whose path contains a text, so many times.
#[derive(Debug, Clone)]
pub(crate) struct Trouble {
    pub(crate) path: String,
    pub(crate) fault: Fault,
    pub(crate) times: usize,
}

/// The content and behaviour of a server.
#[derive(Debug)]
pub(crate) struct Cluster {
    /// By group and plural, in the order of namespace and name.
    pub(crate) objects: Mutex<BTreeMap<(String, String), Vec<Value>>>,
    pub(crate) kinds: Vec<Kind>,
    /// What each bearer token may do.
    pub(crate) identities: BTreeMap<String, Vec<Rule>>,
    pub(crate) troubles: Mutex<Vec<Trouble>>,
    /// Answers aggregated discovery.
    pub(crate) aggregated: bool,
    /// The server's clock, as its `Date` header says it.
    pub(crate) date: Option<String>,
    pub(crate) log: Mutex<Vec<Request>>,
    /// What is answered behind `services/proxy` and `pods/proxy`, by `[https:]NAME:PORT`.
    pub(crate) applications: BTreeMap<String, Application>,
    /// The version of the whole, and what was changed since the start: version, group, plural, event.
    pub(crate) version: AtomicU64,
    pub(crate) events: Mutex<Vec<watch::Event>>,
    /// What can be created, and what becomes of it.
    pub(crate) workshop: jobs::Workshop,
}

/// An answer of an application behind the API server, or of the API server about it.
#[derive(Debug, Clone, Default)]
pub(crate) struct Application {
    pub(crate) status: u16,
    pub(crate) headers: Vec<(String, String)>,
    pub(crate) body: Vec<u8>,
    pub(crate) slow: std::time::Duration,
}

impl Cluster {
    /// A cluster of objects; every kind of Kubernetes and of the objects is served.
    pub(crate) fn new(objects: Vec<Value>) -> Self {
        let kinds = every_kind(&objects);
        Self {
            objects: Mutex::new(objects::by_kind(objects, &kinds)),
            kinds,
            identities: BTreeMap::from([("admin".to_owned(), vec![Rule::everything()])]),
            troubles: Mutex::new(Vec::new()),
            aggregated: true,
            date: None,
            log: Mutex::new(Vec::new()),
            applications: BTreeMap::new(),
            version: AtomicU64::new(4711),
            events: Mutex::new(Vec::new()),
            workshop: jobs::Workshop::default(),
        }
    }

    /// Something behind `services/proxy` or `pods/proxy`.
    pub(crate) fn application(mut self, id: &str, application: Application) -> Self {
        self.applications.insert(id.to_owned(), application);
        self
    }

    pub(crate) fn identity(mut self, token: &str, rules: Vec<Rule>) -> Self {
        self.identities.insert(token.to_owned(), rules);
        self
    }

    pub(crate) fn trouble(self, path: &str, fault: Fault, times: usize) -> Self {
        self.troubles.lock().unwrap().push(Trouble { path: path.to_owned(), fault, times });
        self
    }

    /// Starts answering.
    pub(crate) fn start(self) -> Api {
        self.accept(http::serve)
    }

    /// Serves whoever connects, each on a thread of its own.
    fn accept(self, serve: impl Fn(TcpStream, &Self) + Clone + Send + 'static) -> Api {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        let cluster = Arc::new(self);
        let shared = Arc::clone(&cluster);
        std::thread::spawn(move || {
            for stream in listener.incoming().flatten() {
                stream.set_nodelay(true).unwrap();
                let (shared, serve) = (Arc::clone(&shared), serve.clone());
                std::thread::spawn(move || serve(stream, &shared));
            }
        });
        Api { address, cluster, folder: tempfile::tempdir().unwrap() }
    }
}

/// A server that runs until the test ends.
#[derive(Debug)]
pub(crate) struct Api {
    pub(crate) address: SocketAddr,
    pub(crate) cluster: Arc<Cluster>,
    folder: TempDir,
}

impl Api {
    /// A kubeconfig for an identity.
    pub(crate) fn kubeconfig(&self, token: &str) -> PathBuf {
        self.kubeconfig_in(token, "default")
    }

    /// A kubeconfig for an identity in a namespace.
    pub(crate) fn kubeconfig_in(&self, token: &str, namespace: &str) -> PathBuf {
        let text = format!(
            "apiVersion: v1\nkind: Config\ncurrent-context: test\n\
             clusters: [{{name: c, cluster: {{server: \"http://{}\"}}}}]\n\
             users: [{{name: u, user: {{token: \"{token}\"}}}}]\n\
             contexts: [{{name: test, context: {{cluster: c, user: u, namespace: {namespace}}}}}]\n",
            self.address
        );
        let path = self.folder.path().join(format!("{token}-{namespace}.yaml"));
        std::fs::write(&path, text).unwrap();
        path
    }

    /// A folder for files of the test.
    pub(crate) fn folder(&self) -> &Path {
        self.folder.path()
    }

    /// The requests so far.
    pub(crate) fn log(&self) -> Vec<Request> {
        self.cluster.log.lock().unwrap().clone()
    }
}
