// Which task the code that asks belongs to, kept across promises, timers and callbacks.
// The store is an `Invocation`, or `{ task }` alone while the task's modules are loaded.

import { AsyncLocalStorage } from "node:async_hooks";

export const running = new AsyncLocalStorage();

/** The task that runs here, or undefined outside of all tasks (Lambda's runtime client). */
export function runningTask() {
  return running.getStore()?.task;
}
