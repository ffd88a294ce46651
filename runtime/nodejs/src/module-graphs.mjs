// A module graph for every task: what two tasks import from the same file are two modules, as in two functions.
// CommonJS: the loader's cache is the running task's own. ES modules: the address of a file bears the graph's id.
// Modules of the language runtime itself (LAMBDA_RUNTIME_DIR, where AWS keeps its SDK) are shared: they hold no state
// of a task, and loading them once a task would cost INIT time and memory.

import Module from "node:module";
import { pathToFileURL } from "node:url";
import { runningTask } from "./running.mjs";
import { tagOf, withTag } from "./module-tags.mjs";

/** A graph's id in addresses, and its CommonJS cache. A task that is loaded again gets a new graph. */
export function moduleGraph(id) {
  return { id, cache: Object.create(null) };
}

/** Makes the module loader keep the graphs of tasks apart. `sharedFolder` is the language runtime's own, or undefined. */
export function installModuleGraphs(sharedFolder) {
  const isShared = (file) => sharedFolder !== undefined && file.startsWith(`${sharedFolder}/`);
  separateCommonJs(isShared);
  if (typeof Module.registerHooks === "function") {
    separateEsModules((url) => sharedFolder && url.startsWith(`${pathToFileURL(sharedFolder)}/`));
  } else {
    // Before Node.js 22.15 hooks run in a thread of their own and do not see the running task: an ES module that is
    // imported from a CommonJS module is shared between tasks there.
    Module.register("./module-tags.mjs", import.meta.url);
  }
}

function separateCommonJs(isShared) {
  const common = Module._cache;
  const cache = (file) =>
    (typeof file === "string" && isShared(file) ? undefined : runningTask()?.modules.cache) ??
    common;
  Module._cache = new Proxy(common, {
    get: (_target, file) => cache(file)[file],
    has: (_target, file) => file in cache(file),
    set: (_target, file, module) => Reflect.set(cache(file), file, module),
    deleteProperty: (_target, file) => Reflect.deleteProperty(cache(file), file),
    ownKeys: () => Reflect.ownKeys(cache()),
    getOwnPropertyDescriptor: (_target, file) =>
      Reflect.getOwnPropertyDescriptor(cache(file), file),
  });
}

function separateEsModules(isShared) {
  Module.registerHooks({
    resolve(specifier, context, nextResolve) {
      const found = nextResolve(specifier, context);
      const tag = tagOf(context.parentURL) ?? runningTask()?.modules.id;
      const separate = tag !== undefined && context.conditions.includes("import");
      return separate && !isShared(found.url) ? { ...found, url: withTag(found.url, tag) } : found;
    },
  });
}
