// Puts the parts together for one package: INIT, and then one request after another.

import { Calls } from "./calls.mjs";
import { refuseUnwritable } from "./copies.mjs";
import { openEnvelope } from "./envelope.mjs";
import { environmentView, installEnvironmentViews, variablesOfTasks } from "./environment.mjs";
import { errorForLambda } from "./errors.mjs";
import { Invocation } from "./invocation.mjs";
import { Lambda } from "./lambda.mjs";
import { Task } from "./loading.mjs";
import { installJsonLogs } from "./logs.mjs";
import { installModuleGraphs } from "./module-graphs.mjs";
import { readPackageFile } from "./package-file.mjs";
import { isSampled, newTrace, parseSampling } from "./sampling.mjs";
import { Telemetry } from "./telemetry/telemetry.mjs";

/** Loads the package in `folder` and returns its handler for Lambda's runtime client. */
export async function start(folder) {
  const environment = process.env;
  const description = readPackageFile(folder);
  installModuleGraphs(environment.LAMBDA_RUNTIME_DIR);
  installEnvironmentViews(environment);
  if (environment.AWS_LAMBDA_LOG_FORMAT === "JSON") {
    installJsonLogs(environment.AWS_LAMBDA_LOG_LEVEL);
  }
  const tasks = await loadTasks(description, folder, environment);
  const telemetry = new Telemetry(description, environment);
  const calls = new Calls(description, tasks, new Lambda(environment), telemetry);
  const root = tasks.get(description.root);
  const sampling = parseSampling(environment.FUSION_SAMPLING);
  telemetry.initialised();
  return (payload, context) => serve({ calls, root, sampling, telemetry }, payload, context);
}

async function serve({ calls, root, sampling, telemetry }, payload, context) {
  const startedMs = performance.now();
  telemetry.invocationBegan();
  const { event, trace, sampled } = openEnvelope(payload);
  const request = { trace: trace ?? newTrace(), sampled, context };
  if (trace === undefined) {
    request.sampled = isSampled(sampling, request.trace, Date.now());
  }
  const span = telemetry.span(request, root.name);
  const remainingMs = context?.getRemainingTimeInMillis?.() ?? root.timeoutMs;
  const invocation = new Invocation(root, request, startedMs + remainingMs, span);
  invocation.id = context?.awsRequestId;
  try {
    return await calls.run(invocation, event, refuseUnwritable);
  } catch (thrown) {
    throw errorForLambda(thrown);
  } finally {
    await invocation.settled();
    if (request.sampled && trace === undefined) {
      telemetry.requestEnded(performance.now() - startedMs);
    }
    telemetry.invocationEnded();
  }
}

// One after another, the root first. A member that cannot be loaded fails the calls to it, as its own function would;
// only the root's failure is the function's.
async function loadTasks(description, folder, environment) {
  const hidden = variablesOfTasks(description.tasks);
  const tasks = new Map();
  const { root } = description;
  const others = Object.keys(description.tasks).filter((name) => name !== root);
  for (const name of [root, ...others]) {
    const definition = description.tasks[name];
    const view = environmentView(environment, definition.environment, hidden);
    const task = new Task(name, definition, folder, view);
    tasks.set(name, task);
    try {
      await task.load();
    } catch (error) {
      if (name === root) {
        throw error;
      }
      console.error(`Loading "${name}" failed`, error);
    }
  }
  return tasks;
}
