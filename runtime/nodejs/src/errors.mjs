// What a caller learns of a failed call: type, message and stack, no more, whether the callee ran in this process or
// in another function. The form is the one in which Lambda's runtime client reports errors.

import { types } from "node:util";

/** An error with `name`, as callers see it. */
export function failure(name, message, stack) {
  const error = new Error(message);
  Object.defineProperty(error, "name", { value: name, configurable: true, writable: true });
  error.stack = stack || `${name}: ${message}`;
  return error;
}

/** What Lambda's runtime client reports of `thrown`, which may be anything. */
export function errorPayload(thrown) {
  try {
    return isError(thrown)
      ? {
          errorType: printable(thrown.name),
          errorMessage: printable(thrown.message),
          trace: printable(thrown.stack)?.split("\n"),
        }
      : { errorType: typeof thrown, errorMessage: String(thrown), trace: [] };
  } catch {
    return { errorType: "handled", errorMessage: "the error could not be read", trace: [] };
  }
}

/** The error that a caller gets for a callee's error payload. */
export function errorFromPayload(payload) {
  const { errorType, errorMessage, trace } = Object(payload);
  return failure(
    errorType === undefined ? "Error" : String(errorType),
    errorMessage === undefined ? "" : String(errorMessage),
    Array.isArray(trace) ? trace.join("\n") : undefined,
  );
}

/** What a caller in the same process gets for what its callee has thrown. */
export function errorForCaller(thrown) {
  return errorFromPayload(errorPayload(thrown));
}

/**
 * What is handed to Lambda's runtime client for what the root has thrown: the same, except where the clients of
 * different language runtimes disagree.
 */
export function errorForLambda(thrown) {
  return thrown === undefined || thrown === null ? errorForCaller(thrown) : thrown;
}

function isError(thrown) {
  return (
    types.isNativeError(thrown) ||
    ["name", "message", "stack"].every((field) => typeof thrown?.[field] === "string")
  );
}

function printable(text) {
  return text?.replaceAll("\x7F", "%7F");
}
