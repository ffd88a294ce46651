// Each task's own view of the environment. A function carries the variables of all its tasks; a task sees its own,
// under its own names, and those that belong to no task, as if it were alone - also while its modules are loaded.
// What a task writes, it alone reads.

import { syncBuiltinESMExports } from "node:module";
import workerThreads from "node:worker_threads";
import { running } from "./running.mjs";

/**
 * A task's view of `base`, the function's variables. `own` maps the task's names to the function's; `hidden` holds
 * the function's names for variables of any task.
 */
export function environmentView(base, own, hidden) {
  const written = new Map();
  const lookup = (name) => {
    if (written.has(name)) {
      return written.get(name);
    }
    if (Object.hasOwn(own, name)) {
      return base[own[name]];
    }
    return hidden.has(name) ? undefined : base[name];
  };
  const write = (name, value) => {
    written.set(name, value);
    return true;
  };
  const names = () => new Set([...Object.keys(base), ...Object.keys(own), ...written.keys()]);

  return new Proxy(
    {},
    {
      get: (target, name) => (isName(name) ? lookup(name) : undefined) ?? target[name],
      has: (target, name) => (isName(name) && lookup(name) !== undefined) || name in target,
      set: (_target, name, value) => write(name, String(value)),
      deleteProperty: (_target, name) => write(name, undefined),
      defineProperty: (_target, name, { value }) => write(name, String(value)),
      ownKeys: () => [...names()].filter((name) => lookup(name) !== undefined),
      getOwnPropertyDescriptor: (_target, name) => {
        const value = isName(name) ? lookup(name) : undefined;
        return value === undefined
          ? undefined
          : { value, writable: true, enumerable: true, configurable: true };
      },
    },
  );
}

/** The function's names of all variables that belong to one of `tasks` (as in `fusion.json`). */
export function variablesOfTasks(tasks) {
  return new Set(Object.values(tasks).flatMap((task) => Object.values(task.environment)));
}

/**
 * Makes `process.env` show every task its own view, and everybody else `base`. It stays one object, because
 * `import { env } from "node:process"` takes it only once. Worker threads start with the view of their task.
 */
export function installEnvironmentViews(base) {
  let outside = base;
  const view = () => running.getStore()?.task.environment ?? outside;
  const dispatcher = new Proxy(
    {},
    {
      get: (_target, name) => Reflect.get(view(), name),
      has: (_target, name) => Reflect.has(view(), name),
      set: (_target, name, value) => Reflect.set(view(), name, value),
      deleteProperty: (_target, name) => Reflect.deleteProperty(view(), name),
      defineProperty: (_target, name, property) => Reflect.defineProperty(view(), name, property),
      ownKeys: () => Reflect.ownKeys(view()),
      getOwnPropertyDescriptor: (_target, name) => Reflect.getOwnPropertyDescriptor(view(), name),
    },
  );
  Object.defineProperty(process, "env", {
    configurable: true,
    enumerable: true,
    get: () => dispatcher,
    set: (replacement) => {
      const task = running.getStore()?.task;
      if (task === undefined) {
        outside = replacement;
      } else {
        task.environment = replacement;
      }
    },
  });
  workerThreads.Worker = workerWithView(workerThreads.Worker);
  syncBuiltinESMExports();
}

// Node.js copies the process's variables, not `process.env`, into a worker thread that is given none.
function workerWithView(Worker) {
  return class extends Worker {
    constructor(script, options = {}) {
      super(script, { ...options, env: options.env ?? { ...process.env } });
    }
  };
}

function isName(name) {
  return typeof name === "string";
}
