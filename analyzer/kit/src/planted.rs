//! A cluster full of secrets in places where people and programs leave them: none may show in anything that is written.

use serde_json::{Value, json};

use crate::stored::{self, object};

/// Objects, and the secrets in them.
#[derive(Debug, Default)]
pub struct Planted {
    /// As an API server stores them.
    pub objects: Vec<Value>,
    /// What must not be found anywhere: where it was planted, and the text.
    pub secrets: Vec<(String, String)>,
}

/// The same numbers in every run (Knuth's linear congruential generator).
struct Dice(u64);

impl Dice {
    fn draw(&mut self, letters: &str, length: usize) -> String {
        let letters = letters.as_bytes();
        (0..length)
            .map(|_| {
                self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                let at = usize::try_from(self.0 >> 33).unwrap() % letters.len();
                char::from(letters[at])
            })
            .collect()
    }

    fn any(&mut self, length: usize) -> String {
        self.draw("ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnopqrstuvwxyz23456789", length)
    }

    fn small(&mut self, length: usize) -> String {
        self.draw("abcdefghijkmnopqrstuvwxyz23456789", length)
    }
}

/// Tokens that are known by their own look, wherever they stand; with what they begin and how they go on.
#[rustfmt::skip]
const MAKERS: [(&str, usize); 34] = [
    ("ghp_", 36), ("gho_", 36), ("github_pat_", 40), ("glpat-", 20), ("glrt-", 20), ("xoxb-", 40), ("xoxp-", 40), ("xapp-", 40),
    ("ya29.", 60), ("GOCSPX-", 28), ("AIza", 35), ("hvs.", 60), ("sk_live_", 24), ("rk_live_", 24), ("whsec_", 32),
    ("npm_", 36), ("pypi-AgE", 60), ("dckr_pat_", 27), ("dop_v1_", 40), ("sk-ant-", 60), ("sk-proj-", 48), ("hf_", 34),
    ("SG.", 44), ("shpat_", 32), ("glsa_", 40), ("ATATT3", 60), ("lin_api_", 40), ("NRAK-", 27), ("PMAK-", 40),
    ("tskey-auth-", 30), ("pscale_tkn_", 32), ("sntrys_", 40), ("sha256~", 43), ("$2y$10$", 53),
];

/// More than 200 secrets of more than 40 shapes.
pub fn planted() -> Planted {
    let mut dice = Dice(20_261_130);
    let mut all = Planted::default();
    let mut tokens: Vec<(String, String)> =
        MAKERS.iter().map(|(begin, length)| ((*begin).to_owned(), format!("{begin}{}", dice.any(*length)))).collect();
    let number = dice.draw("123456789", 9);
    tokens.push(("telegram".to_owned(), format!("{number}:{}", dice.any(35))));
    tokens.push(("kubeadm".to_owned(), format!("{}.{}", dice.small(6), dice.draw("23456789abcdef", 16))));
    tokens.push(("AKIA".to_owned(), format!("AKIA{}", dice.draw("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567", 16))));
    tokens.push(("azure".to_owned(), format!("{}8Q~{}", dice.any(3), dice.any(34))));
    tokens.push(("jwt".to_owned(), format!("eyJhbGciOiJIUzI1NiJ9.eyJ{}.{}", dice.any(40), dice.any(43))));
    tokens.push(("random".to_owned(), dice.any(40)));

    let mut events = Vec::new();
    let mut annotations = serde_json::Map::new();
    for (maker, token) in &tokens {
        let mut plant = |place: &str, text: &str| all.secrets.push((format!("{maker} {place}"), text.to_owned()));
        plant("in every place", token);
        events.push(format!("Back-off pulling image with {token}: unauthorized"));
        events.push(format!("login \"{token}\" was rejected by the registry"));
        annotations
            .insert(format!("example.com/hook-{}", annotations.len()), json!(format!("https://hook.example/{token}")));
    }
    // Secrets that only their place gives away: words that anybody could have chosen.
    type Form = (&'static str, fn(&str) -> String);
    let forms: [Form; 30] = [
        ("password=", |s| format!("could not connect: password={s} host=db")),
        ("Password:", |s| format!("dial failed (Password: {s})")),
        ("bearer", |s| format!("401 for Authorization: Bearer {s}")),
        ("bare bearer", |s| format!("request with Bearer {s} was refused")),
        ("basic", |s| format!("401 for Authorization: Basic {s}")),
        ("userinfo", |s| format!("Failed to pull https://robot:{s}@registry.example/web: denied")),
        ("dsn", |s| format!("cannot open shop:{s}@tcp(db.shop:3306)/shop")),
        ("access_token", |s| format!("GET https://api.example/v1?access_token={s}&page=2 failed")),
        ("client_secret", |s| format!("POST grant_type=client_credentials&client_secret={s} failed")),
        ("aws", |s| format!("AWS_SECRET_ACCESS_KEY={s} is not valid for eu-west-1")),
        ("flag", |s| format!("exec --secret={s} failed")),
        ("flag word", |s| format!("exec --api-key {s} failed")),
        ("json", |s| format!("sent {{\"user\":\"web\",\"clientSecret\":\"{s}\"}}")),
        ("escaped json", |s| format!("sent {{\\\"token\\\":\\\"{s}\\\"}}")),
        ("x-api-key", |s| format!("upstream refused X-Api-Key: {s}")),
        ("cookie", |s| format!("upstream set Set-Cookie: sid={s}; Path=/")),
        ("sig", |s| format!("blob https://x.blob.example/c?sv=2024&sig={s} not found")),
        ("amz", |s| format!("GET https://s3.example/b?X-Amz-Signature={s} failed")),
        ("private key", |s| format!("bad key -----BEGIN PRIVATE KEY-----\n{s}\n-----END PRIVATE KEY-----")),
        ("account key", |s| format!("DefaultEndpointsProtocol=https;AccountName=shop;AccountKey={s};x")),
        ("yaml", |s| format!("config was:\n  username: web\n  password: {s}\n  port: 80")),
        ("quoted", |s| format!("config was password=\"{s}\"")),
        ("curl", |s| format!("exit 22: curl -u web:{s} https://x.example/")),
        ("mysql", |s| format!("exit 1: mysqladmin -p{s} ping")),
        ("redis", |s| format!("NOAUTH for redis://:{s}@redis.shop:6379/0")),
        ("env", |s| format!("PGPASSWORD={s} psql: refused")),
        ("id token", |s| format!("redirected to /cb#id_token={s}")),
        ("encoded", |s| format!("redirected to /cb?next=%2Fx%3Ftoken%3D{s}")),
        ("passphrase", |s| format!("passphrase: {s} does not open the key")),
        ("session", |s| format!("JSESSIONID={s} has no node")),
    ];
    for (name, form) in forms {
        for round in 0..6 {
            // A word and a number, as people choose them; some are longer.
            let secret = format!("{}{}", dice.draw("bcdfghjklmnpqrstvwxz", 5 + round), dice.draw("23456789", 3));
            events.push(form(&secret));
            all.secrets.push((format!("{name} in a message"), secret));
        }
    }
    world(&mut all, &mut dice, events, annotations, &tokens);
    all
}

/// The objects in whose places the secrets are.
#[allow(clippy::too_many_lines, reason = "one object after the other, as data")]
fn world(
    all: &mut Planted,
    dice: &mut Dice,
    events: Vec<String>,
    annotations: serde_json::Map<String, Value>,
    tokens: &[(String, String)],
) {
    let secrets = &mut all.secrets;
    let mut fresh = |place: &str| {
        let text = format!("{}{}", dice.draw("bcdfghjklmnpqrstvwxz", 7), dice.draw("23456789", 3));
        secrets.push((place.to_owned(), text.clone()));
        text
    };
    let objects = &mut all.objects;
    objects.push(object("v1", "Namespace", "", "shop", json!({"status": {"phase": "Active"}})));
    objects.last_mut().unwrap()["metadata"]["annotations"] = json!({"openshift.io/description": format!("The password is {}", fresh("a description")), "x.example/token": fresh("an annotation")});
    objects.push(stored::node());
    let mut service = object(
        "v1",
        "Service",
        "shop",
        "web",
        json!({
        "spec": {"type": "ClusterIP", "clusterIP": "10.96.0.1", "selector": {"app": "web"},
            "ports": [{"name": "http", "port": 80, "targetPort": 8080, "protocol": "TCP"}]}, "status": {"loadBalancer": {}}}),
    );
    service["metadata"]["annotations"] = annotations.into();
    objects.push(service);
    let mut pod = stored::pod("shop", "web", "10.0.0.7", 8080);
    let container = &mut pod["spec"]["containers"][0];
    container["env"] = json!([{"name": "ANY", "value": fresh("an environment variable")}]);
    container["args"] = json!([
        format!("--password={}", fresh("an argument")),
        "--token",
        fresh("an argument"),
        format!("--db=postgres://web:{}@db/shop", fresh("an argument's URL")),
        tokens[0].1
    ]);
    container["command"] =
        json!(["sh", "-c", format!("curl -H 'Authorization: Bearer {}' https://x.example/", fresh("a command"))]);
    container["readinessProbe"] = json!({"httpGet": {"port": 8080, "path": format!("/health?token={}", fresh("a probe's path")),
        "httpHeaders": [{"name": "Any", "value": fresh("a probe's header")}]}});
    container["livenessProbe"] = json!({"exec": {"command": ["check", fresh("a probe's command")]}});
    pod["status"]["conditions"] = json!([{"type": "Ready", "status": "False", "reason": "ContainersNotReady",
        "message": format!("containers with unready status: [web] secret={}", fresh("a condition"))}]);
    pod["status"]["containerStatuses"] = json!([{"name": "web", "ready": false, "restartCount": 9, "image": "web:1", "imageID": "",
        "state": {"waiting": {"reason": "CrashLoopBackOff", "message": format!("token={}", fresh("a container's state"))}},
        "lastState": {"terminated": {"exitCode": 1, "reason": "Error", "message": format!("panic: api_key={}", fresh("a termination message"))}}}]);
    objects.push(pod);
    let mut slice = stored::slice("shop", "web", "10.0.0.7", 8080);
    slice["endpoints"][0]["conditions"] = json!({"ready": false, "serving": false});
    objects.push(slice);
    for (n, message) in events.into_iter().enumerate() {
        let about = if n % 2 == 0 { ("Pod", "web-1") } else { ("Ingress", "web") };
        objects.push(object(
            "v1",
            "Event",
            "shop",
            &format!("e{n}"),
            json!({"type": "Warning", "reason": "Failed", "message": message,
            "count": 3, "lastTimestamp": "2026-01-02T03:04:05Z",
            "involvedObject": {"kind": about.0, "namespace": "shop", "name": about.1, "apiVersion": "v1"}}),
        ));
    }
    objects.push(object(
        "networking.k8s.io/v1",
        "IngressClass",
        "",
        "nginx",
        json!({"spec": {"controller": "k8s.io/ingress-nginx"}}),
    ));
    let mut ingress = object(
        "networking.k8s.io/v1",
        "Ingress",
        "shop",
        "web",
        json!({
        "spec": {"ingressClassName": "nginx", "rules": [{"host": "shop.example", "http": {"paths": [
            {"path": format!("/hooks/{}", tokens[5].1), "pathType": "Prefix", "backend": {"service": {"name": "web", "port": {"number": 80}}}},
            {"path": "/", "pathType": "Prefix", "backend": {"service": {"name": "gone", "port": {"number": 80}}}}]}}]},
        "status": {"loadBalancer": {"ingress": [{"ip": "192.0.2.1"}]}}}),
    );
    ingress["metadata"]["annotations"] = json!({
        "nginx.ingress.kubernetes.io/configuration-snippet": format!(
            "proxy_set_header Authorization \"Bearer {}\"; set $secret {};", fresh("a snippet"), fresh("a snippet's variable")),
        "nginx.ingress.kubernetes.io/auth-url": format!("https://u:{}@auth.example/verify?key={}", fresh("an annotation's URL"), fresh("a query")),
        "alb.ingress.kubernetes.io/auth-idp-oidc": format!("{{\"clientSecret\":\"{}\",\"secretName\":\"idp\"}}", fresh("JSON in an annotation")),
        "alb.ingress.kubernetes.io/actions.go": format!("{{\"RedirectConfig\":{{\"Query\":\"token={}\"}}}}", fresh("JSON in an annotation")),
        "nginx.ingress.kubernetes.io/canary": "true", "nginx.ingress.kubernetes.io/canary-by-header": "X-Api-Key",
        "nginx.ingress.kubernetes.io/canary-by-header-value": tokens[1].1});
    objects.push(ingress);
    let class = "gateway.networking.k8s.io/v1";
    objects.push(object(
        class,
        "GatewayClass",
        "",
        "envoy",
        json!({"spec": {"controllerName": "gateway.envoyproxy.io/gatewayclass-controller"}}),
    ));
    objects.push(object(class, "Gateway", "shop", "edge", json!({"spec": {"gatewayClassName": "envoy",
            "listeners": [{"name": "http", "port": 80, "protocol": "HTTP"}]},
        "status": {"addresses": [{"type": "IPAddress", "value": "192.0.2.2"}], "conditions": [{"type": "Programmed", "status": "False",
            "reason": "Invalid", "message": format!("xds: Authorization: Bearer {} rejected", fresh("a Gateway's condition"))}]}})));
    objects.push(object(class, "HTTPRoute", "shop", "r", json!({"spec": {"parentRefs": [{"name": "edge"}], "rules": [
        {"matches": [{"path": {"type": "PathPrefix", "value": "/"}, "headers": [
            {"name": "Authorization", "value": format!("Bearer {}", fresh("a match's header"))}, {"name": "X-Api-Key", "value": fresh("a match's header")}],
            "queryParams": [{"name": "token", "value": fresh("a match's query")}, {"name": "key", "value": fresh("a match's query")}]}],
         "filters": [{"type": "RequestHeaderModifier", "requestHeaderModifier": {"set": [{"name": "Authorization", "value": format!("Bearer {}", fresh("a filter"))}]}}],
         "backendRefs": [{"name": "web", "port": 80}]},
        {"matches": [{"headers": [{"name": "cookie", "value": format!("sid={}", fresh("a match's cookie"))}]}],
         "filters": [{"type": "RequestRedirect", "requestRedirect": {"hostname": "x.example",
            "path": {"type": "ReplaceFullPath", "replaceFullPath": format!("/t?token={}", fresh("a redirect"))}}}]}]},
        "status": {"parents": [{"parentRef": {"name": "edge"}, "controllerName": "gateway.envoyproxy.io/gatewayclass-controller",
            "conditions": [{"type": "Accepted", "status": "False", "reason": "Invalid", "message": format!("client_secret={} refused", fresh("a route's condition"))}]}]}})));
    objects.push(object(
        "networking.istio.io/v1",
        "VirtualService",
        "shop",
        "vs",
        json!({"spec": {"hosts": ["web"], "http": [
        {"match": [{"headers": {"authorization": {"exact": format!("Bearer {}", fresh("a VirtualService"))}}}],
         "headers": {"request": {"set": {"authorization": format!("Bearer {}", fresh("a VirtualService"))}}},
         "route": [{"destination": {"host": "web"}}]}]}}),
    ));
    objects.push(object(
        "v1",
        "Secret",
        "shop",
        "db",
        json!({"type": "Opaque", "stringData": {"password": fresh("a Secret")}}),
    ));
    objects.push(object(
        "v1",
        "ConfigMap",
        "shop",
        "app",
        json!({"data": {"app.properties": format!("db.password={}", fresh("a ConfigMap"))}}),
    ));
}

/// The secrets that a text shows, each with its place.
pub fn found<'p>(planted: &'p Planted, text: &str) -> Vec<&'p (String, String)> {
    planted.secrets.iter().filter(|(_, secret)| text.contains(secret.as_str())).collect()
}
