// The second argument of a task's handler: `callFunction`, with Lambda's context as the task would see it alone.

import { functionName } from "./package-file.mjs";

/** `call(invocation, name, input, sync)` returns the promise of a call's answer. */
export function callFunctionFor(invocation, call, description) {
  const callFunction = (name, input, sync = true) => call(invocation, name, input, Boolean(sync));
  callFunction.sync = (name, input) => call(invocation, name, input, true);
  callFunction.async = (name, input) => call(invocation, name, input, false);
  let context;
  return Object.defineProperty(callFunction, "context", {
    get: () => (context ??= contextOf(invocation, description)),
  });
}

// An inlined task has its own function's name and its own remaining time; memory, version and log stream are those of
// the function that it runs in.
function contextOf(invocation, description) {
  const { request, task } = invocation;
  const remainingMs = () => Math.floor(invocation.deadlineMs - performance.now());
  if (task.name === description.root) {
    return request.context;
  }
  const name = functionName(description, task.name);
  const arn = request.context?.invokedFunctionArn;
  return Object.create(request.context ?? null, {
    functionName: { value: name, enumerable: true },
    invokedFunctionArn: { value: arnOf(arn, name, description.alias), enumerable: true },
    awsRequestId: { value: invocation.requestId, enumerable: true },
    getRemainingTimeInMillis: { value: remainingMs, enumerable: true },
  });
}

function arnOf(arn, name, alias) {
  return arn && [...arn.split(":").slice(0, 6), name, alias].join(":");
}
