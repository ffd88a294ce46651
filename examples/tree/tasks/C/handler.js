// Computes on two threads, then starts F and G. Nobody waits for C.
"use strict";

const { countPrimes, startWorkers } = require("../../lib/workers.js");

const workers = startWorkers(2);

exports.handler = async (event, callFunction) => {
  const value = await countPrimes(workers, 1_000_000, 1_250_000);
  await Promise.all([callFunction("F", event, false), callFunction("G", event, false)]);
  return { value, path: ["C"] };
};
