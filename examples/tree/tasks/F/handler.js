// Computes on two threads. Nobody waits for F.
"use strict";

const { countPrimes, startWorkers } = require("../../lib/workers.js");

const workers = startWorkers(2);

exports.handler = async () => ({
  value: await countPrimes(workers, 1_000_000, 1_250_000),
  path: ["F"],
});
