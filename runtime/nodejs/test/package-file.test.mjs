// A package's description that is wrong is refused with the name of what is wrong.

import assert from "node:assert/strict";
import { writeFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { checkPackageFile, readPackageFile } from "../src/package-file.mjs";
import { temporaryFolder } from "./support/package.mjs";

const TASK = { environment: {}, handler: "handler.handler", source: "tasks/A", timeout_seconds: 3 };
const RIGHT = {
  alias: "live",
  application: "tree",
  format: 1,
  function_names: {},
  inline_async: false,
  root: "A",
  tasks: { A: TASK },
};

const withTask = (change) => ({ tasks: { A: { ...TASK, ...change } } });

for (const [change, message] of [
  [{ format: 2 }, /^"format" is 2, not 1$/],
  [{ alias: "" }, /^"alias" is no text$/],
  [{ application: 1 }, /^"application" is no text$/],
  [{ inline_async: "no" }, /^"inline_async" is neither/],
  [{ function_names: { C: 1 } }, /^"function_names" is no map of texts$/],
  [{ tasks: [] }, /^"tasks" is no map$/],
  [{ root: "B" }, /^"root" is none of "tasks"$/],
  [{ root: "toString" }, /^"root" is none of "tasks"$/],
  [{ tasks: { "1A": TASK } }, /^"tasks.1A": not the name of a task$/],
  [withTask({ source: "../A" }), /^"tasks.A": "source" is no inner folder$/],
  [withTask({ source: "/tasks/A" }), /^"tasks.A": "source" is no inner folder$/],
  [withTask({ handler: undefined }), /^"tasks.A": "handler" is no text$/],
  [withTask({ timeout_seconds: 0 }), /^"tasks.A": "timeout_seconds" is no positive number$/],
  [withTask({ environment: { X: null } }), /^"tasks.A": "environment" is no map of texts$/],
]) {
  test(`refused: ${JSON.stringify(change)}`, () => {
    assert.throws(() => checkPackageFile({ ...RIGHT, ...change }), { message });
  });
}

test("what is wrong with the file itself names the file and the way out", (t) => {
  const folder = temporaryFolder(t);
  const way = /fusion\.json: .*; package the application again$/s;
  assert.throws(() => readPackageFile(folder), { message: way });
  writeFileSync(path.join(folder, "fusion.json"), "{");
  assert.throws(() => readPackageFile(folder), { message: way });
  writeFileSync(path.join(folder, "fusion.json"), JSON.stringify(RIGHT));
  assert.deepEqual(readPackageFile(folder), RIGHT);
});
