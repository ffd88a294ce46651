// Calls of a task in the same function, beside plain calls of the same handler.
//
//     node inlined-call.mjs FOLDER_OF_THE_RUNTIME [rounds]
//
// Prints microseconds a call in its last line: `beyond_us` of each round, and the copies alone.

import path from "node:path";
import { pathToFileURL } from "node:url";
import { median, writePackage } from "./package.mjs";

const CALLS = 500;
const [runtime, rounds = "200"] = process.argv.slice(2);

const folder = writePackage(runtime, {
  A: `
    const plain = require("../B/handler.js").handler;
    exports.handler = async ({ input, calls, kind }, call) => {
      const began = process.hrtime.bigint();
      for (let index = 0; index < calls; index += 1) {
        await (kind === "plain" ? plain(input) : call("B", input));
      }
      return Number(process.hrtime.bigint() - began) / 1000 / calls;
    };`,
  B: "exports.handler = async (event) => event;",
});

const items = Array.from({ length: 8 }, (_, index) => ({
  id: `item-${index}`,
  name: "something that somebody ordered, with a few words",
  price: 12.5 + index,
  quantity: index,
}));
const input = { items, pad: "" };
input.pad = "x".repeat(1024 - JSON.stringify(input).length);

// No trace is sampled.
process.env.FUSION_SAMPLING = "0/1";
process.env.AWS_LAMBDA_FUNCTION_NAME = "bench-A";
const { handler } = await import(pathToFileURL(path.join(folder, "fusion/entry.mjs")).href);

function once(kind) {
  const context = { awsRequestId: "bench", getRemainingTimeInMillis: () => 30_000 };
  return handler({ input, calls: CALLS, kind }, context);
}

function copies() {
  const began = process.hrtime.bigint();
  for (let index = 0; index < CALLS; index += 1) {
    JSON.parse(JSON.stringify(JSON.parse(JSON.stringify(input))));
  }
  return Number(process.hrtime.bigint() - began) / 1000 / CALLS;
}

for (let round = 0; round < 20; round += 1) {
  await once("plain");
  await once("inlined");
  copies();
}
const beyond = [];
const copied = [];
for (let round = 0; round < Number(rounds); round += 1) {
  const plain = await once("plain");
  beyond.push((await once("inlined")) - plain);
  copied.push(copies());
}
console.log(JSON.stringify({ beyond_us: beyond, copies_us: median(copied) }));
process.exit(0);
