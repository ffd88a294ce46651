// Tasks of one function do not know of each other: modules, module state and environment are their own.

import assert from "node:assert/strict";
import module from "node:module";
import { test } from "node:test";
import { allInline, allRemote, applicationOf, deploy } from "./support/groupings.mjs";

/** Counts how often it was used, in each of the ways in which a module can be reached. */
const SHARED = {
  "lib/count.cjs": "exports.count = 0;",
  "lib/state.mjs": "export const state = { count: 0 };",
  "lib/nested.mjs": `import { state } from "./state.mjs"; import common from "./count.cjs";
    export const use = () => [++state.count, ++common.count];`,
  "lib/data.json": `{ "value": 1 }`,
};

const COMMON_JS = `const common = require("../../lib/count.cjs");
exports.handler = async (event, call) => {
  const again = require("../../lib/count.cjs") === common;
  const own = [++common.count, again, require("./local.js")];
  return call && event.next ? [own, ...await call(event.next, {})] : [own];
}`;

test("CommonJS modules, shared folders and equal names among them, are each task's own", async (t) => {
  const application = applicationOf(
    { A: COMMON_JS, B: COMMON_JS },
    {
      files: {
        ...SHARED,
        "tasks/A/local.js": `module.exports = "A"`,
        "tasks/B/local.js": `module.exports = "B"`,
      },
    },
  );
  for (const groups of [allRemote(application), allInline(application)]) {
    const lambda = await deploy(t, application, groups);
    await lambda.invoke("test-A", { next: "B" });
    assert.deepEqual((await lambda.invoke("test-A", { next: "B" })).value, [
      [2, true, "A"],
      [2, true, "B"],
    ]);
  }
});

const ES_MODULE = `import { use } from "../../lib/nested.mjs";
import { state } from "../../lib/state.mjs";
import data from "../../lib/data.json" with { type: "json" };
export const handler = async (event, call) => {
  const later = await import("../../lib/state.mjs");
  const own = [...use(), later.state === state, data.value++];
  return event.next ? [own, ...await call(event.next, {})] : [own];
};`;

test("ES modules, what they import and import later, are each task's own", async (t) => {
  const application = applicationOf({ A: "", B: "" }, { files: SHARED });
  for (const name of ["A", "B"]) {
    delete application.files[`tasks/${name}/handler.js`];
    application.files[`tasks/${name}/handler.mjs`] = ES_MODULE.replace(
      "data.value++",
      "data.value",
    );
  }
  for (const groups of [allRemote(application), allInline(application)]) {
    const lambda = await deploy(t, application, groups);
    await lambda.invoke("test-A", { next: "B" });
    assert.deepEqual((await lambda.invoke("test-A", { next: "B" })).value, [
      [2, 2, true, 1],
      [2, 2, true, 1],
    ]);
  }
});

test(
  "ES modules that CommonJS imports are each task's own",
  { skip: typeof module.registerHooks !== "function" && "needs module.registerHooks" },
  async (t) => {
    const source = `exports.handler = async (event, call) => {
      const { use } = await import("../../lib/nested.mjs");
      return event.next ? [use(), ...await call(event.next, {})] : [use()];
    }`;
    const application = applicationOf({ A: source, B: source }, { files: SHARED });
    const lambda = await deploy(t, application, allInline(application));
    assert.deepEqual((await lambda.invoke("test-A", { next: "B" })).value, [
      [1, 1],
      [1, 1],
    ]);
  },
);

test("a package of type module and nested exports are found as in Lambda", async (t) => {
  const application = applicationOf(
    {
      A: `export default { deep: { run: async (event, call) => [typeof require, await call("B")] } };`,
      B: `module.exports = { run: { it: async () => __dirname.endsWith("tasks/B/src") } };`,
    },
    {
      files: { "tasks/A/package.json": `{ "type": "module" }` },
      tasks: { A: { handler: "handler.deep.run" }, B: { handler: "src/main.run.it" } },
    },
  );
  application.files["tasks/B/src/main.js"] = application.files["tasks/B/handler.js"];
  const lambda = await deploy(t, application, allInline(application));
  assert.deepEqual((await lambda.invoke("test-A")).value, ["undefined", true]);
});

const VIEW = `const { env } = require("node:process");
const { Worker } = require("node:worker_threads");
const { execFileSync } = require("node:child_process");
const atLoad = process.env.TABLE;
const names = () => Object.keys(process.env).filter((name) => /TABLE|PLAIN|WRITTEN/.test(name)).sort();
const inWorker = () => new Promise((done) => new Worker("require('node:worker_threads').parentPort.postMessage(process.env.TABLE ?? null)", { eval: true }).once("message", done));
exports.handler = async (event, call) => {
  const inside = event.next ? call(event.next, {}) : [];
  await null;
  process.env.WRITTEN = event.next ? 1 : 2;
  delete process.env.PLAIN;
  await new Promise((done) => setTimeout(done, 10));
  const own = {
    atLoad, now: process.env.TABLE, env: env.TABLE, names: names(), written: process.env.WRITTEN, has: "TABLE" in process.env,
    worker: await inWorker(), child: execFileSync("/bin/sh", ["-c", "echo $TABLE"]).toString().trim(),
  };
  return [own, ...await inside];
};`;

test("each task sees its own variables, while it is loaded, while it runs, and in what it starts", async (t) => {
  const application = applicationOf(
    { A: VIEW, B: VIEW },
    {
      tasks: { A: { environment: { TABLE: "TABLE" } }, B: { environment: { TABLE: "B__TABLE" } } },
    },
  );
  const lambda = await deploy(t, application, allInline(application), {
    TABLE: "a",
    B__TABLE: "b",
    PLAIN: "x",
  });
  const own = (value, written) => ({
    atLoad: value,
    now: value,
    env: value,
    names: ["TABLE", "WRITTEN"],
    written,
    has: true,
    worker: value,
    child: value,
  });
  assert.deepEqual((await lambda.invoke("test-A", { next: "B" })).value, [
    own("a", "1"),
    own("b", "2"),
  ]);
});

test("a task does not see a variable that only another has", async (t) => {
  const source = `exports.handler = async (event, call) => [process.env.TABLE ?? null, process.env.PLAIN, ...(event.next ? await call(event.next, {}) : [])];`;
  const application = applicationOf(
    { A: source, B: source },
    { tasks: { A: { environment: { TABLE: "TABLE" } } } },
  );
  const lambda = await deploy(t, application, allInline(application), { TABLE: "a", PLAIN: "x" });
  assert.deepEqual((await lambda.invoke("test-A", { next: "B" })).value, ["a", "x", null, "x"]);
});

test("a task that replaces process.env replaces its own", async (t) => {
  const application = applicationOf({
    A: `exports.handler = async (event, call) => { process.env = { ONLY: "A" }; return [Object.keys(process.env), await call("B")]; }`,
    B: `exports.handler = async () => process.env.PLAIN`,
  });
  const lambda = await deploy(t, application, allInline(application), { PLAIN: "x" });
  assert.deepEqual((await lambda.invoke("test-A")).value, [["ONLY"], "x"]);
});
