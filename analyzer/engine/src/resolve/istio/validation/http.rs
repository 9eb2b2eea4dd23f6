//! Of a rule for requests.

use serde_json::Value;

use super::virtual_service::{destination, destinations, is_claim, of_match};
use super::{Wrong, fields, get, is_name, items, text, texts};

fn is_header(name: &str) -> bool {
    !name.is_empty() && name.chars().all(|c| c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c))
}

/// Names and values that a rule adds, sets or removes.
pub(super) fn headers(headers: &Value, wrong: &mut Wrong) {
    for (side, of) in [("request", get(headers, "request")), ("response", get(headers, "response"))] {
        for (name, value) in fields(get(of, "add")).chain(fields(get(of, "set"))) {
            let authority =
                side == "request" && (name.eq_ignore_ascii_case("host") || name.eq_ignore_ascii_case(":authority"));
            let internal = name.starts_with(':') || name.eq_ignore_ascii_case("host");
            if name.is_empty() || (internal && !authority) {
                wrong.sure.push(format!("the header '{name}' cannot be set"));
            }
            if !is_value(value.as_str().unwrap_or_default()) {
                wrong.sure.push(format!("the value of the header '{name}' has a '%' that is none of Envoy's"));
            }
        }
        for name in texts(of, "remove") {
            if name.is_empty() || name.starts_with(':') || name.eq_ignore_ascii_case("host") {
                wrong.sure.push(format!("the header '{name}' cannot be removed"));
            }
        }
    }
}

/// `%%`, `%NAME%` or `%NAME(ARGUMENT)%`: each sign has its partner.
fn is_value(value: &str) -> bool {
    if value.chars().any(|c| c.is_control() && c != '\t') {
        return false;
    }
    let mut rest = value;
    while let Some((_, after)) = rest.split_once('%') {
        if let Some(after) = after.strip_prefix('%') {
            rest = after;
            continue;
        }
        let end = match (after.find('('), after.find('%')) {
            (Some(open), Some(sign)) if open < sign => after.find(")%").map(|end| end + 2),
            (_, Some(sign)) => Some(sign + 1),
            (_, None) => None,
        };
        let Some(end) = end else { return false };
        rest = after.get(end..).unwrap_or_default();
    }
    true
}

/// Is nothing given where something is compared?
fn compared(value: &Value, what: &str, may_be_empty: bool, wrong: &mut Wrong) {
    let is = |key: &str| value.get(key).and_then(Value::as_str);
    if is("prefix") == Some("") && !may_be_empty {
        wrong.sure.push(format!("the prefix of {what} is empty"));
    }
    match is("regex") {
        Some("") => wrong.sure.push(format!("the expression of {what} is empty")),
        Some(regex) if regex.len() > 1024 => wrong.sure.push(format!("the expression of {what} is too long")),
        _ => {}
    }
}

pub(super) fn http(rule: &Value, is_delegate: bool, wrong: &mut Wrong) {
    let has = |key: &str| rule.get(key).is_some_and(|value| !value.is_null());
    let (redirects, answers, routes) = (has("redirect"), has("directResponse"), items(get(rule, "route")));
    if !is_delegate && has("delegate") {
        if redirects || has("route") {
            wrong.sure.push("a rule with a delegate has a route or redirect".to_owned());
        }
    } else {
        if is_delegate && has("delegate") {
            wrong.sure.push("a delegate has a delegate".to_owned());
        }
        if redirects || answers {
            let what = if redirects { "redirect" } else { "directResponse" };
            let both = [("route", !routes.is_empty()), ("fault", has("fault")), ("rewrite", has("rewrite"))];
            wrong.sure.extend(
                both.into_iter().filter(|(_, has)| *has).map(|(key, _)| format!("a rule has {what} and {key}")),
            );
            if redirects && answers {
                wrong.sure.push("a rule has redirect and directResponse".to_owned());
            }
        } else if routes.is_empty() {
            wrong.sure.push("an http rule has no route, redirect or directResponse".to_owned());
        }
        if has("mirror") && !items(get(rule, "mirrors")).is_empty() {
            wrong.sure.push("a rule has mirror and mirrors".to_owned());
        }
    }
    for m in items(get(rule, "match")) {
        http_match(m, wrong);
    }
    headers(get(rule, "headers"), wrong);
    destinations(rule, wrong);
    destination(get(rule, "mirror"), false, wrong);
    for mirror in items(get(rule, "mirrors")) {
        destination(get(mirror, "destination"), true, wrong);
        percent(get(mirror, "percentage"), "a mirror", wrong);
    }
    percent(get(rule, "mirrorPercentage"), "the mirror", wrong);
    redirect(rule, wrong);
    if let Some(status) = get(get(rule, "directResponse"), "status").as_i64().or(answers.then_some(0)) {
        status_in_range(status, wrong);
    }
    rewrite(rule, wrong);
    fault(get(rule, "fault"), wrong);
    retries(get(rule, "retries"), wrong);
    cors(get(rule, "corsPolicy"), wrong);
    duration(get(rule, "timeout"), "the timeout", wrong);
}

fn http_match(m: &Value, wrong: &mut Wrong) {
    for (key, value) in fields(get(m, "headers")).chain(fields(get(m, "withoutHeaders"))) {
        let pseudo = matches!(key, ":method" | ":scheme" | ":authority" | ":path" | ":status");
        if !is_claim(key) && !pseudo && !is_header(key) {
            wrong.sure.push(format!("'{key}' is no name of a header"));
        }
        let present = get(m, "withoutHeaders").get(key).is_some_and(|of| text(of, "regex") == "*");
        if value.is_null() && get(m, "headers").get(key).is_some_and(Value::is_null) {
            wrong.sure.push(format!("the match of the header '{key}' is null"));
        }
        if !present {
            compared(value, &format!("the header '{key}'"), false, wrong);
        }
    }
    compared(get(m, "uri"), "the path", true, wrong);
    for key in ["scheme", "method", "authority"] {
        compared(get(m, key), &format!("the {key}"), false, wrong);
    }
    for (key, value) in fields(get(m, "queryParams")) {
        compared(value, &format!("the parameter '{key}'"), false, wrong);
    }
    let namespace = text(m, "sourceNamespace");
    if !namespace.is_empty() && !is_name(namespace) {
        wrong.sure.push(format!("'{namespace}' is no namespace"));
    }
    of_match(m, wrong);
}

fn percent(value: &Value, what: &str, wrong: &mut Wrong) {
    let fits = |value: f64| (0.0..=100.0).contains(&value);
    if get(value, "value").as_f64().is_some_and(|value| !fits(value)) {
        wrong.sure.push(format!("the percentage of {what} is not within 0 and 100"));
    }
}

fn status_in_range(status: i64, wrong: &mut Wrong) {
    if !(200..=600).contains(&status) {
        wrong.sure.push(format!("the status {status} is not within 200 and 599"));
    }
}

fn redirect(rule: &Value, wrong: &mut Wrong) {
    let redirect = get(rule, "redirect");
    if redirect.is_null() {
        return;
    }
    let has = |key: &str| !text(redirect, key).is_empty();
    let rewrites = has("prefixRewrite");
    if has("uri") && rewrites {
        wrong.sure.push("a redirect has uri and prefixRewrite".to_owned());
    }
    let other = |m: &Value| m.get("uri").is_some_and(|uri| !uri.is_null() && uri.get("prefix").is_none());
    if rewrites && items(get(rule, "match")).iter().any(other) {
        wrong.sure.push("a redirect with prefixRewrite needs matches of prefixes".to_owned());
    }
    let ports = ["port", "derivePort"].into_iter().any(|key| redirect.get(key).is_some_and(|value| !value.is_null()));
    if !has("uri") && !rewrites && !has("authority") && !has("scheme") && !ports {
        wrong.sure.push("a redirect says nothing of where to".to_owned());
    }
    if get(redirect, "port").as_i64().is_some_and(|port| !(0..=65535).contains(&port)) {
        wrong.sure.push("the port of a redirect is none".to_owned());
    }
    let code = get(redirect, "redirectCode").as_i64().unwrap_or_default();
    if code != 0 && !(300..=399).contains(&code) {
        wrong.sure.push(format!("{code} is no status of a redirect"));
    }
    if !matches!(text(redirect, "scheme"), "" | "http" | "https") {
        wrong.sure.push("the scheme of a redirect is neither http nor https".to_owned());
    }
}

fn rewrite(rule: &Value, wrong: &mut Wrong) {
    let rewrite = get(rule, "rewrite");
    let mut authority = text(rewrite, "authority");
    let request = get(get(rule, "headers"), "request");
    for (name, value) in fields(get(request, "set")).chain(fields(get(request, "add"))) {
        if name.eq_ignore_ascii_case("host") || name.eq_ignore_ascii_case(":authority") {
            if !authority.is_empty() {
                wrong.sure.push("a rule sets the authority twice".to_owned());
            }
            authority = value.as_str().unwrap_or_default();
        }
    }
    if rewrite.is_null() {
        return;
    }
    let regex = get(rewrite, "uriRegexRewrite");
    let (uri, has_regex) = (text(rewrite, "uri"), !regex.is_null());
    if !uri.is_empty() && has_regex {
        // Versions before 1.19 do not know the field and take the other one.
        wrong.doubtful.push("a rewrite has uri and uriRegexRewrite".to_owned());
    }
    if uri.is_empty() && !has_regex && text(rewrite, "authority").is_empty() {
        wrong.sure.push("a rewrite says nothing".to_owned());
    }
    if has_regex && (text(regex, "match").is_empty() || text(regex, "rewrite").is_empty()) {
        wrong.sure.push("uriRegexRewrite needs match and rewrite".to_owned());
    }
}

/// `SupportedGRPCStatus`.
const GRPC: [&str; 17] = [
    "OK",
    "CANCELLED",
    "UNKNOWN",
    "INVALID_ARGUMENT",
    "DEADLINE_EXCEEDED",
    "NOT_FOUND",
    "ALREADY_EXISTS",
    "PERMISSION_DENIED",
    "UNAUTHENTICATED",
    "RESOURCE_EXHAUSTED",
    "FAILED_PRECONDITION",
    "ABORTED",
    "OUT_OF_RANGE",
    "UNIMPLEMENTED",
    "INTERNAL",
    "UNAVAILABLE",
    "DATA_LOSS",
];

fn fault(fault: &Value, wrong: &mut Wrong) {
    if fault.is_null() {
        return;
    }
    let (abort, delay) = (get(fault, "abort"), get(fault, "delay"));
    if abort.is_null() && delay.is_null() {
        wrong.sure.push("a fault has neither abort nor delay".to_owned());
    }
    for part in [abort, delay] {
        percent(get(part, "percentage"), "a fault", wrong);
    }
    for part in [abort, delay] {
        let value = get(get(part, "percentage"), "value").as_f64().unwrap_or_default();
        if value > 0.0 && value < 0.0001 {
            wrong.sure.push("the percentage of a fault is below 0.0001".to_owned());
        }
    }
    let code = text(abort, "grpcStatus");
    if !code.is_empty() && !GRPC.contains(&code) {
        wrong.sure.push(format!("the gRPC status '{code}' is not known"));
    }
    if let Some(status) = get(abort, "httpStatus").as_i64() {
        status_in_range(status, wrong);
    }
    duration(get(delay, "fixedDelay"), "a delay", wrong);
    if abort.get("http2Error").is_some() || delay.get("exponentialDelay").is_some() {
        wrong.sure.push("a fault of a sort that is not supported".to_owned());
    }
}

/// `supportedRetryOnPolicies`.
const RETRY_ON: [&str; 16] = [
    "5xx",
    "gateway-error",
    "reset",
    "connect-failure",
    "retriable-4xx",
    "refused-stream",
    "retriable-status-codes",
    "retriable-headers",
    "envoy-ratelimited",
    "http3-post-connect-failure",
    "cancelled",
    "deadline-exceeded",
    "internal",
    "resource-exhausted",
    "unavailable",
    "reset-before-request",
];

fn retries(retries: &Value, wrong: &mut Wrong) {
    if retries.is_null() {
        return;
    }
    let attempts = get(retries, "attempts").as_i64().unwrap_or_default();
    if attempts < 0 {
        wrong.sure.push("retries has attempts below 0".to_owned());
    }
    let more = ["perTryTimeout", "retryOn", "retryRemoteLocalities"];
    if attempts == 0 && more.into_iter().any(|key| retries.get(key).is_some_and(|value| !value.is_null())) {
        wrong.sure.push("retries has no attempts and says more".to_owned());
    }
    duration(get(retries, "perTryTimeout"), "perTryTimeout", wrong);
    duration(get(retries, "backoff"), "backoff", wrong);
    let retry_on = text(retries, "retryOn");
    let known = |policy: &str| {
        RETRY_ON.contains(&policy) || policy.parse::<u16>().is_ok_and(|status| (100..600).contains(&status))
    };
    if let Some(policy) = retry_on.split(',').find(|policy| !retry_on.is_empty() && !known(policy)) {
        wrong.sure.push(format!("retryOn names '{policy}', which is no policy"));
    }
}

fn cors(cors: &Value, wrong: &mut Wrong) {
    const METHODS: [&str; 9] = ["GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS", "CONNECT", "TRACE"];
    let age = get(cors, "maxAge");
    duration(age, "maxAge", wrong);
    if age.as_str().and_then(milliseconds).is_some_and(|ms| ms % 1000.0 != 0.0) {
        wrong.sure.push("maxAge is more exact than a second".to_owned());
    }
    for origin in items(get(cors, "allowOrigins")) {
        if ["exact", "prefix", "regex"].into_iter().all(|key| text(origin, key).is_empty()) {
            wrong.sure.push("an origin of corsPolicy is empty".to_owned());
        }
    }
    for method in texts(cors, "allowMethods").into_iter().filter(|method| !METHODS.contains(method) && *method != "*") {
        wrong.sure.push(format!("'{method}' is no method for corsPolicy"));
    }
    for name in texts(cors, "allowHeaders").into_iter().chain(texts(cors, "exposeHeaders")) {
        if name != "*" && !is_header(name) {
            wrong.sure.push(format!("'{name}' is no name of a header"));
        }
    }
}

/// At least a millisecond, and whole ones.
fn duration(value: &Value, what: &str, wrong: &mut Wrong) {
    let Some(text) = value.as_str() else { return };
    let Some(milliseconds) = milliseconds(text) else { return };
    if milliseconds < 1.0 {
        wrong.sure.push(format!("{what} is shorter than a millisecond"));
    } else if milliseconds.fract() != 0.0 {
        wrong.sure.push(format!("{what} is more exact than a millisecond"));
    }
}

/// `1.5s`, `1m30s`; none for what is no duration of Go.
fn milliseconds(text: &str) -> Option<f64> {
    let (sign, mut rest) = text.strip_prefix('-').map_or((1.0, text), |rest| (-1.0, rest));
    if rest.is_empty() {
        return None;
    }
    let mut total = 0.0;
    while !rest.is_empty() {
        let digits = rest.find(|c: char| !c.is_ascii_digit() && c != '.')?;
        let number: f64 = rest.get(..digits)?.parse().ok()?;
        rest = rest.get(digits..)?;
        let unit = rest.find(|c: char| c.is_ascii_digit()).unwrap_or(rest.len());
        total += number
            * match rest.get(..unit)? {
                "h" => 3_600_000.0,
                "m" => 60_000.0,
                "s" => 1000.0,
                "ms" => 1.0,
                "us" | "µs" => 0.001,
                "ns" => 0.000_001,
                _ => return None,
            };
        rest = rest.get(unit..)?;
    }
    Some(sign * total)
}
