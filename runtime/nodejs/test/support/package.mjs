// Builds packages as the provider would, from an application that is given as texts.

import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { fileURLToPath } from "node:url";

const RUNTIME = fileURLToPath(new URL("../../src", import.meta.url));

/** A folder that is gone when the test has ended. */
export function temporaryFolder(test) {
  const folder = mkdtempSync(path.join(tmpdir(), "fusion-"));
  test.after(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/**
 * Writes one function's package into `folder`. `application` is { files: { path: text }, tasks: { name: { source?,
 * handler?, environment?, timeout_seconds? } }, inline_async?, function_names? }; `group` names the members, root first.
 */
export function writePackage(folder, application, group) {
  cpSync(RUNTIME, path.join(folder, "fusion"), { recursive: true });
  for (const [file, text] of Object.entries(application.files)) {
    mkdirSync(path.join(folder, path.dirname(file)), { recursive: true });
    writeFileSync(path.join(folder, file), text);
  }
  const description = describe(application, group);
  writeFileSync(path.join(folder, "fusion.json"), `${JSON.stringify(description)}\n`);
  return folder;
}

function describe(application, group) {
  const tasks = group.map((name) => [
    name,
    {
      environment: {},
      handler: "handler.handler",
      source: `tasks/${name}`,
      timeout_seconds: 30,
      ...application.tasks[name],
    },
  ]);
  return {
    alias: "live",
    application: "test",
    format: 1,
    function_names: application.function_names ?? {},
    inline_async: application.inline_async ?? false,
    root: group[0],
    tasks: Object.fromEntries(tasks),
  };
}
