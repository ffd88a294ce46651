// Runs in a worker thread: counts the primes below a limit, by trial division, so that the work is real and always
// the same.
"use strict";

const { parentPort, workerData } = require("node:worker_threads");

function isPrime(number) {
  for (let divisor = 3; divisor * divisor <= number; divisor += 2) {
    if (number % divisor === 0) {
      return false;
    }
  }
  return true;
}

parentPort.on("message", ({ from, below, reply }) => {
  let primes = 0;
  for (let number = from | 1; number < below; number += 2) {
    primes += isPrime(number) ? 1 : 0;
  }
  reply.postMessage(primes);
});

// Tells the thread that waits in `startWorkers` that this one runs.
Atomics.add(workerData.started, 0, 1);
Atomics.notify(workerData.started, 0);
