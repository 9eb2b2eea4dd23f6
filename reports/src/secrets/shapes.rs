//! Words that are secrets by their shape: tokens whose makers begin them with a known word, and words that look
//! drawn at random.

use super::words::is_word;

/// How a token of a known maker looks.
struct Shape {
    /// With what it begins.
    begins: &'static str,
    /// How many characters follow at least.
    follow: usize,
    /// Besides letters and digits.
    also: &'static str,
}

const fn shape(begins: &'static str, follow: usize, also: &'static str) -> Shape {
    Shape { begins, follow, also }
}

/// The makers' own pages say with what their tokens begin; where there is none, gitleaks' rules
/// (<https://github.com/gitleaks/gitleaks/blob/master/config/gitleaks.toml>) do. Lengths are the shortest that occur,
/// less some: a token that was cut is as bad.
#[rustfmt::skip]
const SHAPES: &[Shape] = &[
    // https://docs.github.com/en/authentication/keeping-your-account-and-data-secure/about-authentication-to-github
    shape("ghp_", 6, ""), shape("gho_", 6, ""), shape("ghu_", 6, ""), shape("ghs_", 6, "_.-"), shape("ghr_", 6, ""),
    shape("github_pat_", 6, "_"),
    // https://docs.gitlab.com/security/tokens/
    shape("glpat-", 6, "_-."), shape("gldt-", 6, "_-."), shape("glrt-", 6, "_-."), shape("glcbt-", 6, "_-."),
    shape("glptt-", 6, "_-."), shape("glft-", 6, "_-."), shape("glimt-", 6, "_-."), shape("glagent-", 6, "_-."),
    shape("glsoat-", 6, "_-."), shape("gloas-", 6, "_-."), shape("glffct-", 6, "_-."),
    // https://docs.slack.dev/authentication/tokens
    shape("xoxb-", 6, "-"), shape("xoxp-", 6, "-"), shape("xoxa-", 6, "-"), shape("xoxr-", 6, "-"), shape("xoxs-", 6, "-"),
    shape("xoxo-", 6, "-"), shape("xoxe-", 6, "-"), shape("xoxe.", 6, "-."), shape("xoxc-", 6, "-"), shape("xoxd-", 6, "-%"),
    shape("xapp-", 6, "-"), shape("xwfp-", 6, "-"),
    // https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html
    shape("AKIA", 16, ""), shape("ASIA", 16, ""), shape("ABIA", 16, ""), shape("ACCA", 16, ""),
    // RFC 7515 section 3: the base64url of `{"`.
    shape("eyJ", 17, "_-.=+/"),
    // Google: API keys, OAuth clients and access tokens.
    shape("AIza", 30, "_-"), shape("ya29.", 6, "_-."), shape("GOCSPX-", 6, "_-"), shape("1//0", 20, "_-"),
    // https://developer.hashicorp.com/vault/docs/concepts/tokens
    shape("hvs.", 6, "_-."), shape("hvb.", 6, "_-."), shape("hvr.", 6, "_-."),
    // https://docs.stripe.com/keys
    shape("sk_live_", 6, ""), shape("rk_live_", 6, ""), shape("sk_test_", 6, ""), shape("rk_test_", 6, ""), shape("whsec_", 6, "+/="),
    // https://docs.npmjs.com/about-access-tokens, https://pypi.org/help/#apitoken, https://guides.rubygems.org/api-key-scopes/
    shape("npm_", 20, ""), shape("pypi-AgE", 6, "_-"), shape("rubygems_", 20, ""),
    // https://docs.docker.com/security/access-tokens/
    shape("dckr_pat_", 6, "_-"), shape("dckr_oat_", 6, "_-"),
    // https://docs.digitalocean.com/reference/api/create-personal-access-token/
    shape("dop_v1_", 6, ""), shape("doo_v1_", 6, ""), shape("dor_v1_", 6, ""),
    // https://platform.openai.com/docs/api-reference/authentication, https://docs.anthropic.com/en/api/overview
    shape("sk-proj-", 6, "_-"), shape("sk-ant-", 6, "_-"), shape("sk-svcacct-", 6, "_-"), shape("sk-", 32, ""),
    // https://huggingface.co/docs/hub/security-tokens
    shape("hf_", 20, ""),
    // https://www.twilio.com/docs/sendgrid/ui/account-and-settings/api-keys
    shape("SG.", 20, "_-."),
    // https://shopify.dev/docs/apps/build/authentication-authorization/access-tokens
    shape("shpat_", 6, ""), shape("shpss_", 6, ""), shape("shpca_", 6, ""), shape("shppa_", 6, ""),
    // https://grafana.com/docs/grafana/latest/administration/service-accounts/
    shape("glsa_", 6, "_"), shape("glc_", 12, "+/="),
    // https://support.atlassian.com/atlassian-account/docs/manage-api-tokens-for-your-atlassian-account/
    shape("ATATT3", 12, "_-="), shape("ATCTT3", 12, "_-="), shape("ATBB", 24, ""),
    // gitleaks' rules: databricks, doppler, fly, jfrog, linear, newrelic, notion, planetscale, postman, pulumi, sentry,
    // tailscale (kubernetes operator keys, too), telegram, terraform cloud, age, alibaba, heroku, 1password, square.
    shape("dapi", 32, "-"), shape("dp.pt.", 20, ""), shape("dp.st.", 20, "._-"), shape("fm2_", 20, "+/=_-"),
    shape("fo1_", 20, "_-"), shape("AKCp", 30, ""), shape("cmVmd", 30, ""), shape("lin_api_", 20, ""), shape("NRAK-", 20, ""),
    shape("ntn_", 30, ""), shape("pscale_tkn_", 16, "_-.="), shape("pscale_pw_", 16, "_-.="), shape("pscale_oauth_", 16, "_-.="),
    shape("PMAK-", 20, "-"), shape("pul-", 40, ""), shape("sntrys_", 20, "+/=_-"), shape("sntryu_", 20, ""),
    shape("tskey-", 10, "-"), shape("AGE-SECRET-KEY-1", 10, ""), shape("LTAI", 16, ""), shape("HRKU-", 20, "_-"),
    shape("ops_eyJ", 20, "+/="), shape("sq0atp-", 20, "_-"), shape("sq0csp-", 20, "_-"), shape("figd_", 20, "_-"),
    shape("PRIVATE-TOKEN-", 6, "_-"),
    // https://docs.openshift.com/container-platform/4.17/authentication/managing-oauth-access-tokens.html
    shape("sha256~", 16, "_-"),
    // Modular crypt format: https://httpd.apache.org/docs/current/misc/password_encryptions.html, crypt(5)
    shape("$apr1$", 8, "./$"), shape("$2a$", 20, "./$"), shape("$2b$", 20, "./$"), shape("$2y$", 20, "./$"),
    shape("$5$", 12, "./$="), shape("$6$", 12, "./$="), shape("{SHA}", 20, "+/="), shape("$argon2id$", 12, "./$=,+"),
];

/// How many bytes at the beginning of a text are a token of a known maker.
pub(super) fn known_at(text: &str) -> Option<usize> {
    let first = *text.as_bytes().first()?;
    let fits = |shape: &&Shape| shape.begins.as_bytes().first() == Some(&first) && text.starts_with(shape.begins);
    let end = SHAPES.iter().filter(fits).find_map(|shape| {
        let rest = text.get(shape.begins.len()..)?;
        let part = |c: char| c.is_ascii_alphanumeric() || shape.also.contains(c);
        let follow = rest.find(|c| !part(c)).unwrap_or(rest.len());
        (follow >= shape.follow).then_some(shape.begins.len() + follow)
    });
    end.or_else(|| azure_client_secret(text)).or_else(|| bot_token(text)).or_else(|| bootstrap_token(text))
}

/// Microsoft Entra's client secrets hold `8Q~` after three characters (gitleaks' rule `azure-ad-client-secret`).
fn azure_client_secret(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let marked = bytes.get(3).is_some_and(u8::is_ascii_digit) && bytes.get(4..6) == Some(b"Q~");
    let end = text.find(|c: char| !(c.is_ascii_alphanumeric() || "_~.-".contains(c))).unwrap_or(text.len());
    (marked && end >= 34).then_some(end)
}

/// Telegram's bots: a number, a colon and 35 characters (<https://core.telegram.org/bots/api#authorizing-your-bot>).
fn bot_token(text: &str) -> Option<usize> {
    let (number, rest) = text.split_once(':')?;
    let end = rest.find(|c: char| !(c.is_ascii_alphanumeric() || "_-".contains(c))).unwrap_or(rest.len());
    let fits = (8..=10).contains(&number.len()) && number.bytes().all(|b| b.is_ascii_digit()) && end >= 35;
    fits.then_some(number.len() + 1 + end)
}

/// kubeadm's bootstrap tokens: `abcdef.0123456789abcdef`
/// (<https://kubernetes.io/docs/reference/access-authn-authz/bootstrap-tokens/#token-format>).
fn bootstrap_token(text: &str) -> Option<usize> {
    let bytes = text.as_bytes();
    let part = |from: usize, to: usize| {
        bytes.get(from..to).is_some_and(|part| part.iter().all(|b| b.is_ascii_lowercase() || b.is_ascii_digit()))
    };
    let mixed = bytes.get(7..23).is_some_and(|b| b.iter().filter(|b| b.is_ascii_digit()).count() >= 2);
    let ends = bytes.get(23).is_none_or(|b| !(b.is_ascii_alphanumeric() || matches!(b, b'-' | b'.' | b'_')));
    (part(0, 6) && bytes.get(6) == Some(&b'.') && part(7, 23) && mixed && ends).then_some(23)
}

/// Is a text the token of a known maker?
#[must_use]
pub fn is_known(text: &str) -> bool {
    known_at(text).is_some()
}

/// The longest run of letters and digits that a name of a person or of an object would have without a word in it.
const LONG: usize = 24;

/// Does a word look drawn at random, or made up by a person as a password? Names of Kubernetes' objects, digests,
/// times, addresses and words of controllers do not.
#[must_use]
pub fn is_random(word: &str) -> bool {
    let word = word.trim_matches(|c: char| !c.is_ascii_alphanumeric());
    if word.len() < 10 || !word.is_ascii() {
        return false;
    }
    let count = |is: fn(&u8) -> bool| word.bytes().filter(is).count();
    let (upper, lower) = (count(u8::is_ascii_uppercase), count(u8::is_ascii_lowercase));
    let digits = count(u8::is_ascii_digit);
    if word.bytes().all(|b| b.is_ascii_hexdigit() || b == b'-' || b == b'x') && (upper == 0 || lower == 0) {
        return false;
    }
    if upper > 0 && lower > 0 {
        let letters = upper + lower;
        let turns = turns(word);
        // Without digits only a long word that turns between cases as no word does: base64.
        return known_letters(word) * 5 < letters * 3 && (digits > 0 || word.len() >= 20 && turns * 3 > word.len());
    }
    // One case: names have hyphens and dots, words have few digits.
    let whole = word.bytes().all(|b| b.is_ascii_alphanumeric());
    let (long, turned) = if upper > 0 { (16, 4) } else { (LONG, 7) };
    whole && word.len() >= long && digits >= 2 && upper + lower >= 6 && turns(word) >= turned
}

/// How often a word turns between capitals, small letters and digits.
fn turns(word: &str) -> usize {
    let class = |b: u8| (b.is_ascii_uppercase(), b.is_ascii_digit());
    word.bytes().zip(word.bytes().skip(1)).filter(|(a, b)| class(*a) != class(*b)).count()
}

/// Letters that stand in words of the vocabulary: `OAuth2Callback` is *auth* and *callback*.
fn known_letters(word: &str) -> usize {
    let bytes = word.as_bytes();
    let mut known = 0;
    let mut from = 0;
    for at in 1..=bytes.len() {
        let ends = match (bytes.get(at - 1), bytes.get(at), bytes.get(at + 1)) {
            (_, None, _) => true,
            (Some(a), Some(b), next) => {
                !b.is_ascii_alphabetic()
                    || !a.is_ascii_alphabetic()
                    || (a.is_ascii_lowercase() && b.is_ascii_uppercase())
                    || (b.is_ascii_uppercase() && next.is_some_and(u8::is_ascii_lowercase))
            }
            _ => true,
        };
        if ends {
            let part = word.get(from..at).unwrap_or_default();
            if part.len() >= 3 && is_word(part) {
                known += part.len();
            }
            from = at;
        }
    }
    known
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_drawn_at_random_is_told_from_names_digests_and_words() {
        for word in [
            "wJalrXUtnFEMI7K7MDENG",
            "aB3dE5fG7h",
            "LEAK29-path",
            "Hunter2Hunter2",
            "JBSWY3DPEHPK3PXPJBSWY3DP",
            "k3j4h5k2j3h4k5j6h7k8j9l0q1w2",
            "Tr0ub4dor&3x",
        ] {
            assert!(is_random(word), "{word}");
        }
        for word in [
            "web-7d9f8b6c5-x2x9k",
            "2026-01-02T03",
            "3f1c9a2b7d6e4f508192a3b4c5d6e7f8",
            "Standard_D4s_v3",
            "ImagePullBackOff",
            "ClusterFirstWithHostNet",
            "FailedCreatePodSandBox",
            "CrashLoopBackOff",
            "OAuth2Callback",
            "HTTP2ProtocolError",
            "TLSv1.3",
            "IPv4Address",
            "ip-10-0-1-23.eu-west-1.compute.internal",
            "9d8c7b6a-1f2e-4d3c-8b4a-5f6e7d8c9b0a",
            "v1.29.3-eks-036c24b",
        ] {
            assert!(!is_random(word), "{word}");
        }
    }

    #[test]
    fn tokens_of_known_makers_are_known_by_their_beginning() {
        for (text, length) in [
            ("ghp_abcdefghij rest", 14),
            ("xoxb-123-456-abc,", 16),
            ("abcdef.0123456789abcdef", 23),
            ("eyJhbGciOiJIUzI1NiJ9.e30.x", 26),
            ("123456789:AAabcdefghijklmnopqrstuvwxyz0123456", 45),
        ] {
            assert_eq!(known_at(text), Some(length), "{text}");
        }
        for text in ["eyJ", "sk-", "ghp_x", "system.0123", "kube.apiserver", "webapp.shop-production1"] {
            assert_eq!(known_at(text), None, "{text}");
        }
    }
}
