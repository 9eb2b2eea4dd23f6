//! What is never dialled, whoever leads there: a metadata service that really answers, and is not asked.

use super::world::{World, dial, measured_by, named, plan};
use kubereach_prober::words::*;
use std::process::Command;

const SERVERS: &str = "
server { listen 169.254.169.254:80; listen 127.0.0.1:80; location / { return 200 'secret'; } }
server { listen 10.9.0.80:80;
  location /away { return 302 http://169.254.169.254/latest/meta-data; }
  location /other { return 301 http://10.9.0.81/; } }
server { listen 10.9.0.81:80; location / { return 200 'not asked for'; } }
";

#[test]
fn a_metadata_service_is_asked_only_where_the_operator_names_it() {
    let test = "a_metadata_service_is_asked_only_where_the_operator_names_it";
    let Some(world) = World::enter(module_path!(), test, &["nginx", "knotd"]) else {
        return;
    };
    world.here("ip route add local 169.254.169.254/32 dev lo");
    world.nginx(SERVERS, "169.254.169.254:80");
    world.file(
        "evil.zone",
        "$ORIGIN evil.test.\n$TTL 1\n@ SOA ns h 1 60 60 60 60\n@ NS ns\nns A 10.9.0.53\n\
         metadata A 169.254.169.254\nmapped AAAA ::ffff:169.254.169.254\nself A 127.0.0.1\n\
         mixed A 169.254.169.254\nmixed A 10.9.0.81\nalias CNAME metadata\n",
    );
    world.file(
        "knot.conf",
        "server:\n  rundir: .\n  listen: 10.9.0.53@53\n  udp-workers: 1\n  tcp-workers: 1\n  background-workers: 1\n\
         database:\n  storage: db\nzone:\n  - domain: evil.test\n    storage: .\n    file: evil.zone\n    zonefile-sync: -1\n    journal-content: none\n",
    );
    world.start(Command::new("knotd").args(["-c", "knot.conf"]), "10.9.0.53:53");
    world.resolver("nameserver 10.9.0.53\n");
    let before = world.read("nginx.log").lines().count();

    let guarded = "not-tested norun.guard";
    let at = |name: &str| named(Protocol::Http, name);
    let path = |path: &str| {
        let mut target = dial(Protocol::Http, "10.9.0.80:80");
        target.path = Some(path.to_owned());
        target
    };
    let rows = world.expect(
        plan(),
        vec![
            ("by its address", dial(Protocol::Http, "169.254.169.254:80"), guarded),
            ("by a mapped address", dial(Protocol::Http, "[::ffff:169.254.169.254]:80"), guarded),
            ("by loopback", dial(Protocol::Http, "127.0.0.1:80"), guarded),
            ("by a name", at("metadata.evil.test."), guarded),
            ("by an alias", at("alias.evil.test."), guarded),
            ("by a mapped name", at("mapped.evil.test."), guarded),
            ("by a name for ourselves", at("self.evil.test."), guarded),
            ("its DNS", dial(Protocol::Udp, "169.254.169.254:53"), "not-tested norun.protocol"),
            ("one of two addresses", at("mixed.evil.test."), "verified http.ok"),
            ("a redirect there", path("/away"), "reached http.redirect"),
            ("a redirect elsewhere", path("/other"), "reached http.redirect"),
        ],
    );
    for row in rows.iter().filter(|row| row.class == "norun.guard") {
        assert!(row.layers.iter().all(|layer| layer.source.is_none()), "{row:?}");
        assert_eq!((row.tried, row.cap), (0, Cap::Nothing));
    }
    let location = rows[9].layers.last().unwrap().http.as_ref().unwrap().location.clone();
    assert_eq!(location.as_deref(), Some("http://169.254.169.254/latest/meta-data"));
    // Three requests came: to the open address of two, and for the two redirects.
    let log = world.read("nginx.log");
    assert_eq!(log.lines().skip(before).count(), 3, "{log}");

    let mut plan = plan();
    plan.targets = vec![dial(Protocol::Http, "169.254.169.254:80"), dial(Protocol::Http, "127.0.0.1:80")];
    let mut allowed = world.prober();
    let observations =
        measured_by(allowed.args(["--vantage", "in-cluster", "--allow-address", "169.254.169.254/32"]), &plan);
    let classes: Vec<&str> = observations.results.iter().map(|row| row.class.as_str()).collect();
    // What was named, and nothing more.
    assert_eq!(classes, ["http.ok", "norun.guard"]);
}
