// Self time, waiting and its shares, on a clock of the test's own.

import assert from "node:assert/strict";
import { test } from "node:test";
import { CpuMeter } from "../src/telemetry/cpu-meter.mjs";
import { Span } from "../src/telemetry/span.mjs";

/** A span of task A whose clock shows what `at` is told; `seen()` is what it recorded, by metric and callee. */
function spanOfA(t) {
  let nowMs = 0;
  t.mock.method(performance, "now", () => nowMs);
  const recorded = {};
  const record = (metric, value, ...dimensions) => {
    const callee = dimensions.find(([name]) => name === "Callee")?.[1];
    recorded[callee ? `${metric} ${callee}` : metric] = value;
  };
  const meter = new CpuMeter(
    () => 0,
    () => undefined,
  );
  const span = new Span("A", { record }, meter);
  const at = (ms) => {
    nowMs = ms;
    return span;
  };
  return { at, seen: () => recorded };
}

test("calls in sequence are waited for one after another", (t) => {
  const { at, seen } = spanOfA(t);
  const b = at(10).callStarted("B", true, true);
  at(30);
  b.end();
  const c = at(35).callStarted("C", true, false);
  at(75);
  c.end();
  at(80).end(false);
  assert.deepEqual(seen(), {
    "CallWait B": 20,
    "CallLatency B": 20,
    "CallWait C": 40,
    "CallLatency C": 40,
    TaskSelfTime: 20,
    TaskWaitTime: 60,
    TaskCpuTime: 0,
  });
});

test("calls at the same time share the waiting, and their shares sum to it", (t) => {
  const { at, seen } = spanOfA(t);
  const b = at(0).callStarted("B", true, true);
  const c = at(10).callStarted("C", true, true);
  at(30);
  b.end();
  at(70);
  c.end();
  at(75).end(true);
  const { "CallWait B": waitB, "CallWait C": waitC, TaskWaitTime: wait } = seen();
  assert.deepEqual([waitB, waitC, wait], [20, 50, 70]);
  assert.deepEqual([seen()["CallLatency B"], seen()["CallLatency C"]], [30, 60]);
  assert.deepEqual([seen().TaskSelfTime, seen().TaskErrors], [5, 1]);
});

test("an async call is no waiting, and what outlasts the run is waited for until its end", (t) => {
  const { at, seen } = spanOfA(t);
  const d = at(0).callStarted("D", false, false);
  at(8);
  d.end();
  const b = at(10).callStarted("B", true, false);
  at(15).end(false);
  at(50);
  b.end();
  at(60).end(true);
  assert.deepEqual(seen(), {
    "CallLatency D": 8,
    "CallLatency B": 40,
    "CallWait B": 5,
    TaskSelfTime: 10,
    TaskWaitTime: 5,
    TaskCpuTime: 0,
  });
});
