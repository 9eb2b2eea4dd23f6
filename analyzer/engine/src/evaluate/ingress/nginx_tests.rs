//! Locations, regular expressions and rewrites against a real nginx: for made-up tables of paths the location that the
//! engine names is the one that answers, with the path that it names. What is written into nginx's configuration is the
//! engine's own table, each path as its kind of matching says.
//!
//! Runs where nginx is installed and else says loudly that it did not; `KUBEREACH_REQUIRE_NETWORK=1` (CI) makes that a
//! failure.

use std::fmt::Write as _;
use std::io::{Read as _, Write as _};
use std::os::unix::net::UnixStream;
use std::path::Path;
use std::process::{Child, Command, Stdio};

use proptest::prelude::*;
use proptest::strategy::ValueTree as _;
use proptest::test_runner::TestRunner;

use super::location::{Location, Matching};
use super::nginx::replaced;
use crate::resolve::request::Takes;

const TABLES: usize = 120;
const ASKED: usize = 12;

/// Paths of plain tables, of which no two are the same without a slash at their end.
const PLAIN: &[&str] = &["/", "/foo", "/foo/bar", "/fo", "/bar/", "/Foo", "/foo/bar/baz", "/b"];
/// Paths that are read as regular expressions.
const REGULAR: &[&str] = &[
    "/",
    "/foo",
    "/foo/[0-9]+",
    "/foo(/|$)(.*)",
    "/v[12]/.*",
    "/(foo|bar)/x",
    "/Bar",
    "/foo/.+\\.html$",
    "/bar/([a-z]+)/([0-9]*)",
];
const TARGETS: &[&str] = &["/", "/new", "/$1", "/$2", "/x/$1-$2"];
const REQUESTS: &[&str] = &[
    "/",
    "/foo",
    "/foo/",
    "/foo/bar",
    "/foo/bar/",
    "/foobar",
    "/fo",
    "/FOO",
    "/Foo/bar",
    "/bar",
    "/bar/",
    "/bar/abc/12",
    "/bar/abc/",
    "/b",
    "/foo/12",
    "/foo/12/x",
    "/v1/a",
    "/v3/a",
    "/foo/x",
    "/bar/x",
    "/foo/a.html",
    "/foo/a.htm",
    "/q",
];

/// A path, how it is matched, and what it is rewritten to.
type Row = (&'static str, Matching, Option<&'static str>);

fn tables() -> impl Strategy<Value = Vec<Row>> {
    let kind = prop::sample::select(vec![Matching::Exact, Matching::Elements, Matching::Text]);
    let plain = prop::sample::subsequence(PLAIN, 1..6)
        .prop_flat_map(move |paths| (Just(paths.clone()), prop::collection::vec(kind.clone(), paths.len())))
        .prop_map(|(paths, kinds)| paths.into_iter().zip(kinds).map(|(path, kind)| (path, kind, None)).collect());
    let target = prop::option::of(prop::sample::select(TARGETS));
    let regular = prop::sample::subsequence(REGULAR, 1..6)
        .prop_flat_map(move |paths| (Just(paths.clone()), prop::collection::vec(target.clone(), paths.len())))
        .prop_map(|(paths, targets)| {
            paths.into_iter().zip(targets).map(|(path, target)| (path, Matching::Regular, target)).collect()
        });
    prop_oneof![plain, regular]
}

/// The place of the row that the engine says takes a path.
fn own(table: &[Row], path: &str) -> Option<usize> {
    let at = |row: &Row| Location { path: row.0, matching: row.1 };
    let mut taking: Vec<usize> = (0..table.len()).filter(|id| at(&table[*id]).takes(path) == Takes::Yes).collect();
    taking.sort_by(|a, b| at(&table[*a]).order(&at(&table[*b])).unwrap());
    taking.first().copied()
}

/// One server of the table, named `t0.example`.
fn server(number: usize, table: &[Row], socket: &str, behind: &str) -> String {
    let mut text = format!("server {{ listen unix:{socket}; server_name t{number}.example;\n");
    // nginx asks expressions in the order of its configuration.
    let mut ids: Vec<usize> = (0..table.len()).collect();
    ids.sort_by(|a, b| {
        let at = |id: &usize| Location { path: table[*id].0, matching: table[*id].1 };
        at(a).order(&at(b)).unwrap()
    });
    let exact: Vec<&str> = table.iter().filter(|row| row.1 == Matching::Exact).map(|row| row.0).collect();
    for id in ids {
        let (path, matching, target) = table[id];
        let pass = format!("proxy_set_header X-Row {id}; proxy_pass http://unix:{behind}:");
        let mut location = |sign: &str, path: &str| {
            let rewrite = target.map_or_else(String::new, |target| format!("rewrite \"(?i){path}\" {target} break; "));
            let sign = sign.to_owned();
            let named = if sign == "~*" { format!("~* \"^{path}\"") } else { format!("{sign} {path}") };
            let _ = writeln!(text, "  location {named} {{ {rewrite}{pass}; }}");
        };
        match matching {
            Matching::Exact => location("=", path),
            Matching::Text => location("", path),
            Matching::Regular => location("~*", path),
            _ => {
                let bare = path.trim_end_matches('/');
                if !bare.is_empty() && !exact.contains(&bare) {
                    location("=", bare);
                }
                location("", &format!("{bare}/"));
            }
        }
    }
    let all = table.iter().any(|row| row.0 == "/" && matches!(row.1, Matching::Text | Matching::Elements));
    if !all {
        text.push_str("  location / { return 404; }\n");
    }
    text.push_str("}\n");
    text
}

struct Nginx(Child);

impl Drop for Nginx {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

/// Status, and the body of an answer.
fn get(socket: &Path, host: &str, path: &str) -> std::io::Result<(u16, String)> {
    let mut stream = UnixStream::connect(socket)?;
    write!(stream, "GET {path} HTTP/1.0\r\nHost: {host}\r\n\r\n")?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    let status = text.split(' ').nth(1).and_then(|code| code.parse().ok()).unwrap_or_default();
    Ok((status, text.split_once("\r\n\r\n").map_or_else(String::new, |(_, body)| body.trim().to_owned())))
}

fn started(folder: &Path, tables: &[Vec<Row>]) -> Nginx {
    let name = |file: &str| folder.join(file).display().to_string();
    let (socket, behind) = (name("front.sock"), name("behind.sock"));
    let servers: String =
        tables.iter().enumerate().map(|(number, table)| server(number, table, &socket, &behind)).collect();
    let configuration = format!(
        "daemon off; master_process off; pid {pid}; error_log {log}; events {{}}\nhttp {{ access_log off; \
         merge_slashes off; server_names_hash_max_size 4096; client_body_temp_path {t}1; proxy_temp_path {t}2; \
         fastcgi_temp_path {t}3; uwsgi_temp_path {t}4; scgi_temp_path {t}5;\n\
         server {{ listen unix:{behind}; location / {{ return 200 \"$http_x_row $request_uri\"; }} }}\n{servers}}}\n",
        pid = name("pid"),
        log = name("log"),
        t = name("temp"),
    );
    std::fs::write(folder.join("nginx.conf"), configuration).unwrap();
    let child = Command::new("nginx")
        .args(["-p", &name(""), "-e", &name("log"), "-c", &name("nginx.conf")])
        .stdin(Stdio::null())
        .spawn()
        .unwrap();
    let mut nginx = Nginx(child);
    for _ in 0..500 {
        if get(Path::new(&socket), "t0.example", "/").is_ok() {
            return nginx;
        }
        assert!(
            nginx.0.try_wait().unwrap().is_none(),
            "nginx ended: {}",
            std::fs::read_to_string(folder.join("log")).unwrap_or_default()
        );
        std::thread::sleep(std::time::Duration::from_millis(20));
    }
    panic!("nginx does not listen");
}

#[test]
fn the_location_that_is_named_is_the_one_that_answers_in_nginx() {
    if !Command::new("nginx").arg("-v").stderr(Stdio::null()).status().is_ok_and(|status| status.success()) {
        assert!(std::env::var_os("KUBEREACH_REQUIRE_NETWORK").is_none(), "no nginx: apt-get install nginx-light");
        println!("SKIPPED: locations were not compared with nginx: apt-get install nginx-light");
        return;
    }
    let mut runner = TestRunner::deterministic();
    let tables: Vec<Vec<Row>> = (0..TABLES).map(|_| tables().new_tree(&mut runner).unwrap().current()).collect();
    let folder = tempfile::tempdir().unwrap();
    let _nginx = started(folder.path(), &tables);
    let paths = prop::sample::subsequence(REQUESTS, ASKED);
    let (mut taken, mut rewritten) = (0, 0);
    for (number, table) in tables.iter().enumerate() {
        for path in paths.new_tree(&mut runner).unwrap().current() {
            let (status, body) = get(&folder.path().join("front.sock"), &format!("t{number}.example"), path).unwrap();
            let Some(id) = own(table, path) else {
                assert_eq!(status, 404, "{path} of {table:?} answers {body}");
                continue;
            };
            let (location, _, target) = table[id];
            let expected = target.and_then(|target| replaced(location, target, path));
            taken += 1;
            rewritten += usize::from(expected.is_some());
            let expected = format!("{id} {}", expected.as_deref().unwrap_or(path));
            assert_eq!((status, body), (200, expected), "{path} of {table:?}");
        }
    }
    println!("nginx: {taken} requests taken by the location that was named, {rewritten} of them rewritten as was said");
    assert!(taken > 400 && rewritten > 100, "{taken} {rewritten}");
}
