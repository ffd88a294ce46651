// Loading a function with the fusion runtime and one empty task, beside loading that task alone.
//
//     node cold-start.mjs FOLDER_OF_THE_RUNTIME [rounds]
//
// Each run is a process of its own. Prints milliseconds of the import, pair by pair.

import { execFileSync } from "node:child_process";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { writePackage } from "./package.mjs";

const [runtime, rounds = "30"] = process.argv.slice(2);
const folder = writePackage(runtime, { A: "exports.handler = async () => null;" });

function once(file) {
  const address = JSON.stringify(pathToFileURL(path.join(folder, file)).href);
  const script = `
    const began = performance.now();
    await import(${address});
    console.log(performance.now() - began);
    process.exit(0);`;
  const env = { ...process.env, AWS_LAMBDA_FUNCTION_NAME: "bench-A" };
  const options = { encoding: "utf8", env };
  const printed = execFileSync(
    process.execPath,
    ["--input-type=module", "--eval", script],
    options,
  );
  // The runtime's own telemetry stands above it.
  return Number(printed.trim().split("\n").at(-1));
}

const found = { empty_ms: [], fusion_ms: [] };
for (let round = 0; round < Number(rounds); round += 1) {
  found.empty_ms.push(once("tasks/A/handler.js"));
  found.fusion_ms.push(once("fusion/entry.mjs"));
}
console.log(JSON.stringify(found));
