// The runtime client of the platform: loads the handler, then takes events one after another.
// Nodejs22 and earlier have callbacks and an event loop that decides when an answer is given;
// nodejs24 awaits what the handler returns.

import { RuntimeApi } from "./runtime-api.mjs";
import { loadHandler } from "./load.mjs";
import { contextOf } from "./context.mjs";
import { CallbackStyle } from "./callback.mjs";
import { describe, errorOf, namedError } from "./errors.mjs";
import { Log } from "./log.mjs";
import { installStreaming, isStreaming, streamAnswer } from "./streaming.mjs";

const major = Number(/nodejs(\d+)/.exec(process.env.AWS_EXECUTION_ENV ?? "")?.[1] ?? 22);
const awaits = major >= 24;
const log = new Log(process.env, awaits);
const api = new RuntimeApi(process.env.AWS_LAMBDA_RUNTIME_API);

// Both end when the platform does: this process has nobody to serve then.
process.stdin
  .on("end", () => process.exit(0))
  .on("error", () => process.exit(0))
  .resume();
process.stdin.unref();

async function failInit(error) {
  log.failure(awaits ? "Init Error" : "Uncaught Exception", error);
  await api.initError(describe(error), errorOf(error).errorType);
  process.exit(awaits ? 1 : 129);
}

function stringify(result) {
  try {
    return JSON.stringify(result === undefined ? null : result) ?? "null";
  } catch {
    throw namedError(
      awaits ? "Runtime.JSONStringifyError" : "Error",
      "Unable to stringify response body",
    );
  }
}

function parse(body) {
  return JSON.parse(body.length === 0 ? "{}" : body.toString("utf8"));
}

function begin(invocation) {
  log.requestId = invocation.id;
  if (invocation.traceId) process.env._X_AMZN_TRACE_ID = invocation.traceId;
  else delete process.env._X_AMZN_TRACE_ID;
}

async function answerError(invocation, error) {
  log.failure("Invoke Error", error);
  await api.error(invocation.id, describe(error));
}

async function run(handler, invocation) {
  begin(invocation);
  const context = contextOf(invocation, process.env, awaits);
  let answer;
  try {
    const event = parse(invocation.body);
    if (isStreaming(handler)) {
      await streamAnswer(api, invocation, handler, event, context);
      return;
    }
    const result = awaits
      ? await handler(event, context)
      : await new CallbackStyle().call(handler, event, context);
    answer = stringify(result);
  } catch (error) {
    await answerError(invocation, error);
    return;
  }
  await api.response(invocation.id, answer);
}

// What nobody caught ends the process, after it was reported where the runtime did so.
function watchForErrors(current) {
  process.on("uncaughtException", (error) => {
    if (awaits) {
      log.failure("Uncaught Exception", error);
      process.exit(1);
    }
    log.failure("Uncaught Exception", error);
    const id = current();
    const reported = id ? api.error(id, describe(error)) : api.initError(describe(error));
    reported.finally(() => process.exit(129));
  });
  process.on("unhandledRejection", (reason, promise) => {
    if (awaits) {
      log.failure("Unhandled Promise Rejection", reason);
      process.exit(1);
    }
    const error = namedError("Runtime.UnhandledPromiseRejection", String(reason));
    error.reason = reason;
    error.promise = promise;
    log.failure("Unhandled Promise Rejection", error);
    const id = current();
    const reported = id ? api.error(id, describe(error)) : api.initError(describe(error));
    reported.finally(() => process.exit(128));
  });
}

async function main() {
  log.install();
  installStreaming();
  let open;
  watchForErrors(() => open);
  let handler;
  try {
    handler = await loadHandler(process.env.LAMBDA_TASK_ROOT, process.env._HANDLER, awaits);
  } catch (error) {
    await failInit(error);
  }
  for (;;) {
    const invocation = await api.next();
    open = invocation.id;
    await run(handler, invocation);
    open = undefined;
  }
}

main();
