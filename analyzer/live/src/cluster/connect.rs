//! From a kubeconfig (or a service account) to a connection, as kubectl finds it.

use std::path::PathBuf;

use kube::Config;

use super::LiveError;

/// Which cluster, and as whom.
#[derive(Debug, Clone, Default)]
pub struct Target {
    /// A kubeconfig file; else `$KUBECONFIG`, `~/.kube/config`, or the pod's service account.
    pub kubeconfig: Option<PathBuf>,
    /// A context of it; else the current one.
    pub context: Option<String>,
    /// Impersonated user.
    pub as_user: Option<String>,
    /// Impersonated groups.
    pub as_groups: Vec<String>,
}

/// A cluster that can be spoken to.
#[derive(Debug, Clone)]
pub struct Connection {
    /// For clients of every sort.
    pub config: Config,
    /// The context, or `in-cluster`.
    pub context: String,
    /// The context's namespace.
    pub namespace: String,
    /// The API server's URL without credentials.
    pub server: String,
}

impl Target {
    /// Finds the configuration; nothing is sent yet.
    pub fn connect(&self) -> Result<Connection, LiveError> {
        let (mut config, context) = match super::kubeconfig::find(self.kubeconfig.as_deref())? {
            Some(kubeconfig) => super::kubeconfig::settle(&kubeconfig, self.context.as_deref())?,
            None if self.context.is_some() => {
                return Err(LiveError::Config("there is no kubeconfig that could have the context".to_owned()));
            }
            // Inside a pod there is no kubeconfig.
            None => (in_cluster()?, "in-cluster".to_owned()),
        };
        // What is retried, and for how long, is decided in one place: `call`.
        config.default_retry = false;
        if let Some(user) = &self.as_user {
            config.auth_info.impersonate = Some(user.clone());
        }
        if !self.as_groups.is_empty() {
            config.auth_info.impersonate_groups = Some(self.as_groups.clone());
        }
        let url = &config.cluster_url;
        let server = format!(
            "{}://{}",
            url.scheme_str().unwrap_or("https"),
            url.authority().map_or_else(String::new, |a| match a.port() {
                Some(port) => format!("{}:{port}", a.host()),
                None => a.host().to_owned(),
            })
        );
        Ok(Connection { namespace: config.default_namespace.clone(), config, context, server })
    }
}

/// As the pod's service account.
fn in_cluster() -> Result<Config, LiveError> {
    let mut config = Config::incluster().map_err(|_| {
        LiveError::Config(
            "there is no kubeconfig ($KUBECONFIG, ~/.kube/config), and this is no pod of a cluster".to_owned(),
        )
    })?;
    config.proxy_url = super::proxy::of_environment(&config.cluster_url, &|name| std::env::var(name).ok())
        .map_err(LiveError::Config)?;
    Ok(config)
}

impl Connection {
    /// A client of the `kube` crate: credentials, proxy and TLS as the kubeconfig says.
    pub fn client(&self) -> Result<kube::Client, LiveError> {
        kube::Client::try_from(self.config.clone()).map_err(|error| {
            LiveError::Credentials(match error {
                kube::Error::Auth(auth) => {
                    let hint = self.config.auth_info.exec.as_ref().and_then(|exec| exec.install_hint.as_deref());
                    let hint = hint.filter(|_| matches!(auth, kube::client::AuthError::AuthExecStart(_)));
                    let hint = hint.map_or_else(String::new, |hint| format!("; {}", super::call::words(hint)));
                    format!("{}{hint}", super::call::credentials(&auth))
                }
                other => super::call::words(&other.to_string()),
            })
        })
    }
}
