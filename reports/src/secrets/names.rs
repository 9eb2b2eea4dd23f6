//! Names that say that their value lets somebody in.
//!
//! The words are those of public secret scanners (<https://github.com/gitleaks/gitleaks/blob/master/config/gitleaks.toml>,
//! rule `generic-api-key`), of HTTP (RFC 9110 section 11.6, RFC 6265), of OAuth (RFC 6749 section 2.3.1, RFC 6750
//! section 2.3) and of signed URLs (AWS Signature Version 4 query parameters, Azure's shared access signatures).

/// A name that ends with one of these.
#[rustfmt::skip]
const ENDS: &[&str] = &[
    "password", "passwd", "passphrase", "token", "credential", "credentials", "apikey", "accesskey", "privatekey",
    "secretkey", "signingkey", "encryptionkey", "masterkey", "sharedkey", "accountkey", "hmackey", "clientsecret",
    "appsecret", "sharedsecret", "hmacsecret", "webhooksecret", "signingsecret", "authorization", "cookie",
    "signature", "sessionid", "sessid", "sessionkey", "connectionstring", "dockerconfigjson", "htpasswd", "assertion",
    "accesskeyid",
];

/// A name that is one of these.
#[rustfmt::skip]
const WHOLE: &[&str] =
    &["pass", "pwd", "sig", "jwt", "otp", "sid", "bearer", "creds", "dockercfg", "xauth", "secret", "authtok"];

/// A query parameter that is one of these, beside the names above.
const IN_QUERY: &[&str] = &["key", "code", "auth", "hash", "session", "state", "ticket", "se", "skoid", "nonce"];

/// Words before a name and a value that a space separates: directives of proxies, matchers of routers.
#[rustfmt::skip]
const SETTERS: &[&str] = &[
    "set", "proxy_set_header", "grpc_set_header", "add_header", "more_set_headers", "more_set_input_headers",
    "fastcgi_param", "uwsgi_param", "set-header", "add-header", "header", "headers", "headerregexp", "headersregexp",
    "query", "queryregexp",
];

/// Letters and digits from the end, in lower case; a number at the end counts the names and says nothing.
fn backwards(name: &str) -> impl Iterator<Item = u8> + Clone {
    let name = name.rsplit(['/', '$']).next().unwrap_or(name);
    let plain = name.bytes().rev().filter(u8::is_ascii_alphanumeric).map(|b| b.to_ascii_lowercase());
    plain.skip_while(u8::is_ascii_digit)
}

fn ends(name: &str, end: &str) -> bool {
    let mut name = backwards(name);
    end.bytes().rev().all(|b| name.next() == Some(b))
}

fn is(name: &str, whole: &str) -> bool {
    backwards(name).eq(whole.bytes().rev())
}

/// Does a name say that its value lets somebody in? Names of files, of Secrets and of lifetimes do not end so.
#[must_use]
pub fn names_credential(name: &str) -> bool {
    // Every word of every text is asked: most are too short, or long sentences without a space.
    (3..=200).contains(&name.len())
        && (ENDS.iter().any(|end| ends(name, end)) || WHOLE.iter().any(|whole| is(name, whole)))
}

/// Does a name of a query parameter say so?
#[must_use]
pub fn names_in_query(name: &str) -> bool {
    names_credential(name) || IN_QUERY.iter().any(|whole| is(name, whole))
}

/// Does a name end with *secret*? Its value may be the name of an object of that kind as well as a secret.
#[must_use]
pub fn names_secret_object(name: &str) -> bool {
    name.len() <= 200 && ends(name, "secret")
}

/// Is this the word before a name and its value?
#[must_use]
pub fn is_setter(word: &str) -> bool {
    word.len() <= 24 && SETTERS.contains(&word.to_ascii_lowercase().as_str())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn names_of_credentials_are_told_from_names_of_files_and_objects() {
        for name in [
            "password",
            "DB_PASSWORD",
            "PGPASSWORD",
            "X-Api-Key",
            "authorization",
            "Set-Cookie",
            "access_token",
            "AWS_SECRET_ACCESS_KEY",
            "accessToken",
            "example.com/token",
            "api_token2",
            "X-Amz-Signature",
            "--pass",
            "client_secret",
            "AccountKey",
            "$secret",
        ] {
            assert!(names_credential(name), "{name}");
        }
        for name in [
            "secretName",
            "tokenFile",
            "serviceAccountTokenName",
            "key",
            "secretKeyRef",
            "token-service",
            "bypass",
            "password_file",
            "tokenTTL",
            "compass",
            "credentials-path",
            "monkey",
            "cookie-name",
            "session-cookie-expires",
        ] {
            assert!(!names_credential(name), "{name}");
        }
        assert!(names_in_query("key") && names_in_query("sig") && !names_in_query("page"));
    }
}
