// Whose CPU time it is, on counters of the test's own; and what the system really tells of threads.

import assert from "node:assert/strict";
import { once } from "node:events";
import { test } from "node:test";
import { Worker } from "node:worker_threads";
import { CpuMeter } from "../src/telemetry/cpu-meter.mjs";
import { readThreadTimes } from "../src/telemetry/thread-times.mjs";

function meterWith(counters) {
  return new CpuMeter(
    () => counters.cpuUs,
    () => new Map(Object.entries(counters.threads ?? {})),
  );
}

test("a run's CPU time is counted while it is at work, not while it waits", () => {
  const counters = { cpuUs: 1_000 };
  const meter = meterWith(counters);
  const [a, b] = [meter.account("A"), meter.account("B")];
  meter.enter(a);
  counters.cpuUs = 4_000;
  meter.leave(a);
  meter.enter(b);
  counters.cpuUs = 9_000;
  meter.leave(b);
  counters.cpuUs = 9_500;
  meter.enter(a);
  counters.cpuUs = 11_500;
  meter.leave(a);
  assert.equal(meter.close(a).cpuMs, 5);
  assert.equal(meter.close(b).cpuMs, 5);
});

test("nothing is known of runs that were at work at the same time", () => {
  const counters = { cpuUs: 0 };
  const meter = meterWith(counters);
  const [a, b, c] = ["A", "B", "C"].map((task) => meter.account(task));
  meter.enter(a);
  meter.enter(b);
  counters.cpuUs = 5_000;
  meter.leave(a);
  meter.leave(b);
  meter.enter(c);
  meter.leave(c);
  assert.deepEqual(meter.close(a), {});
  assert.deepEqual(meter.close(b), {});
  assert.equal(meter.close(c).cpuMs, 0);
});

test("parallelism is all threads' time over the busiest's, in the first runs and one of 16", () => {
  const counters = { cpuUs: 0, threads: { main: 100, worker: 50 } };
  const meter = meterWith(counters);
  const known = Array.from({ length: 33 }, () => {
    const account = meter.account("C");
    meter.enter(account);
    counters.threads = {
      main: counters.threads.main + 10,
      worker: counters.threads.worker + 40,
      young: 10,
    };
    meter.leave(account);
    return meter.close(account).parallelism;
  });
  assert.equal(known[0], 60 / 40);
  assert.equal(known[1], 50 / 40);
  const indices = known.flatMap((value, index) => (value === undefined ? [] : [index]));
  assert.deepEqual(indices, [0, 1, 2, 16, 32]);
});

test("the threads of a run are counted in its first eight stretches only", () => {
  const counters = { cpuUs: 0, threads: { main: 0 } };
  let reads = 0;
  const meter = new CpuMeter(
    () => counters.cpuUs,
    () => {
      reads += 1;
      return new Map([["main", reads]]);
    },
  );
  const account = meter.account("A");
  for (let stretch = 0; stretch < 20; stretch += 1) {
    meter.enter(account);
    meter.leave(account);
  }
  assert.equal(reads, 16);
  assert.equal(meter.close(account).parallelism, 1);
});

test("a run without CPU time has no parallelism", () => {
  const meter = meterWith({ cpuUs: 0, threads: { main: 7 } });
  const account = meter.account("A");
  meter.enter(account);
  meter.leave(account);
  assert.equal(meter.close(account).parallelism, undefined);
});

test(
  "the system counts the CPU time of worker threads",
  { skip: process.platform !== "linux" },
  async () => {
    const source = `const { parentPort } = require("node:worker_threads");
    const end = performance.now() + 60;
    while (performance.now() < end);
    parentPort.postMessage("done");
    setInterval(() => {}, 1000);`;
    const before = readThreadTimes();
    const worker = new Worker(source, { eval: true });
    await once(worker, "message");
    const after = readThreadTimes();
    await worker.terminate();
    const young = [...after].filter(([thread, time]) => !before.has(thread) && time > 0);
    assert.ok(young.length >= 1);
  },
);
