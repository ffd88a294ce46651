// Asynchronous calls: accepted, not awaited, and never lost.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { allInline, allRemote, applicationOf, deploy } from "./support/groupings.mjs";
import { temporaryFolder } from "./support/package.mjs";

const EFFECT = `const { appendFileSync } = require("node:fs");
exports.effect = (text) => appendFileSync(process.env.EFFECTS, text + "\\n");`;

function effects(file) {
  try {
    return readFileSync(file, "utf8").split("\n").filter(Boolean).sort();
  } catch {
    return [];
  }
}

async function run(t, application, groups) {
  const file = path.join(temporaryFolder(t), "effects");
  const lambda = await deploy(t, application, groups, { EFFECTS: file });
  const answer = await lambda.invoke("test-A");
  const atAnswer = effects(file);
  await lambda.idle();
  return { answer, atAnswer, effects: effects(file), requests: lambda.requests, lambda };
}

// Slow enough that the caller's answer, on a busy machine too, is there before.
const SLOW = `const { effect } = require("../../lib/effect.js");
exports.handler = async (event) => { await new Promise((done) => setTimeout(done, 500)); effect("B " + JSON.stringify(event)); return "unseen"; }`;
const LIB = { "lib/effect.js": EFFECT };

for (const inlineAsync of [false, true]) {
  for (const [form, groupsOf] of Object.entries({ remote: allRemote, inline: allInline })) {
    const isInline = inlineAsync && form === "inline";

    test(`an async call resolves to nothing, once accepted: ${form}, inline_async ${inlineAsync}`, async (t) => {
      const A = `exports.handler = async (event, call) => { const got = await call("B", { n: 1 }, false); return { got: String(got) }; }`;
      const application = applicationOf({ A, B: SLOW }, { files: LIB, inline_async: inlineAsync });
      const seen = await run(t, application, groupsOf(application));
      assert.deepEqual(seen.answer, { isError: false, value: { got: "undefined" } });
      // Work inside the process ends before the answer: afterwards Lambda may freeze it.
      assert.deepEqual(seen.atAnswer, isInline ? ['B {"n":1}'] : []);
      assert.deepEqual(seen.effects, ['B {"n":1}']);
      assert.deepEqual(
        seen.requests.map(({ name, type }) => [name, type]),
        isInline ? [] : [["test-B", "Event"]],
      );
    });

    test(`calls that nobody awaits are made all the same: ${form}, inline_async ${inlineAsync}`, async (t) => {
      const A = `exports.handler = async (event, call) => { call.async("B", 1); call.sync("B", 2); call("C"); return "left"; }`;
      const C = `exports.handler = async (event, call) => { call.async("B", 3); throw new Error("C"); }`;
      const application = applicationOf(
        { A, B: SLOW, C },
        { files: LIB, inline_async: inlineAsync },
      );
      const seen = await run(t, application, groupsOf(application));
      assert.deepEqual(seen.answer, { isError: false, value: "left" });
      assert.deepEqual(seen.effects, ["B 1", "B 2", "B 3"]);
    });
  }
}

test("an async callee's failure is not the caller's", async (t) => {
  const application = applicationOf({
    A: `exports.handler = async (event, call) => { await call.async("B"); return 1; }`,
    B: `exports.handler = async () => { throw new Error("later"); }`,
  });
  for (const groups of [allRemote(application), allInline(application)]) {
    assert.deepEqual((await run(t, application, groups)).answer, { isError: false, value: 1 });
  }
});

test("a failed event that ran inside is handed to its own function, which tries it again", async (t) => {
  const application = applicationOf(
    {
      A: `exports.handler = async (event, call) => { await call.async("B", 5); return 1; }`,
      B: `const { effect } = require("../../lib/effect.js");
        exports.handler = async (event) => { effect(process.env.AWS_LAMBDA_FUNCTION_NAME + event); if (process.env.AWS_LAMBDA_FUNCTION_NAME === "test-A") throw new Error("here"); }`,
    },
    { files: LIB, inline_async: true },
  );
  const seen = await run(t, application, allInline(application));
  assert.deepEqual(seen.answer, { isError: false, value: 1 });
  assert.deepEqual(seen.effects, ["test-A5", "test-B5"]);
});

test("an event that is not accepted fails the call", async (t) => {
  const application = applicationOf({
    A: `exports.handler = async (event, call) => call.async("Nobody").catch((error) => error.name)`,
  });
  const seen = await run(t, application, allRemote(application));
  assert.deepEqual(seen.answer, { isError: false, value: "ResourceNotFoundException" });
});
