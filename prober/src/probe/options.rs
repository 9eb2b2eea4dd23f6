//! What a run is told besides its plan.

use std::net::IpAddr;
use std::path::Path;

use ipnet::IpNet;
use tokio::sync::watch;

use super::dns::ResolverConfig;
use crate::guard;
use crate::observations::Vantage;

/// How a plan is run.
#[derive(Debug, Clone)]
pub struct Options {
    /// Where, and as whom.
    pub vantage: Vantage,
    /// Guarded ranges that the operator allows by name; every other guarded address is never dialled.
    pub allow: Vec<IpNet>,
    /// The resolver's configuration; without one, names are *not tested*.
    pub resolver: Option<ResolverConfig>,
    /// Ask this machine's trust store too.
    pub system_roots: bool,
    /// Targets measured at most.
    pub max_targets: usize,
    /// Connections made at most.
    pub max_connections: u32,
    /// Ends the run early; what was measured by then is kept.
    pub stop: Option<Stop>,
}

impl Options {
    /// The defaults at a vantage, with the resolver this machine is configured to use.
    pub fn new(mut vantage: Vantage) -> Self {
        let resolver = ResolverConfig::read(Path::new("/etc/resolv.conf")).filter(|c| !c.servers.is_empty());
        if vantage.resolver.is_none() {
            vantage.resolver = resolver.as_ref().map(ResolverConfig::facts);
        }
        Self {
            vantage,
            allow: Vec::new(),
            resolver,
            system_roots: true,
            max_targets: 2_000,
            max_connections: 10_000,
            stop: None,
        }
    }

    /// Why an address and port are not dialled, or nothing if they may be. The one exception to
    /// the guard without the operator's word is port 53 of a configured name server.
    pub(super) fn refusal(&self, address: IpAddr, port: u16) -> Option<&'static str> {
        let why = guard::refusal(address)?;
        let canonical = address.to_canonical();
        let allowed = self.allow.iter().any(|net| net.contains(&address) || net.contains(&canonical));
        let resolver = port == 53 && self.resolver.as_ref().is_some_and(|r| r.has_server(address));
        (!allowed && !resolver).then_some(why)
    }
}

/// Tells a run to end.
#[derive(Debug, Clone)]
pub struct Stop(watch::Receiver<bool>);

/// The end of a [`Stop`] that is pulled.
#[derive(Debug)]
pub struct StopHandle(watch::Sender<bool>);

impl Stop {
    /// A stop and its handle.
    pub fn new() -> (StopHandle, Self) {
        let (sender, receiver) = watch::channel(false);
        (StopHandle(sender), Self(receiver))
    }

    /// Wait until it is pulled; forever if its handle is gone.
    pub async fn pulled(mut self) {
        if self.0.wait_for(|pulled| *pulled).await.is_err() {
            std::future::pending::<()>().await;
        }
    }
}

impl StopHandle {
    /// End the run.
    pub fn pull(&self) {
        let _ = self.0.send(true);
    }
}
