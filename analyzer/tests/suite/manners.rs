//! How the program behaves at the edges of a command line: what may be left out, what is grouped, what is completed, and
//! for whom it words what it says.

use std::path::{Path, PathBuf};

use kubereach_testkit::repository;

use crate::page::shell;
use crate::program::{kubereach, plain, program};

/// One Service `web` in each of two namespaces, and one `cart` in the first.
const TWO: &str = "\
apiVersion: v1
kind: Service
metadata: {name: web, namespace: shop}
spec: {selector: {app: web}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: cart, namespace: shop}
spec: {selector: {app: cart}, ports: [{port: 80}]}
---
apiVersion: v1
kind: Service
metadata: {name: web, namespace: vault}
spec: {selector: {app: web}, ports: [{port: 80}]}
";

fn folder() -> tempfile::TempDir {
    let folder = tempfile::tempdir().unwrap();
    std::fs::write(folder.path().join("two.yaml"), TWO).unwrap();
    std::fs::write(folder.path().join("plan"), TWO).unwrap();
    folder
}

/// Code, standard output and standard error.
fn run(folder: &Path, args: &[&str]) -> (Option<i32>, String, String) {
    let done = program().current_dir(folder).args(args).output().unwrap();
    let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
    (done.status.code(), text(&done.stdout), text(&done.stderr))
}

fn bundle() -> PathBuf {
    let folder = repository().join("fixtures/bundles/troubleshoot/input");
    let files = std::fs::read_dir(folder).unwrap();
    files
        .filter_map(Result::ok)
        .map(|file| file.path())
        .find(|path| path.to_string_lossy().ends_with(".tar.gz"))
        .unwrap()
}

#[test]
fn the_name_of_an_input_alone_is_checked() {
    let folder = folder();
    let (code, whole, _) = run(folder.path(), &["check", "two.yaml", "-q"]);
    assert_eq!(code, Some(0));
    assert_eq!(run(folder.path(), &["two.yaml", "-q"]), (code, whole.clone(), String::new()));
    assert_eq!(run(folder.path(), &["./plan", "-q"]).1, whole, "a path is no command");
    assert_eq!(run(folder.path(), &[".", "--fail-on", "never", "-q"]).0, Some(0));
    let piped = kubereach().args(["-", "-q"]).write_stdin(TWO).assert().code(0);
    assert_eq!(String::from_utf8_lossy(&piped.get_output().stdout), whole);
    // A command stays one, also where a file has its name; and so does one that is misspelt.
    let (_, planned, _) = run(folder.path(), &["plan", "two.yaml"]);
    assert!(planned.contains("kubereach/plan/v1"), "{planned}");
    for (words, told) in [(&["chekc", "two.yaml"][..], "'check'"), (&["nothing.yaml"], "unrecognized subcommand")] {
        let (code, out, err) = run(folder.path(), words);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{err}");
        assert!(err.contains(told), "{err}");
    }
}

#[test]
fn endings_and_other_words_name_a_format() {
    let folder = folder();
    let (_, whole, _) = run(folder.path(), &["check", "two.yaml", "--format", "markdown"]);
    assert_eq!(run(folder.path(), &["check", "two.yaml", "--format", "md"]).1, whole);
    let written = run(folder.path(), &["check", "two.yaml", "-o", "a.txt", "-o", "jira:b.txt", "-o", "slack:c", "-q"]);
    assert_eq!(written.0, Some(0), "{}", written.2);
    let text = |name: &str| std::fs::read_to_string(folder.path().join(name)).unwrap();
    assert!(text("a.txt").contains("Service shop/web") && !text("a.txt").contains('\u{1b}'));
    assert!(text("b.txt").contains("h3. "), "{}", text("b.txt"));
    assert!(text("c").contains("• "), "{}", text("c"));
}

#[test]
fn a_trace_without_a_namespace_finds_the_only_one_or_says_which_there_are() {
    let folder = folder();
    let (code, out, err) = run(folder.path(), &["trace", "service/cart", "two.yaml"]);
    assert_eq!(code, Some(0), "{err}");
    assert_eq!(run(folder.path(), &["trace", "svc/cart", "-n", "shop", "two.yaml"]).1, out);
    assert_eq!(run(folder.path(), &["trace", "shop/svc/cart", "two.yaml"]).1, out);
    for (words, told) in [
        (&["trace", "svc/web", "two.yaml"][..], "-n shop, -n vault"),
        (&["trace", "shop/svc/web", "-n", "vault", "two.yaml"], "-n says vault"),
        (&["trace", "svc/crt", "two.yaml"], "did you mean 'cart'?"),
        (&["trace", "svc/", "two.yaml"], "KIND/NAME"),
    ] {
        let (code, out, err) = run(folder.path(), words);
        assert_eq!((code, out.as_str()), (Some(2), ""), "{words:?}: {err}");
        assert!(err.contains(told), "{words:?}: {err}");
    }
}

#[test]
fn a_code_that_is_misspelt_is_told_its_nearest() {
    for (code, near) in [
        ("service/selects-no-pods", "'service/selects-no-pod'"),
        ("service/no-redy-endpoints", "'service/no-ready-endpoints'"),
        ("selects-no-pod", "'service/selects-no-pod'"),
    ] {
        let run = kubereach().args(["explain", code]).assert().code(2);
        let err = String::from_utf8_lossy(&run.get_output().stderr).into_owned();
        assert!(err.contains(&format!("did you mean {near}?")), "{code}: {err}");
    }
}

#[test]
fn the_help_of_check_is_in_groups() {
    let (_, help, _) = run(Path::new("."), &["check", "--help"]);
    let place =
        |heading: &str| help.find(&format!("\n{heading}:\n")).unwrap_or_else(|| panic!("no {heading} in {help}"));
    let order = [
        "What to judge",
        "Output",
        "Gate",
        "Accepted findings",
        "A change on top of a cluster",
        "Measurements",
        "A fleet of bundles",
        #[cfg(feature = "live")]
        "Live cluster",
        "Limits against hostile input",
    ];
    let places: Vec<usize> = order.into_iter().map(place).collect();
    assert!(places.is_sorted(), "{help}");
    let group = |option: &str| {
        // Where it is listed, and not where a text speaks of it.
        let line = help.lines().position(|line| line.trim_start().split([' ', '[']).any(|word| word == option));
        let line = line.unwrap_or_else(|| panic!("no {option}"));
        let at: usize = help.lines().take(line).map(|line| line.len() + 1).sum();
        order.iter().zip(&places).rfind(|(_, place)| **place < at).map(|(heading, _)| *heading)
    };
    for (option, heading) in [
        ("--namespace", "What to judge"),
        ("--assume-complete", "What to judge"),
        ("--strict", "What to judge"),
        ("--quiet", "Output"),
        ("--show-coverage", "Output"),
        ("--for", "Output"),
        ("--summary-only", "Output"),
        ("--color", "Output"),
        ("--fail-on", "Gate"),
        ("--write-baseline", "Accepted findings"),
        ("--observations", "Measurements"),
    ] {
        assert_eq!(group(option), Some(heading), "{option}");
    }
}

#[test]
fn who_was_sent_a_bundle_is_told_what_to_ask_for() {
    let folder = folder();
    let bundle = bundle().display().to_string();
    let text = |args: &[&str]| run(folder.path(), args).1;
    let sent = text(&["check", &bundle]);
    assert!(sent.contains("Ask the customer") && sent.contains("Please run these commands"), "{sent}");
    assert_eq!(text(&["check", &bundle, "--for", "support"]), sent);
    let own = text(&["check", &bundle, "--for", "operator"]);
    assert!(!own.contains("Ask the customer") && !own.contains("Please run"), "{own}");
    // Whoever has the manifests, or what kubectl printed, may change them.
    let manifests = text(&["check", "two.yaml"]);
    assert!(!manifests.contains("customer"), "{manifests}");
    assert_ne!(text(&["check", "two.yaml", "--for", "support", "--strict"]), text(&["check", "two.yaml", "--strict"]));
    // What is printed for machines is the same for all of them.
    let json = |whom: &str| text(&["check", &bundle, "--format", "json", "--for", whom]);
    assert_eq!(json("support"), json("operator"));
    // The configuration may say it once for all.
    std::fs::write(folder.path().join("kubereach.toml"), "for = \"operator\"\n").unwrap();
    assert_eq!(text(&["check", &bundle]), own);
    assert_eq!(text(&["check", &bundle, "--for", "support"]), sent);
    let (code, _, err) = run(folder.path(), &["check", &bundle, "--for", "nobody"]);
    assert_eq!(code, Some(2));
    assert!(err.contains("use one of operator, support"), "{err}");
}

#[test]
fn the_summary_alone_is_one_screen() {
    let folder = folder();
    let bundle = bundle().display().to_string();
    for format in ["text", "md", "jira", "slack"] {
        let (code, whole, _) = run(folder.path(), &["check", &bundle, "--format", format]);
        let (same, part, _) = run(folder.path(), &["check", &bundle, "--format", format, "--summary-only"]);
        assert_eq!(code, same, "the gate looks at all of it");
        assert!(part.len() < whole.len() && part.contains("broken"), "{format}: {part}");
    }
}

#[test]
fn man_pages_are_of_the_program_and_of_each_command() {
    let page = |args: &[&str]| run(Path::new("."), args).1;
    assert!(page(&["man"]).contains("kubereach") && page(&["--help"]).contains("\n  man "));
    let check = page(&["man", "check"]);
    assert!(check.contains("fail\\-on") && check.to_lowercase().contains("limits against hostile input"), "{check}");
    let (code, _, err) = run(Path::new("."), &["man", "chek"]);
    assert_eq!(code, Some(2));
    assert!(err.contains("did you mean 'check'?"), "{err}");
}

/// What the program offers for the last of these words, and whether files may follow.
fn offered(folder: &Path, words: &[&str]) -> (Vec<String>, bool) {
    let (code, out, err) = run(folder, &[&["__complete"][..], words].concat());
    assert_eq!(code, Some(0), "{err}");
    let mut lines: Vec<String> = out.lines().map(|line| line.split('\t').next().unwrap().to_owned()).collect();
    let directive = lines.pop().unwrap();
    (lines, directive == ":0")
}

#[test]
fn kinds_formats_codes_and_the_names_of_the_inputs_are_completed() {
    let folder = folder();
    let words = |words: &[&str]| offered(folder.path(), words).0;
    assert_eq!(words(&["check", "--kind", "HTTPR"]), ["HTTPRoute"]);
    assert_eq!(words(&["check", "--format", "ma"]), ["markdown"]);
    assert_eq!(words(&["check", "--format=ji"]), ["--format=jira"]);
    assert_eq!(words(&["check", "--for", "s"]), ["support"]);
    assert!(words(&["explain", "service/selects"]).contains(&"service/selects-no-pod".to_owned()));
    assert_eq!(words(&["check", "two.yaml", "-n", ""]), ["shop", "vault"]);
    assert_eq!(words(&["two.yaml", "-n", "s"]), ["shop"], "an input alone is checked");
    assert_eq!(words(&["check", "two.yaml", "-n", "shop", "--name", ""]), ["cart", "web"]);
    assert_eq!(words(&["check", "two.yaml", "--namespace=vault", "--name", ""]), ["web"]);
    assert_eq!(words(&["check", "two.yaml", "--kind", "Ingress", "--name", ""]), Vec::<String>::new());
    assert_eq!(words(&["trace", "two.yaml", "service/c"]), ["service/cart"]);
    let (first, files) = offered(folder.path(), &["che"]);
    assert_eq!((first, files), (vec!["check".to_owned()], true), "or a file, which is checked");
}

#[test]
fn the_scripts_of_the_shells_ask_the_program() {
    let folder = folder();
    for (shell, name) in [("bash", "kubereach.bash"), ("zsh", "_kubereach"), ("fish", "kubereach.fish")] {
        let (_, script, _) = run(folder.path(), &["completions", shell]);
        assert!(script.contains("__complete"), "{script}");
        std::fs::write(folder.path().join(name), script).unwrap();
        if plain(shell).arg("--version").output().is_err() {
            eprintln!("SKIPPED: {shell} is not there: its script was not read");
            continue;
        }
        let read = plain(shell).current_dir(folder.path()).arg("-n").arg(name).output().unwrap();
        assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    }
    for (line, reply) in [
        ("kubereach check two.yaml -n ", "shop vault"),
        ("kubereach check --kind=HTTPR", "HTTPRoute"),
        ("kubereach check two.yaml --name=c", "cart"),
        ("kubereach trac", "trace"),
        ("kubereach check two.y", "two.yaml"),
    ] {
        let script = format!(
            "source ./kubereach.bash; COMP_LINE='{line}'; COMP_POINT=${{#COMP_LINE}}; _kubereach; echo \"${{COMPREPLY[*]}}\""
        );
        let ran = shell(&script, folder.path()).output().unwrap();
        assert_eq!(
            String::from_utf8_lossy(&ran.stdout).trim(),
            reply,
            "{line}: {}",
            String::from_utf8_lossy(&ran.stderr)
        );
    }
}

/// Names of files that the README tells people to fetch are those that a release has.
#[test]
fn the_install_lines_of_the_readme_name_what_a_release_has() {
    let read = |path: &str| std::fs::read_to_string(repository().join(path)).unwrap();
    let (readme, packaging) = (read("README.md"), read("packaging/package"));
    let version = env!("CARGO_PKG_VERSION");
    let fetched: Vec<&str> = readme
        .split([' ', '\n', '='])
        .filter_map(|word| word.strip_prefix("https://github.com/kubereach/kubereach/releases/download/"))
        .collect();
    assert!(fetched.len() >= 3, "{fetched:?}");
    for file in fetched {
        let name = file.strip_prefix(&format!("v{version}/")).unwrap_or_else(|| panic!("{file} is not of {version}"));
        let known = match name.strip_prefix(&format!("kubereach-{version}-")) {
            Some(archive) => {
                let target = archive.trim_end_matches(".tar.gz").trim_end_matches(".zip");
                packaging.contains(&format!("\"{target}\": {{"))
            }
            None if name.ends_with(".deb") => name == format!("kubereach_{version}_amd64.deb"),
            None => ["kubereach.rb", "reach.yaml", "SHA256SUMS"].contains(&name) && packaging.contains(name),
        };
        assert!(known, "no release has {name}");
    }
    let first = readme.find("releases/download").unwrap();
    assert!(first < readme.find("cargo run").unwrap(), "first what needs no toolchain");
}
