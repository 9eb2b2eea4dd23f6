//! Two network namespaces with a cable between them: in one the servers (and this test), in the other
//! the prober, with a resolver configuration of its own.

use std::io::{BufRead, BufReader, Write};
use std::net::{SocketAddr, TcpStream};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::Mutex;
use std::time::Duration;

use kubereach_prober::Observations;
use kubereach_prober::observations::ResultRow;
use kubereach_prober::plan::{Plan, Target};
use kubereach_prober::words::Protocol;
use tempfile::TempDir;

/// Set within the namespace.
const INSIDE: &str = "KUBEREACH_TEST_NAMESPACE";
/// Root within, nobody outside; mounts are private too.
const NAMESPACE: [&str; 3] = ["--map-root-user", "--net", "--mount"];

/// The servers' side has 10.9.0.0/17, `fd00:9::1`, `::53` and `::80`; nobody has the other half of
/// 10.9.0.0/16. The prober's side is 10.9.255.1 and `fd00:9::ffff:1`.
const CABLE: &str = "
ip link set lo up
ip link add server type veth peer name client netns $CLIENT
ip addr add 10.9.0.1/16 dev server
for last in 1 53 80; do ip addr add fd00:9::$last/64 dev server nodad; done
ip link set server up
ip route add local 10.9.0.0/17 dev lo
nsenter --net --target $CLIENT sh -ec '
  ip link set lo up
  ip addr add 10.9.255.1/16 dev client
  ip addr add fd00:9::ffff:1/64 dev client nodad
  ip link set client up
  ip route add default via 10.9.0.1
'";

/// The two namespaces, from within the servers'.
pub(crate) struct World {
    directory: TempDir,
    client: Child,
    servers: Mutex<Vec<Child>>,
}

impl World {
    /// Run the calling test in namespaces of its own. Outside there is none: the test is run once more
    /// within, and what it says there counts. `programs` are those it needs.
    pub(crate) fn enter(module: &str, test: &str, programs: &[&str]) -> Option<Self> {
        if std::env::var_os(INSIDE).is_some() {
            return Some(Self::make());
        }
        let path = module.split_once("::").map_or(test.to_owned(), |(_, module)| format!("{module}::{test}"));
        if let Some(why) = impossible(programs) {
            assert!(std::env::var_os("KUBEREACH_REQUIRE_NETWORK").is_none(), "{path}: {why}");
            // Not through `eprintln`, which the test harness keeps to itself.
            let _ = writeln!(std::io::stderr(), "SKIPPED {path}: {why}");
            return None;
        }
        let output = Command::new("unshare")
            .args(NAMESPACE)
            .arg(std::env::current_exe().unwrap())
            .args(["--exact", &path, "--nocapture"])
            .env(INSIDE, "1")
            .stdin(Stdio::null())
            .output()
            .unwrap();
        let said = String::from_utf8_lossy(&output.stdout);
        let passed = output.status.success() && said.contains("1 passed");
        assert!(passed, "within the namespace:\n{said}\n{}", String::from_utf8_lossy(&output.stderr));
        None
    }

    fn make() -> Self {
        let directory = TempDir::new().unwrap();
        let resolver = directory.path().join("resolv.conf");
        std::fs::write(&resolver, "").unwrap();
        let mut client = Command::new("unshare")
            .args(["--net", "--mount", "sh", "-c"])
            // It lives as long as its standard input is open, that is as long as this process.
            .arg("mount --bind \"$RESOLVER\" /etc/resolv.conf && echo ready && exec cat >/dev/null")
            .env("RESOLVER", &resolver)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .unwrap();
        let mut ready = String::new();
        BufReader::new(client.stdout.take().unwrap()).read_line(&mut ready).unwrap();
        assert_eq!(ready, "ready\n");
        let world = Self { directory, client, servers: Mutex::default() };
        world.here(CABLE);
        world
    }

    /// Shell lines on the servers' side.
    pub(crate) fn here(&self, script: &str) {
        let status =
            Command::new("sh").args(["-ec", script]).env("CLIENT", self.client.id().to_string()).status().unwrap();
        assert!(status.success(), "{script}");
    }

    /// Shell lines on the prober's side.
    pub(crate) fn there(&self, script: &str) {
        let status = self.inside("sh").args(["-ec", script]).status().unwrap();
        assert!(status.success(), "{script}");
    }

    /// A program on the prober's side.
    fn inside(&self, program: &str) -> Command {
        let mut command = Command::new("nsenter");
        command.args(["--net", "--mount", "--target", &self.client.id().to_string(), "--", program]);
        command
    }

    /// The prober's `/etc/resolv.conf`.
    pub(crate) fn resolver(&self, text: &str) {
        // In place: what is mounted is this very file.
        std::fs::write(self.directory.path().join("resolv.conf"), text).unwrap();
    }

    /// A place for a file.
    pub(crate) fn file(&self, name: &str, text: &str) -> PathBuf {
        let path = self.directory.path().join(name);
        std::fs::write(&path, text).unwrap();
        path
    }

    /// The text of a file that a server wrote.
    pub(crate) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.directory.path().join(name)).unwrap_or_default()
    }

    /// Start a server, and wait until it listens.
    pub(crate) fn start(&self, command: &mut Command, listens: &str) {
        let log = std::fs::File::create(self.directory.path().join("server.log")).unwrap();
        let mut child = command
            .current_dir(self.directory.path())
            .stdin(Stdio::null())
            .stdout(log.try_clone().unwrap())
            .stderr(log)
            .spawn()
            .unwrap();
        let address: SocketAddr = listens.parse().unwrap();
        let mut listening = false;
        for _ in 0..600 {
            listening = TcpStream::connect_timeout(&address, Duration::from_secs(1)).is_ok();
            if listening || !matches!(child.try_wait(), Ok(None)) {
                break;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        self.servers.lock().unwrap().push(child);
        if listening {
            return;
        }
        panic!("{command:?} does not listen at {listens}: {}", self.read("server.log"));
    }

    /// nginx with these `server` blocks, on the servers' side.
    pub(crate) fn nginx(&self, servers: &str, listens: &str) {
        let configuration = self.nginx_configuration(servers, "nginx");
        self.start(Command::new("nginx").arg("-c").arg(configuration), listens);
    }

    /// nginx on the prober's side, once it has its ports.
    pub(crate) fn nginx_there(&self, servers: &str) {
        let configuration = self.nginx_configuration(servers, "beside");
        let mut command = self.inside("nginx");
        let child = command.arg("-c").arg(configuration).stdin(Stdio::null()).stderr(Stdio::null()).spawn().unwrap();
        self.servers.lock().unwrap().push(child);
        self.there("for _ in $(seq 100); do ss -Hltn | grep -q 15006 && exit 0; sleep 0.1; done; exit 1");
    }

    /// One process that stays in front and writes nowhere but here.
    fn nginx_configuration(&self, servers: &str, name: &str) -> PathBuf {
        let at = self.directory.path().display();
        let temporary: String = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"]
            .iter()
            .map(|kind| format!("{kind}_temp_path {at}/{name}-{kind};\n"))
            .collect();
        self.file(
            &format!("{name}.conf"),
            &format!(
                "user root; daemon off; master_process off; pid {at}/{name}.pid; error_log {at}/{name}.err;\n\
                 events {{}}\nhttp {{\naccess_log {at}/{name}.log;\n{temporary}{servers}\n}}\n"
            ),
        )
    }

    /// The prober, ready to be given a plan on its standard input.
    pub(crate) fn prober(&self) -> Command {
        let mut command = self.inside(env!("CARGO_BIN_EXE_kubereach-prober"));
        command.env_remove("KUBEREACH_PLAN").env_remove("KUBERNETES_SERVICE_HOST").arg("--bare").arg("-");
        command
    }

    /// Run a plan in the pod that this side stands for.
    pub(crate) fn measure(&self, plan: &Plan) -> Observations {
        measured_by(self.prober().args(["--vantage", "in-cluster"]), plan)
    }

    /// Run a plan, and hold every row against what is expected of it: `outcome class`.
    pub(crate) fn expect(&self, mut plan: Plan, asked: Vec<(&str, Target, &str)>) -> Vec<ResultRow> {
        let expected: Vec<String> = asked.iter().map(|(what, _, verdict)| format!("{what}: {verdict}")).collect();
        plan.targets = asked
            .into_iter()
            .map(|(what, mut target, _)| {
                target.id = what.to_owned();
                target
            })
            .collect();
        let rows = self.measure(&plan).results;
        let seen: Vec<String> =
            rows.iter().map(|row| format!("{}: {} {}", row.target, row.outcome, row.class)).collect();
        let different: Vec<&ResultRow> =
            rows.iter().zip(seen.iter().zip(&expected)).filter(|(_, (a, b))| a != b).map(|(row, _)| row).collect();
        assert_eq!(seen, expected, "{different:#?}");
        rows
    }
}

impl Drop for World {
    fn drop(&mut self) {
        for child in self.servers.get_mut().unwrap().iter_mut().chain([&mut self.client]) {
            let _ = child.kill();
            let _ = child.wait();
        }
    }
}

/// Feed a plan to a prober and read what it printed.
pub(crate) fn measured_by(command: &mut Command, plan: &Plan) -> Observations {
    let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    child.stdin.take().unwrap().write_all(&serde_json::to_vec(plan).unwrap()).unwrap();
    let output = child.wait_with_output().unwrap();
    assert_eq!(output.status.code(), Some(0), "{}", String::from_utf8_lossy(&output.stderr));
    Observations::parse(&output.stdout).unwrap().observations
}

/// Why no such network can be made here.
fn impossible(programs: &[&str]) -> Option<String> {
    let missing: Vec<&str> = ["unshare", "nsenter", "ip"]
        .iter()
        .chain(programs)
        .copied()
        .filter(|program| !Command::new("which").arg(program).output().is_ok_and(|o| o.status.success()))
        .collect();
    if !missing.is_empty() {
        return Some(format!("not installed: {}", missing.join(", ")));
    }
    let output = Command::new("unshare")
        .args(NAMESPACE)
        .args(["ip", "link", "add", "left", "type", "veth", "peer", "name", "right"])
        .output();
    match output {
        Ok(output) if output.status.success() => None,
        Ok(output) => Some(format!("no namespace may be made: {}", String::from_utf8_lossy(&output.stderr).trim())),
        Err(error) => Some(format!("no namespace may be made: {error}")),
    }
}

/// Limits for a quick network without losses.
pub(crate) fn plan() -> Plan {
    let mut plan = Plan::new("");
    plan.limits.timeout_ms = 2_500;
    plan.limits.connect_ms = 1_500;
    plan.limits.tls_ms = 1_500;
    plan.limits.dns_ms = 700;
    plan.limits.retry_ms = 10;
    plan.limits.total_ms = 60_000;
    plan
}

/// A dial of an address and a port.
pub(crate) fn dial(protocol: Protocol, peer: &str) -> Target {
    crate::common::live::target(protocol, peer.parse().unwrap())
}

/// A question to the resolver.
pub(crate) fn named(protocol: Protocol, name: &str) -> Target {
    let mut target = Target::new("name", crate::common::FRONT_DOOR, protocol);
    target.name = Some(name.to_owned());
    target
}
