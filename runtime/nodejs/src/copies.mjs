// JSON at the boundary between caller and callee: both have their own objects, and what JSON leaves out is left out,
// in one process as between two. Holds Lambda's limits of size.

import { failure } from "./errors.mjs";

const ENVELOPE_BYTES = 512;
const SYNC_INPUT_BYTES = 6_291_456 - ENVELOPE_BYTES;
const ASYNC_INPUT_BYTES = 1_048_576 - ENVELOPE_BYTES;
const RESULT_BYTES = 6_291_556;
const MAX_BYTES_OF_UNIT = 3;

/**
 * The input of a call as JSON text; no input is `{}`, as in Lambda. Throws a TypeError for what JSON cannot express
 * and a RequestEntityTooLargeException for what Lambda would not take.
 */
export function inputText(callee, input, sync) {
  const text = JSON.stringify(input) ?? "{}";
  const limit = sync ? SYNC_INPUT_BYTES : ASYNC_INPUT_BYTES;
  if (isLonger(text, limit)) {
    throw failure(
      "RequestEntityTooLargeException",
      `The input of ${sync ? "a sync" : "an async"} call of "${callee}" has ${Buffer.byteLength(text)} bytes; ` +
        `${limit} is the limit (Lambda's, less ${ENVELOPE_BYTES} for the envelope)`,
    );
  }
  return text;
}

/** A result as JSON text; throws the error that Lambda would answer with for what it cannot take. */
export function resultText(result) {
  let text;
  try {
    text = JSON.stringify(result === undefined ? null : result);
  } catch {
    throw notSerialisable();
  }
  if (text === undefined) {
    throw notSerialisable();
  }
  if (isLonger(text, RESULT_BYTES)) {
    throw failure(
      "Function.ResponseSizeTooLarge",
      `Response payload size exceeded maximum allowed payload size (${RESULT_BYTES} bytes).`,
    );
  }
  return text;
}

/** A result for Lambda's runtime client to write; refuses those at which its versions break differently. */
export function refuseUnwritable(result) {
  if (typeof result === "function" || typeof result === "symbol") {
    throw notSerialisable();
  }
  return result;
}

// The type is that of the runtime client which comes with this version of Node.js.
function notSerialisable() {
  const type =
    Number.parseInt(process.versions.node, 10) >= 24 ? "Runtime.JSONStringifyError" : "Error";
  return failure(type, "Unable to stringify response body");
}

// Counting bytes takes time, and most texts are far below the limit.
function isLonger(text, limit) {
  return text.length * MAX_BYTES_OF_UNIT > limit && Buffer.byteLength(text) > limit;
}
