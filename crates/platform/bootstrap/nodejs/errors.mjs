// Errors in the forms of the managed runtimes: what the caller gets and what the log shows.

import { types } from "node:util";

export function isError(value) {
  return value instanceof Error || types.isNativeError(value);
}

// An error that the runtime itself reports, under a name of its own.
export function namedError(name, cause, withKind = false) {
  const isCause = isError(cause);
  const message = isCause ? (withKind ? `${cause.name}: ${cause.message}` : cause.message) : cause;
  const error = new Error(message);
  error.name = name;
  if (isCause)
    error.stack = `${name}: ${message}\n${(cause.stack ?? "").split("\n").slice(1).join("\n")}`;
  return error;
}

// The error payload.
export function errorOf(value) {
  if (isError(value)) {
    return {
      errorType: String(value.name),
      errorMessage: String(value.message),
      trace: typeof value.stack === "string" ? value.stack.split("\n") : [],
    };
  }
  const isNothing = value === undefined || value === null;
  return {
    errorType: isNothing ? "string" : typeof value,
    errorMessage: isNothing ? "handled" : String(value),
    trace: [],
  };
}

export function describe(value) {
  try {
    const described = errorOf(value);
    const awaits = /nodejs(2[4-9]|[3-9]\d)/.test(process.env.AWS_EXECUTION_ENV ?? "");
    if (awaits && (value === undefined || value === null)) {
      return { ...described, errorType: String(value), errorMessage: String(value) };
    }
    return described;
  } catch {
    return {
      errorType: "handled",
      errorMessage:
        "callback called with Error argument, but there was a problem while retrieving one or more of its message, name, and stack",
      trace: [],
    };
  }
}

// What the log shows of an error: its own properties too.
export function loggable(value) {
  if (!isError(value)) return errorOf(value);
  const { errorType, errorMessage } = errorOf(value);
  return {
    errorType,
    errorMessage,
    ...value,
    stack: typeof value.stack === "string" ? value.stack.split("\n") : [],
  };
}
