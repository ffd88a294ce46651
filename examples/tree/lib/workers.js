// Worker threads that share CPU-bound work. They are started once, while the modules load, and kept: starting a thread
// needs more CPU than a small function gets in a tenth of a second.
"use strict";

const { once } = require("node:events");
const path = require("node:path");
const { MessageChannel, Worker } = require("node:worker_threads");

const START_TIMEOUT_MS = 5_000;

/** Starts `count` worker threads, and returns when they run. */
function startWorkers(count) {
  const started = new Int32Array(new SharedArrayBuffer(4));
  const workers = Array.from({ length: count }, () => {
    const worker = new Worker(path.join(__dirname, "worker.js"), { workerData: { started } });
    // Only work that somebody waits for keeps the process alive.
    worker.unref();
    return worker;
  });
  for (let running = 0; running < count; running = Atomics.load(started, 0)) {
    if (Atomics.wait(started, 0, running, START_TIMEOUT_MS) === "timed-out") {
      throw new Error(`${running} of ${count} worker threads started`);
    }
  }
  return workers;
}

/** How many primes there are in `from` up to, not including, `below`; each worker counts its part. */
async function countPrimes(workers, from, below) {
  const size = Math.ceil((below - from) / workers.length);
  const counts = workers.map((worker, index) =>
    ask(worker, { from: from + index * size, below: Math.min(below, from + (index + 1) * size) }),
  );
  return (await Promise.all(counts)).reduce((sum, count) => sum + count, 0);
}

// Every question has a channel of its own, so that answers cannot be mixed up.
async function ask(worker, range) {
  const { port1: answers, port2: reply } = new MessageChannel();
  worker.postMessage({ ...range, reply }, [reply]);
  const [answer] = await once(answers, "message");
  answers.close();
  return answer;
}

module.exports = { countPrimes, startWorkers };
