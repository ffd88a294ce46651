// Deploying one application in one grouping or another.

import path from "node:path";
import { FakeLambda } from "./fake-lambda.mjs";
import { temporaryFolder, writePackage } from "./package.mjs";

/** Starts a Lambda with the functions of `groups` (lists of names, root first), and resolves to it. */
export async function deploy(test, application, groups, variables = {}) {
  const lambda = await new FakeLambda().start(test);
  const folder = temporaryFolder(test);
  for (const group of groups) {
    const name = application.function_names?.[group[0]] ?? `test-${group[0]}`;
    const home = writePackage(path.join(folder, group[0]), application, group);
    lambda.deploy(name, home, variables);
  }
  return lambda;
}

/** Every task in a function of its own. */
export function allRemote(application) {
  return Object.keys(application.tasks).map((name) => [name]);
}

/** Every task in the first one's function; all functions still stand. */
export function allInline(application) {
  const names = Object.keys(application.tasks);
  return [names, ...names.slice(1).map((name) => [name])];
}

/** An application of tasks given as the texts of their handlers' modules, CommonJS. */
export function applicationOf(handlers, further = {}) {
  const names = Object.keys(handlers);
  return {
    files: {
      ...Object.fromEntries(names.map((name) => [`tasks/${name}/handler.js`, handlers[name]])),
      ...further.files,
    },
    tasks: { ...Object.fromEntries(names.map((name) => [name, {}])), ...further.tasks },
    inline_async: further.inline_async,
    function_names: further.function_names,
  };
}

/** The EMF lines among `output`, parsed. */
export function telemetryOf(output) {
  return output
    .split("\n")
    .filter((line) => line.startsWith('{"_aws"'))
    .map((line) => JSON.parse(line));
}

/** All values of `metric` in the telemetry whose dimensions are at least `dimensions`. */
export function valuesOf(telemetry, metric, dimensions = {}) {
  return telemetry
    .filter((line) => Object.entries(dimensions).every(([name, value]) => line[name] === value))
    .flatMap((line) => line[metric] ?? []);
}
