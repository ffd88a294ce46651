// What a function writes of itself.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { describe, test } from "node:test";
import { setTimeout } from "node:timers/promises";
import { Recorder } from "../src/telemetry/recorder.mjs";
import {
  allInline,
  allRemote,
  applicationOf,
  deploy,
  telemetryOf,
  valuesOf,
} from "./support/groupings.mjs";

const CONTRACT = JSON.parse(
  readFileSync(new URL("../../../testdata/contract/telemetry.json", import.meta.url), "utf8"),
);

/** Every line has the form of EMF and the dimensions of the contract. */
function checkLines(telemetry) {
  assert.ok(telemetry.length > 0);
  for (const { _aws, ...targets } of telemetry) {
    const [{ Namespace, Dimensions, Metrics }, ...others] = _aws.CloudWatchMetrics;
    assert.deepEqual([Namespace, others, Dimensions.length], [CONTRACT.namespace, [], 1]);
    assert.ok(Number.isInteger(_aws.Timestamp));
    const [names] = Dimensions;
    for (const { Name, Unit } of Metrics) {
      const { unit, dimensions } = CONTRACT.metrics.find(({ name }) => name === Name);
      assert.equal(Unit, unit);
      assert.deepEqual(names, [...CONTRACT.dimensions, ...dimensions]);
      assert.ok(targets[Name].length >= 1 && targets[Name].length <= CONTRACT.max_values_per_line);
      assert.ok(targets[Name].every((value) => value >= 0 && Number.isFinite(value)));
    }
    assert.deepEqual(
      Object.keys(targets).sort(),
      [...names, ...Metrics.map(({ Name }) => Name)].sort(),
    );
    assert.ok(names.every((name) => typeof targets[name] === "string"));
  }
}

const CHAIN = applicationOf({
  A: `exports.handler = async (event, call) => {
    await call("D", {}, false);
    const [b, c] = await Promise.allSettled([call("B"), call("C")]);
    return [b.value, c.reason.message];
  }`,
  B: `exports.handler = async () => { await new Promise((done) => setTimeout(done, 40)); return "B"; }`,
  C: `exports.handler = async () => { throw new Error("C"); }`,
  D: `exports.handler = async () => {}`,
});

async function measured(t, application, groups, invocations, variables) {
  const lambda = await deploy(t, application, groups, variables);
  for (let count = 0; count < invocations; count += 1) {
    await lambda.invoke("test-A");
    await lambda.idle();
  }
  return { lambda, telemetry: () => telemetryOf(lambda.output) };
}

describe("a request", () => {
  for (const [path, groups] of [
    ["remote", allRemote(CHAIN)],
    ["inline", allInline(CHAIN)],
  ]) {
    test(`is measured by task and call, ${path}`, async (t) => {
      const run = await measured(t, CHAIN, groups, 3, { FUSION_FLUSH_SECONDS: "0" });
      await run.lambda.stopEnvironments("SIGTERM");
      const telemetry = run.telemetry();
      checkLines(telemetry);
      const values = (metric, dimensions) => valuesOf(telemetry, metric, dimensions);
      assert.equal(values("RequestLatency", { Entrypoint: "A", Function: "A" }).length, 3);
      assert.equal(values("RequestLatency").length, 3);
      for (const Task of ["A", "B", "C", "D"]) {
        assert.equal(values("TaskSelfTime", { Task }).length, 3, Task);
        assert.equal(values("TaskWaitTime", { Task }).length, 3, Task);
      }
      assert.deepEqual(values("TaskErrors", { Task: "C" }), [1, 1, 1]);
      assert.equal(values("TaskErrors").length, 3);
      for (const [Callee, Mode, Path] of [
        ["B", "sync", path],
        ["C", "sync", path],
        ["D", "async", "remote"],
      ]) {
        const call = { Caller: "A", Callee, Mode, Path };
        assert.equal(values("CallLatency", call).length, 3, Callee);
        assert.equal(values("CallWait", call).length, Mode === "sync" ? 3 : 0, Callee);
      }
      const sum = (list) => list.reduce((total, value) => total + value, 0);
      const waited = sum(values("TaskWaitTime", { Task: "A" }));
      assert.ok(Math.abs(sum(values("CallWait", { Caller: "A" })) - waited) < 0.1);
      assert.equal(values("MemoryUsed", { Function: "A" }).length, 3);
    });
  }

  test("that is not sampled leaves nothing but INIT", async (t) => {
    const run = await measured(t, CHAIN, allRemote(CHAIN), 2, {
      FUSION_FLUSH_SECONDS: "0",
      FUSION_SAMPLING: "0/1",
    });
    await run.lambda.stopEnvironments("SIGTERM");
    const telemetry = run.telemetry();
    checkLines(telemetry);
    const named = telemetry.flatMap(({ _aws }) =>
      _aws.CloudWatchMetrics[0].Metrics.map(({ Name }) => Name),
    );
    assert.deepEqual(new Set(named), new Set(["InitDuration"]));
    assert.equal(valuesOf(telemetry, "InitDuration", { Function: "A" }).length, 1);
  });

  test("of a caller with an envelope starts no trace, and is sampled as it says", async (t) => {
    const lambda = await deploy(t, CHAIN, allInline(CHAIN), { FUSION_FLUSH_SECONDS: "0" });
    const envelope = { trace: "0".repeat(32), caller: "Z", sampled: true };
    await lambda.invoke("test-B", { $fusion: envelope, event: {} });
    await lambda.invoke("test-C", { $fusion: { ...envelope, sampled: false }, event: {} });
    await lambda.stopEnvironments("SIGTERM");
    const telemetry = telemetryOf(lambda.output);
    assert.equal(valuesOf(telemetry, "TaskSelfTime", { Task: "B" }).length, 1);
    assert.equal(valuesOf(telemetry, "TaskSelfTime", { Task: "C" }).length, 0);
    assert.equal(valuesOf(telemetry, "RequestLatency").length, 0);
  });
});

describe("values are written", () => {
  const ALONE = applicationOf({ A: "exports.handler = async () => 1" });

  test("at the end of the first invocation, and then as often as the function is told", async (t) => {
    const run = await measured(t, ALONE, [["A"]], 20, { FUSION_FLUSH_SECONDS: "60" });
    await run.lambda.stopEnvironments("SIGKILL");
    assert.equal(valuesOf(run.telemetry(), "TaskSelfTime").length, 1);
  });

  test("when they have waited long enough, though no further invocation comes", async (t) => {
    const run = await measured(t, ALONE, [["A"]], 3, { FUSION_FLUSH_SECONDS: "1" });
    // However slow the machine is: the test's own limit ends the waiting.
    while (valuesOf(run.telemetry(), "TaskSelfTime").length < 3) {
      await setTimeout(50);
    }
  });

  test("when a hundred of a metric wait", async (t) => {
    const run = await measured(t, ALONE, [["A"]], 101, { FUSION_FLUSH_SECONDS: "60" });
    // After the answer of the last one; the test's own limit ends the waiting.
    while (valuesOf(run.telemetry(), "TaskSelfTime").length < 101) {
      await setTimeout(50);
    }
  });

  test("when the environment is stopped", async (t) => {
    const run = await measured(t, ALONE, [["A"]], 5, { FUSION_FLUSH_SECONDS: "60" });
    await run.lambda.stopEnvironments("SIGTERM");
    assert.equal(valuesOf(run.telemetry(), "TaskSelfTime").length, 5);
  });

  test("a hundred of a metric a line at most, those of one dimension set together", () => {
    const lines = [];
    const recorder = new Recorder([["Application", "a"]], (line) => lines.push(JSON.parse(line)));
    for (let count = 0; count < 250; count += 1) {
      recorder.record("TaskSelfTime", count + 0.00049, ["Task", "A"]);
    }
    recorder.record("TaskWaitTime", 1, ["Task", "A"]);
    recorder.record("TaskWaitTime", 2, ["Task", "B"]);
    assert.equal(recorder.isFull, true);
    recorder.flush();
    const counts = lines.map(({ Task, TaskSelfTime = [], TaskWaitTime = [] }) => [
      Task,
      TaskSelfTime.length,
      TaskWaitTime.length,
    ]);
    assert.deepEqual(counts, [
      ["A", 100, 1],
      ["A", 100, 0],
      ["A", 50, 0],
      ["B", 0, 1],
    ]);
    assert.equal(lines[0].TaskSelfTime[1], 1);
    assert.deepEqual([recorder.isFull, recorder.isWaiting], [false, false]);
  });
});
