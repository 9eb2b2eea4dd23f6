//! The words of `kubereach request`.

use std::path::PathBuf;

use clap::Args;

use super::Reading;

/// What happens to this request?
#[derive(Debug, Args)]
#[command(
    override_usage = "kubereach request [METHOD] URL INPUT...\n       \
        kubereach request --queries FILE INPUT...\n       \
        kubereach request --all INPUT...",
    after_help = "URL: http, https, grpc, grpcs, tls, tcp or udp, as in https://shop.example/cart. Its host may be a name\n\
        that a door serves, a published address, NAME.NAMESPACE.svc, a ClusterIP, or a node with a node port.\n\n\
        Examples:\n  \
        kubereach request https://shop.example/cart dump/\n  \
        kubereach request POST https://shop.example/api -H 'x-canary: 1' bundle.tar.gz --explain\n  \
        kubereach request http://cart.shop.svc:8080/ --from shop/front-1 dump/\n  \
        kubereach request https://203.0.113.7/ -H 'Host: shop.example' --no-follow dump/\n  \
        kubereach request https://grpc.example --grpc shop.Cart/Get dump/\n  \
        kubereach request --queries questions.jsonl dump/ > answers.jsonl\n  \
        kubereach request --all dump/ --format csv > routes.csv\n\n\
        A query is a line {\"id\":1,\"url\":\"https://shop.example/cart\"}, or asks what the specs of one Gateway say:\n\
        {\"id\":2,\"gateway\":\"infra/public\",\"protocol\":\"http\",\"port\":80,\"host\":\"shop.example\",\"path\":\"/cart\"}.\n\n\
        Exit codes: 0 an application answers or the client is redirected (and for query files), 1 it does not get\n\
        through, 4 cannot be decided, 2 usage, 3 nothing could be analyzed."
)]
#[expect(clippy::struct_excessive_bools, reason = "each is a switch of the command line")]
pub(in crate::cli) struct Request {
    /// A header of the request (repeatable); Host is what is asked for, whatever the URL dials
    #[arg(short = 'H', long = "header", value_name = "NAME: VALUE")]
    pub header: Vec<String>,
    /// A gRPC call
    #[arg(long, value_name = "SERVICE/METHOD")]
    pub grpc: Option<String>,
    /// Who asks: a pod (NAMESPACE/POD), a workload (deployment/NAME), an address or external
    #[arg(long, value_name = "SOURCE", default_value = "external")]
    pub from: String,
    /// Only this door: KIND/NAME or NAMESPACE/KIND/NAME
    #[arg(long, value_name = "KIND/NAME")]
    pub to: Option<String>,
    /// Namespace of what names none
    #[arg(short, long, value_name = "NAMESPACE", default_value = "default")]
    pub namespace: String,
    /// Show the redirect and do not ask where it leads
    #[arg(long)]
    pub no_follow: bool,
    /// Follow redirects, at most ten (the default)
    #[arg(long, overrides_with = "no_follow")]
    pub follow: bool,
    /// Answer many questions at once: JSON lines in FILE (`-` for standard input), JSON lines out
    #[arg(long, value_name = "FILE", conflicts_with_all = ["header", "grpc", "to", "explain", "format", "follow", "no_follow"])]
    pub queries: Option<PathBuf>,
    /// Print the routing table: every host and match with where it leads
    #[arg(long, conflicts_with_all = ["queries", "header", "grpc", "to", "explain", "follow", "no_follow"])]
    pub all: bool,
    /// Show every rule that would take the request, and why it loses
    #[arg(long)]
    pub explain: bool,
    /// text, json, markdown or, with --all, csv
    #[arg(long, value_name = "FORMAT", value_parser = ["text", "json", "markdown", "csv"], default_value = "text")]
    pub format: String,
    #[command(flatten)]
    pub reading: Reading,
}
