// Packages of tasks that are given as texts, in a folder that ends with the process.

import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";

/** Writes a package of `tasks` (text of the handler by name, the root first), and returns its folder. */
export function writePackage(runtime, tasks) {
  const folder = mkdtempSync(path.join(tmpdir(), "fusion-bench-"));
  process.on("exit", () => rmSync(folder, { recursive: true, force: true }));
  cpSync(runtime, path.join(folder, "fusion"), { recursive: true });
  const described = {};
  for (const [name, text] of Object.entries(tasks)) {
    const source = `tasks/${name}`;
    mkdirSync(path.join(folder, source), { recursive: true });
    writeFileSync(path.join(folder, source, "handler.js"), text);
    described[name] = { environment: {}, handler: "handler.handler", source, timeout_seconds: 30 };
  }
  const description = {
    alias: "live",
    application: "bench",
    format: 1,
    function_names: {},
    inline_async: false,
    root: Object.keys(tasks)[0],
    tasks: described,
  };
  writeFileSync(path.join(folder, "fusion.json"), JSON.stringify(description));
  return folder;
}

export function median(values) {
  return values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
}
