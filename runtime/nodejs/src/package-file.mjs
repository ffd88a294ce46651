// Reading and checking `fusion.json`, which says what one package carries. Knows nothing of loading or calling.

import { readFileSync } from "node:fs";
import path from "node:path";

export const TASK_NAME = /^[A-Za-z][A-Za-z0-9_-]{0,39}$/;

const FORMAT = 1;

/** Reads `fusion.json` of the package in `folder`; throws an error that says how to mend it. */
export function readPackageFile(folder) {
  const file = path.join(folder, "fusion.json");
  try {
    return checkPackageFile(JSON.parse(readFileSync(file, "utf8")));
  } catch (cause) {
    throw new Error(`${file}: ${cause.message}; package the application again`, { cause });
  }
}

/** Returns `value` as a package's description, or throws an error that names the field that is wrong. */
export function checkPackageFile(value) {
  demand(isRecord(value), "is no JSON object");
  demand(value.format === FORMAT, `"format" is ${JSON.stringify(value.format)}, not ${FORMAT}`);
  for (const field of ["alias", "application"]) {
    demand(isText(value[field]), `"${field}" is no text`);
  }
  demand(typeof value.inline_async === "boolean", '"inline_async" is neither true nor false');
  demand(isTextMap(value.function_names), '"function_names" is no map of texts');
  demand(isRecord(value.tasks), '"tasks" is no map');
  for (const [name, task] of Object.entries(value.tasks)) {
    checkTask(name, task);
  }
  demand(Object.hasOwn(value.tasks, value.root), '"root" is none of "tasks"');
  return value;
}

/** The name of the function behind the task `name`, in the group that `description` describes. */
export function functionName(description, name) {
  return Object.hasOwn(description.function_names, name)
    ? description.function_names[name]
    : `${description.application}-${name}`;
}

function checkTask(name, task) {
  const place = `"tasks.${name}"`;
  demand(TASK_NAME.test(name), `${place}: not the name of a task`);
  demand(isRecord(task), `${place} is no map`);
  demand(isText(task.source) && staysInside(task.source), `${place}: "source" is no inner folder`);
  demand(isText(task.handler), `${place}: "handler" is no text`);
  demand(task.timeout_seconds > 0, `${place}: "timeout_seconds" is no positive number`);
  demand(isTextMap(task.environment), `${place}: "environment" is no map of texts`);
}

function demand(holds, otherwise) {
  if (!holds) {
    throw new Error(otherwise);
  }
}

function isText(value) {
  return typeof value === "string" && value !== "";
}

function isRecord(value) {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function isTextMap(value) {
  return isRecord(value) && Object.values(value).every(isText);
}

function staysInside(folder) {
  return !path.isAbsolute(folder) && !path.normalize(folder).split(path.sep).includes("..");
}
