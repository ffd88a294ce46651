// The runtime's own share of a cold start: the entry point with one empty task, against that task's module alone.
//
//     node bench/init.mjs [runs]

import { execFile } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
import { promisify } from "node:util";

const [runs = "21"] = process.argv.slice(2);
const folder = mkdtempSync(path.join(tmpdir(), "fusion-init-"));
const task = {
  environment: {},
  handler: "handler.handler",
  source: "tasks/A",
  timeout_seconds: 3,
};
const description = {
  alias: "live",
  application: "bench",
  format: 1,
  function_names: {},
  inline_async: false,
  root: "A",
  tasks: { A: task },
};
cpSync(fileURLToPath(new URL("../src", import.meta.url)), path.join(folder, "fusion"), {
  recursive: true,
});
mkdirSync(path.join(folder, "tasks/A"), { recursive: true });
writeFileSync(path.join(folder, "tasks/A/handler.js"), "exports.handler = async () => {};");
writeFileSync(path.join(folder, "fusion.json"), JSON.stringify(description));

async function once(file) {
  const address = JSON.stringify(pathToFileURL(path.join(folder, file)).href);
  const script = `
    const began = process.cpuUsage();
    const start = performance.now();
    await import(${address});
    const { user, system } = process.cpuUsage(began);
    console.error(JSON.stringify([performance.now() - start, (user + system) / 1000]));`;
  const args = ["--input-type=module", "--eval", script];
  const { stderr } = await promisify(execFile)(process.execPath, args);
  return JSON.parse(stderr);
}

function median(values) {
  return values.sort((a, b) => a - b)[Math.floor(values.length / 2)].toFixed(1);
}

const seen = { "tasks/A/handler.js": [], "fusion/entry.mjs": [] };
for (let run = 0; run < Number(runs); run += 1) {
  for (const file of Object.keys(seen)) {
    seen[file].push(await once(file));
  }
}
console.log(`${process.version}, medians of ${runs}: ms of time (ms of CPU)`);
for (const [file, all] of Object.entries(seen)) {
  console.log(
    `${file.padEnd(19)} ${median(all.map(([ms]) => ms))} (${median(all.map(([, ms]) => ms))})`,
  );
}
rmSync(folder, { recursive: true });
