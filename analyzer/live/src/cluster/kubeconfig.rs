//! Kubeconfigs as kubectl finds and reads them: client-go's `tools/clientcmd` (`loader.go`, `client_config.go`), and
//! <https://kubernetes.io/docs/concepts/configuration/organize-cluster-access-kubeconfig/>.

use std::path::{Path, PathBuf};

use base64::Engine as _;
use http::Uri;
use kube::Config;
use kube::config::{AuthInfo, Cluster, Kubeconfig, KubeconfigError};

use super::LiveError;
use super::call::words;

fn config(text: impl Into<String>) -> LiveError {
    LiveError::Config(text.into())
}

/// The kubeconfig that counts; none where none was named and there is none at home. One that was named (by flag or
/// variable), or that is there, and cannot be used is an error: another cluster is never taken instead.
pub(super) fn find(named: Option<&Path>) -> Result<Option<Kubeconfig>, LiveError> {
    if let Some(path) = named {
        return read(path)?.map(Some).ok_or_else(|| config(format!("{} does not exist", path.display())));
    }
    let list = std::env::var_os("KUBECONFIG").unwrap_or_default();
    let paths: Vec<PathBuf> = std::env::split_paths(&list).filter(|path| !path.as_os_str().is_empty()).collect();
    if paths.is_empty() {
        let Some(home) = std::env::home_dir() else { return Ok(None) };
        return read(&home.join(".kube").join("config"));
    }
    // Files of the list that do not exist are passed over.
    let mut merged: Option<Kubeconfig> = None;
    for path in &paths {
        let Some(one) = read(path)? else { continue };
        merged = Some(match merged {
            None => one,
            Some(before) => before.merge(one).map_err(|error| config(format!("$KUBECONFIG: {error}")))?,
        });
    }
    let names = || paths.iter().map(|path| path.display().to_string()).collect::<Vec<_>>().join(", ");
    merged.map(Some).ok_or_else(|| config(format!("$KUBECONFIG names {}, and no such file exists", names())))
}

/// One file; none where it does not exist.
fn read(path: &Path) -> Result<Option<Kubeconfig>, LiveError> {
    match Kubeconfig::read_from(path) {
        Ok(kubeconfig) => Ok(Some(kubeconfig)),
        Err(KubeconfigError::ReadConfig(error, _)) if error.kind() == std::io::ErrorKind::NotFound => Ok(None),
        Err(error) => Err(config(format!("{}: {}", path.display(), words(&error.to_string())))),
    }
}

/// The configuration of a context, and its name.
pub(super) fn settle(kubeconfig: &Kubeconfig, context: Option<&str>) -> Result<(Config, String), LiveError> {
    let given = context.or(kubeconfig.current_context.as_deref()).unwrap_or_default();
    if given.is_empty() {
        return Err(config("the kubeconfig has no current context"));
    }
    let own = kubeconfig.contexts.iter().find(|named| named.name == given).and_then(|named| named.context.clone());
    let own = own.ok_or_else(|| config(format!("the kubeconfig has no context '{given}'{}", others(kubeconfig))))?;
    let cluster = kubeconfig.clusters.iter().find(|named| named.name == own.cluster);
    let cluster = cluster.and_then(|named| named.cluster.clone()).ok_or_else(|| {
        config(format!("context '{given}' names the cluster '{}', which the kubeconfig does not have", own.cluster))
    })?;
    let mut user = AuthInfo::default();
    if let Some(name) = own.user.as_deref().filter(|name| !name.is_empty()) {
        let found = kubeconfig.auth_infos.iter().find(|named| named.name == name);
        let found = found.ok_or_else(|| {
            config(format!("context '{given}' names the user '{name}', which the kubeconfig does not have"))
        })?;
        user = found.auth_info.clone().unwrap_or_default();
    }
    let blind = cluster.insecure_skip_tls_verify.unwrap_or(false);
    let authority = authority(&cluster, &own.cluster)?;
    if blind && authority.is_some() {
        // client-go refuses the two together.
        return Err(config(format!(
            "cluster '{}' has a certificate authority and insecure-skip-tls-verify: remove one of them",
            own.cluster
        )));
    }
    let secured = blind || authority.is_some() || has_certificate(&user);
    let mut made = Config::new(server(cluster.server.as_deref().unwrap_or_default(), &own.cluster, secured)?);
    made.proxy_url = match cluster.proxy_url.as_deref().filter(|url| !url.trim().is_empty()) {
        // The kubeconfig's own proxy is used for whatever server.
        Some(url) => Some(
            url.trim().parse::<Uri>().map_err(|_| config(format!("cluster '{}': proxy-url is no URL", own.cluster)))?,
        ),
        None => super::proxy::of_environment(&made.cluster_url, &|name| std::env::var(name).ok()).map_err(config)?,
    };
    made.default_namespace = own.namespace.filter(|name| !name.is_empty()).unwrap_or_else(|| "default".to_owned());
    made.accept_invalid_certs = blind;
    made.root_cert = authority;
    made.disable_compression = cluster.disable_compression.unwrap_or(false);
    made.tls_server_name = cluster.tls_server_name.clone().filter(|name| !name.is_empty());
    made.auth_info = credentials(user, &cluster)?;
    Ok((made, given.to_owned()))
}

/// Settles the text of a kubeconfig, as far as that goes without a network: for those who try what it makes of bytes
/// from elsewhere.
///
/// # Errors
/// Why it cannot be used.
pub fn settle_kubeconfig(text: &str) -> Result<(), LiveError> {
    let kubeconfig = Kubeconfig::from_yaml(text).map_err(|error| config(words(&error.to_string())))?;
    settle(&kubeconfig, None).map(drop)
}

fn others(kubeconfig: &Kubeconfig) -> String {
    let names: Vec<&str> = kubeconfig.contexts.iter().take(10).map(|named| named.name.as_str()).collect();
    if names.is_empty() { String::new() } else { format!("; it has {}", names.join(", ")) }
}

/// The server's URL. One without a scheme gets that of the rest of its settings, as client-go's `DefaultServerURL` does.
fn server(text: &str, cluster: &str, secured: bool) -> Result<Uri, LiveError> {
    let text = text.trim();
    if text.is_empty() {
        return Err(config(format!("cluster '{cluster}' has no server")));
    }
    let scheme = if secured { "https" } else { "http" };
    let whole = if text.contains("://") { text.to_owned() } else { format!("{scheme}://{text}") };
    let url = whole.parse::<Uri>().ok().filter(|url| {
        matches!(url.scheme_str(), Some("http" | "https"))
            && url.host().is_some_and(|host| !host.is_empty())
            && (text.contains("://") || matches!(url.path(), "" | "/"))
    });
    url.ok_or_else(|| config(format!("the server of cluster '{cluster}' is no URL and no HOST:PORT")))
}

fn has_certificate(user: &AuthInfo) -> bool {
    user.client_certificate.is_some() || user.client_certificate_data.is_some()
}

/// The certificates of the authority, each in DER.
fn authority(cluster: &Cluster, name: &str) -> Result<Option<Vec<Vec<u8>>>, LiveError> {
    let wrong = |why: &str| config(format!("the certificate authority of cluster '{name}' {why}"));
    let pem = match (&cluster.certificate_authority_data, &cluster.certificate_authority) {
        (Some(data), _) if !data.trim().is_empty() => base64::engine::general_purpose::STANDARD
            .decode(data.split_ascii_whitespace().collect::<String>())
            .map_err(|_| wrong("(certificate-authority-data) is not base64"))?,
        (_, Some(path)) if !path.is_empty() => {
            std::fs::read(path).map_err(|error| wrong(&format!("({path}) cannot be read: {error}")))?
        }
        _ => return Ok(None),
    };
    let text = String::from_utf8_lossy(&pem);
    let mut found = Vec::new();
    let mut rest = text.as_ref();
    while let Some((_, after)) = rest.split_once("-----BEGIN CERTIFICATE-----") {
        let (body, next) = after.split_once("-----END CERTIFICATE-----").unwrap_or((after, ""));
        let body: String = body.split_ascii_whitespace().collect();
        found.push(
            base64::engine::general_purpose::STANDARD.decode(body).map_err(|_| wrong("holds a damaged certificate"))?,
        );
        rest = next;
    }
    if found.is_empty() {
        return Err(wrong("holds no certificate (PEM)"));
    }
    if kubereach_model::snapshot::model::first_certificate(&pem).is_err() {
        return Err(wrong("holds a damaged certificate"));
    }
    Ok(Some(found))
}

/// Plugins that were taken out of client-go in 1.26, and what stands in their place.
const REMOVED: [(&str, &str); 2] = [
    ("gcp", "https://cloud.google.com/kubernetes-engine/docs/how-to/cluster-access-for-kubectl#install_plugin"),
    ("azure", "https://azure.github.io/kubelogin/"),
];

/// The credentials of a user.
fn credentials(mut user: AuthInfo, cluster: &Cluster) -> Result<AuthInfo, LiveError> {
    if let Some(provider) = &user.auth_provider
        && let Some((name, page)) = REMOVED.iter().find(|(name, _)| *name == provider.name)
    {
        return Err(LiveError::Credentials(format!(
            "the auth-provider '{name}' was removed from Kubernetes' clients; use an exec plugin instead: {page}"
        )));
    }
    // Whoever pasted a token pasted the end of its line, too.
    let token = serde_json::to_value(&user).ok().and_then(|user| Some(user.get("token")?.as_str()?.trim().to_owned()));
    user.token = token.filter(|token| !token.is_empty()).map(Into::into);
    if user.token.is_none()
        && let Some(path) = user.token_file.take().filter(|path| !path.is_empty())
    {
        // It is read anew with every connection, and there is one for every read of the cluster.
        let text = std::fs::read_to_string(&path)
            .map_err(|error| LiveError::Credentials(format!("the token file {path} cannot be read: {error}")))?;
        if text.trim().is_empty() {
            return Err(LiveError::Credentials(format!("the token file {path} is empty")));
        }
        user.token = Some(text.trim().to_owned().into());
    }
    user.token_file = None;
    if let Some(exec) = &mut user.exec
        && exec.provide_cluster_info
    {
        let info = cluster.try_into();
        exec.cluster = Some(info.map_err(|error: KubeconfigError| config(words(&error.to_string())))?);
    }
    Ok(user)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parsed(text: &str) -> Result<(Config, String), LiveError> {
        settle(&Kubeconfig::from_yaml(text).unwrap(), None)
    }

    fn one(cluster: &str, user: &str) -> Result<(Config, String), LiveError> {
        parsed(&format!(
            "current-context: c\ncontexts: [{{name: c, context: {{cluster: k, user: u}}}}]\n\
             clusters: [{{name: k, cluster: {{{cluster}}}}}]\nusers: [{{name: u, user: {{{user}}}}}]\n"
        ))
    }

    #[test]
    fn a_server_without_a_scheme_gets_one() {
        let url = |cluster: &str| one(cluster, "token: t").map(|(config, _)| config.cluster_url.to_string());
        assert_eq!(url("server: 'api.example:6443'").unwrap(), "http://api.example:6443/");
        assert_eq!(
            url("server: 'api.example:6443', insecure-skip-tls-verify: true").unwrap(),
            "https://api.example:6443/"
        );
        assert_eq!(url("server: 'https://r.example/k8s/c-1'").unwrap(), "https://r.example/k8s/c-1");
        for wrong in ["server: ''", "server: '/'", "server: 'ftp://x'", "server: 'api.example/x'", "server: '::'"] {
            assert!(url(wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn authorities_that_are_none_are_told_apart() {
        let encode = |text: &str| base64::engine::general_purpose::STANDARD.encode(text);
        let of = |data: String| {
            let cluster = format!("server: 'https://x', certificate-authority-data: '{data}'");
            one(&cluster, "token: t").unwrap_err().to_string()
        };
        assert!(of("***".to_owned()).contains("not base64"));
        assert!(of(encode("hello")).contains("holds no certificate"));
        let damaged = "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n";
        assert!(of(encode(damaged)).contains("damaged"));
        let missing = one("server: 'https://x', certificate-authority: /does/not/exist", "token: t").unwrap_err();
        assert!(missing.to_string().contains("/does/not/exist"), "{missing}");
    }

    #[test]
    fn what_the_kubeconfig_lacks_is_named() {
        let base = "clusters: [{name: k, cluster: {server: 'https://x'}}]\n";
        for (text, says) in [
            (base.to_owned(), "no current context"),
            (format!("{base}current-context: c\n"), "no context 'c'"),
            (
                format!("{base}current-context: c\ncontexts: [{{name: c, context: {{cluster: gone}}}}]\n"),
                "cluster 'gone'",
            ),
            (
                format!("{base}current-context: c\ncontexts: [{{name: c, context: {{cluster: k, user: gone}}}}]\n"),
                "user 'gone'",
            ),
        ] {
            let error = parsed(&text).unwrap_err().to_string();
            assert!(error.contains(says), "{error}");
        }
        let removed = one("server: 'https://x'", "auth-provider: {name: gcp, config: {}}").unwrap_err().to_string();
        assert!(removed.contains("removed") && removed.contains("exec plugin"), "{removed}");
    }

    /// The seeds of the fuzzer, whole and with bytes of them changed, left out and said twice.
    #[test]
    fn no_kubeconfig_panics() {
        let corpus = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("../../fuzz/corpus/kubeconfig");
        let mut tried = 0;
        for entry in std::fs::read_dir(corpus).unwrap() {
            let seed = std::fs::read(entry.unwrap().path()).unwrap();
            for at in 0..seed.len() {
                for change in [b'{', b':', b'\'', b'/', b'0', 0xff] {
                    let mut bytes = seed.clone();
                    bytes[at] = change;
                    let _ = settle_kubeconfig(&String::from_utf8_lossy(&bytes));
                    tried += 1;
                }
                let (before, after) = seed.split_at(at);
                let _ = settle_kubeconfig(&String::from_utf8_lossy(before));
                let _ = settle_kubeconfig(&String::from_utf8_lossy(after));
            }
        }
        assert!(tried > 1_000, "{tried}");
    }

    #[test]
    fn tokens_lose_the_end_of_their_line_and_empty_ones_are_none() {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("token");
        let told = |user: &str| {
            let (config, _) = one("server: 'https://x'", user)?;
            Ok::<_, LiveError>(serde_json::to_value(&config.auth_info).unwrap()["token"].as_str().map(str::to_owned))
        };
        std::fs::write(&path, "abc\n").unwrap();
        let file = format!("tokenFile: '{}'", path.display());
        assert_eq!(told(&file).unwrap().as_deref(), Some("abc"));
        assert_eq!(told(&format!("token: '', {file}")).unwrap().as_deref(), Some("abc"));
        assert_eq!(told("token: \"x\\n\"").unwrap().as_deref(), Some("x"));
        assert_eq!(told("token: ''").unwrap(), None);
        std::fs::write(&path, "\n").unwrap();
        assert!(told(&file).unwrap_err().to_string().contains("is empty"));
    }
}
