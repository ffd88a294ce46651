// The envelope of remote calls: which trace a call belongs to, who calls, and whether the trace is sampled.
// Nothing in it is trusted: anybody who may invoke a function can send one, and misleads telemetry only.

import { TASK_NAME } from "./package-file.mjs";

const TRACE = /^[0-9a-f]{32}$/;

/** The payload of a remote call. `event` is JSON text. */
export function sealEnvelope({ trace, sampled }, caller, event) {
  return `{"$fusion":{"trace":"${trace}","caller":"${caller}","sampled":${sampled}},"event":${event}}`;
}

/**
 * What stands in a payload: `{ trace, caller, sampled, event }`, or `{ event: payload }` if it is no well-formed
 * envelope, and then an event like any other.
 */
export function openEnvelope(payload) {
  if (!hasExactly(payload, ["$fusion", "event"])) {
    return { event: payload };
  }
  const { trace, caller, sampled } = payload.$fusion ?? {};
  const wellFormed =
    hasExactly(payload.$fusion, ["caller", "sampled", "trace"]) &&
    isMatch(trace, TRACE) &&
    isMatch(caller, TASK_NAME) &&
    typeof sampled === "boolean";
  return wellFormed ? { trace, caller, sampled, event: payload.event } : { event: payload };
}

function hasExactly(value, keys) {
  return (
    typeof value === "object" && value !== null && Object.keys(value).sort().join() === keys.join()
  );
}

function isMatch(value, pattern) {
  return typeof value === "string" && pattern.test(value);
}
