import assert from "node:assert/strict";
import { test } from "node:test";
import { isSampled, newTrace, parseSampling, SAMPLE_ALL } from "../src/sampling.mjs";

const HOUR_MS = 3_600_000;

test("share and hours are read; what is malformed samples everything", () => {
  assert.deepEqual(parseSampling("0.25/6"), { share: 0.25, hours: 6 });
  assert.deepEqual(parseSampling("0/1"), { share: 0, hours: 1 });
  for (const text of [undefined, "", "1/1", "2/1", "0.5", "0.5/0", "-1/1", "x/y", "0.5/1 "]) {
    assert.deepEqual(parseSampling(text), SAMPLE_ALL, text);
  }
});

test("a trace's id and the hour decide", () => {
  const half = { share: 0.5, hours: 3 };
  const [below, above] = ["7fffffff", "80000000"].map((start) => start.padEnd(32, "0"));
  assert.equal(isSampled(half, below, 3 * HOUR_MS), true);
  assert.equal(isSampled(half, below, 4 * HOUR_MS - 1), true);
  assert.equal(isSampled(half, below, 4 * HOUR_MS), false);
  assert.equal(isSampled(half, above, 3 * HOUR_MS), false);
  assert.equal(isSampled(SAMPLE_ALL, "f".repeat(32), 0), true);
  assert.equal(isSampled({ share: 0, hours: 1 }, "0".repeat(32), 0), false);
});

test("new traces are 32 hex digits and differ", () => {
  const traces = Array.from({ length: 100 }, newTrace);
  assert.equal(new Set(traces).size, 100);
  assert.ok(traces.every((trace) => /^[0-9a-f]{32}$/.test(trace)));
});
