// Structured logs: where the function's log format is JSON, lines of `console` also bear the trace and the task.
// In the text format the console stays as Lambda's runtime client made it.

import { format, types } from "node:util";
import { writeLine } from "./output.mjs";
import { running } from "./running.mjs";

const LEVELS = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
const METHODS = {
  trace: "TRACE",
  debug: "DEBUG",
  log: "INFO",
  info: "INFO",
  warn: "WARN",
  error: "ERROR",
  fatal: "FATAL",
};

/** Replaces the methods of `console`; lines below `leastLevel` (default: none) are left out. */
export function installJsonLogs(leastLevel = "TRACE") {
  const least = LEVELS.indexOf(leastLevel);
  for (const [method, level] of Object.entries(METHODS)) {
    const isWritten = LEVELS.indexOf(level) >= least;
    console[method] = (...values) => {
      if (isWritten) {
        writeLine(logLine(level, values, running.getStore(), new Date()));
      }
    };
  }
}

/** One line in the form of Lambda's JSON log format, with `trace` and `task` in addition. */
export function logLine(level, values, invocation, date) {
  const line = {
    timestamp: date.toISOString(),
    level,
    requestId: invocation?.request?.context?.awsRequestId,
    trace: invocation?.request?.trace,
    task: invocation?.task.name,
  };
  try {
    return JSON.stringify({ ...line, ...content(values) }, replaceErrors);
  } catch {
    return JSON.stringify({ ...line, message: format(...values) });
  }
}

function content(values) {
  if (values.length === 1) {
    return { message: values[0] };
  }
  const error = values.find(types.isNativeError);
  return { message: format(...values), ...(error && describe(error)) };
}

function replaceErrors(_key, value) {
  return types.isNativeError(value) ? describe(value) : value;
}

function describe({ name, message, stack }) {
  return {
    errorType: name,
    errorMessage: message,
    stackTrace: String(stack).split("\n"),
  };
}
