//! From a kubeconfig (or a service account) to a connection, as kubectl finds it.

use std::path::PathBuf;

use kube::Config;
use kube::config::{KubeConfigOptions, Kubeconfig};

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
    pub async fn connect(&self) -> Result<Connection, LiveError> {
        let named = self.kubeconfig.is_some() || self.context.is_some();
        let read = match &self.kubeconfig {
            Some(path) => Kubeconfig::read_from(path),
            None => Kubeconfig::read(),
        };
        let found = match read {
            Ok(kubeconfig) => self.of_kubeconfig(kubeconfig).await,
            Err(error) => Err(LiveError::Config(super::call::words(&error.to_string()))),
        };
        let (mut config, context) = match found {
            Ok(found) => found,
            Err(error) if named => return Err(error),
            // Inside a pod there is no kubeconfig; outside of one the first error is the one that helps.
            Err(error) => (Config::incluster().map_err(|_| error)?, "in-cluster".to_owned()),
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

    async fn of_kubeconfig(&self, kubeconfig: Kubeconfig) -> Result<(Config, String), LiveError> {
        let context = self.context.clone().or_else(|| kubeconfig.current_context.clone()).unwrap_or_default();
        let options = KubeConfigOptions { context: self.context.clone(), cluster: None, user: None };
        let config = Config::from_custom_kubeconfig(kubeconfig, &options)
            .await
            .map_err(|error| LiveError::Config(super::call::words(&error.to_string())))?;
        Ok((config, context))
    }
}

impl Connection {
    /// A client of the `kube` crate: credentials, proxy and TLS as the kubeconfig says.
    pub fn client(&self) -> Result<kube::Client, LiveError> {
        kube::Client::try_from(self.config.clone()).map_err(|error| {
            LiveError::Credentials(match error {
                kube::Error::Auth(auth) => super::call::credentials(&auth),
                other => super::call::words(&other.to_string()),
            })
        })
    }
}
