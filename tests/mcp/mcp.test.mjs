// The MCP server against the protocol's own tools: the conformance suite over HTTP on loopback, the inspector over
// standard input and output.
import assert from "node:assert/strict";
import { execFile, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync } from "node:fs";
import http from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { after, before, test } from "node:test";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";

const here = (path) => fileURLToPath(new URL(path, import.meta.url));
const program = process.env.KUBEREACH ?? here("../../target/debug/kubereach");
const bundle = here("../../fixtures/bundles/troubleshoot/input/support-bundle-2026-01-02T03_04_05.tar.gz");
const conformance = here("node_modules/@modelcontextprotocol/conformance/dist/index.js");
const inspector = here("node_modules/@modelcontextprotocol/inspector/clients/launcher/build/index.js");

// What both write stays out of the repository, and they read nobody's settings.
const folder = mkdtempSync(join(tmpdir(), "kubereach-mcp-"));
const environment = { PATH: process.env.PATH, HOME: folder, NO_COLOR: "1" };
const run = (script, ...words) =>
  promisify(execFile)(process.execPath, [script, ...words], { cwd: folder, env: environment, timeout: 60_000, maxBuffer: 1 << 24 });

let server;
let door;
let url;

before(async () => {
  server = spawn(program, ["mcp", bundle, "--http", "127.0.0.1:0"], { stdio: ["ignore", "ignore", "pipe"], env: environment });
  const said = createInterface({ input: server.stderr })[Symbol.asyncIterator]();
  const address = new URL((await said.next()).value.match(/http:\S+/)[0]);
  const [, token] = (await said.next()).value.match(/Bearer (\w+)/);
  // The suite knows no tokens: this door adds it, and passes everything else on as it came.
  door = http.createServer((request, response) => {
    const headers = { ...request.headers, authorization: `Bearer ${token}` };
    const own = http.request({ host: address.hostname, port: address.port, path: request.url, method: request.method, headers });
    own.on("response", (answer) => {
      response.writeHead(answer.statusCode, answer.headers);
      response.flushHeaders();
      answer.pipe(response);
    });
    own.on("error", () => response.destroy());
    response.on("close", () => own.destroy());
    request.pipe(own);
  });
  door.listen(0, "127.0.0.1");
  await once(door, "listening");
  url = `http://127.0.0.1:${door.address().port}/mcp`;
});

after(() => {
  server?.kill();
  door?.close();
  door?.closeAllConnections();
});

// The others call tools and read resources that only the suite's own example server has.
const scenarios = [
  "server-initialize",
  "ping",
  "logging-set-level",
  "completion-complete",
  "tools-list",
  "resources-list",
  "prompts-list",
  "server-sse-multiple-streams",
  "dns-rebinding-protection",
];

for (const scenario of scenarios) {
  test(`the suite's ${scenario} passes`, async () => {
    const { stdout } = await run(conformance, "server", "--url", url, "--scenario", scenario, "-o", folder);
    assert.match(stdout, /Passed: [1-9]\d*\/\d+/);
    assert.match(stdout, /, 0 failed/);
  });
}

// Everything the inspector gets is as the schemas of its SDK say; what it cannot read it refuses.
const inspect = async (...words) =>
  JSON.parse((await run(inspector, "--cli", program, "mcp", bundle, "--format", "json", ...words)).stdout);

test("the inspector lists the tools and finds nothing wrong with their schemas", async () => {
  const { tools } = await inspect("--method", "tools/list", "--strict");
  assert.deepEqual(
    tools.map(({ name }) => name),
    ["sources", "overview", "diagnose", "request", "can_reach", "coverage", "explain", "plan"],
  );
});

test("the inspector calls a tool, whose answer fits its schema", async () => {
  const words = ["--method", "tools/call", "--tool-name", "diagnose"];
  const answer = await inspect(...words, "--tool-arg", "kind=Service", "namespace=shop", "name=cart");
  assert.equal(answer.structuredContent.verdict, "broken");
});

test("the inspector lists and reads resources, and lists and gets prompts", async () => {
  const { resources } = await inspect("--method", "resources/list");
  assert.equal(resources.length, 2);
  const { contents } = await inspect("--method", "resources/read", "--uri", resources[0].uri);
  assert.equal(JSON.parse(contents[0].text).schema, "kubereach/report/v1");
  const { prompts } = await inspect("--method", "prompts/list");
  assert.equal(prompts.length, 3);
  const words = ["--prompt-name", "why_unreachable", "--prompt-args", "kind=Service", "namespace=shop", "name=cart"];
  const { messages } = await inspect("--method", "prompts/get", ...words);
  assert.match(messages[0].content.text, /Service shop\/cart/);
});
