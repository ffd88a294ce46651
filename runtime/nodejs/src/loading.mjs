// Loading a task's handler from its source, in its own module graph and with its own view of the environment.
// File names and errors are those of Lambda's own runtime client.

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { failure } from "./errors.mjs";
import { moduleGraph } from "./module-graphs.mjs";
import { withTag } from "./module-tags.mjs";
import { running } from "./running.mjs";

/** One member of the group: what it is called, how it is loaded, and, once it is, its handler. */
export class Task {
  #folder;
  #definition;
  #loads = 0;
  #loading;

  /** `definition` is the task's part of `fusion.json`, `folder` the package's, `environment` the task's view. */
  constructor(name, definition, folder, environment) {
    this.name = name;
    this.timeoutMs = definition.timeout_seconds * 1000;
    this.environment = environment;
    this.handler = undefined;
    this.#definition = definition;
    this.#folder = folder;
  }

  /**
   * Loads the handler. A failed load is tried again by the next call, in a new module graph, as Lambda repeats a
   * failed INIT; the error is the one that Lambda would answer with.
   */
  load() {
    this.#loading ??= this.#loadOnce().finally(() => {
      this.#loading = undefined;
    });
    return this.#loading;
  }

  async #loadOnce() {
    this.#loads += 1;
    this.modules = moduleGraph(this.#loads === 1 ? this.name : `${this.name}~${this.#loads}`);
    this.handler = await running.run({ task: this }, async () => {
      const { file, exportPath } = this.#locate();
      return findExport(await importFile(file, this.modules.id), exportPath, this.#definition);
    });
  }

  #locate() {
    const { handler, source } = this.#definition;
    const base = path.basename(handler);
    const dot = base.indexOf(".");
    if (dot <= 0 || dot === base.length - 1 || handler.split("/").includes("..")) {
      throw failure("Runtime.MalformedHandlerName", "Bad handler");
    }
    const module = path.join(source, path.dirname(handler), base.slice(0, dot));
    const stem = path.join(this.#folder, module);
    const file = [stem, `${stem}.js`, `${stem}.mjs`, `${stem}.cjs`].find(isFile);
    if (file === undefined) {
      const message = `Error: Cannot find module '${module}'\nRequire stack:\n- ${this.#folder}`;
      throw failure("Runtime.ImportModuleError", message);
    }
    return { file, exportPath: base.slice(dot + 1) };
  }
}

async function importFile(file, graph) {
  try {
    return isEsModule(file)
      ? await import(withTag(pathToFileURL(file).href, graph))
      : createRequire(file)(file);
  } catch (error) {
    if (error instanceof SyntaxError) {
      throw failure("Runtime.UserCodeSyntaxError", String(error), error.stack);
    }
    if (error?.code === "MODULE_NOT_FOUND") {
      throw failure("Runtime.ImportModuleError", String(error), error.stack);
    }
    throw error;
  }
}

function findExport(module, exportPath, { handler }) {
  const from = (start) => exportPath.split(".").reduce((value, key) => value?.[key], start);
  const found = from(module) ?? from(module.default);
  if (found === undefined || found === null) {
    throw failure("Runtime.HandlerNotFound", `${handler} is undefined or not exported`);
  }
  if (typeof found !== "function") {
    throw failure("Runtime.HandlerNotFound", `${handler} is not a function`);
  }
  return found;
}

function isFile(file) {
  return existsSync(file) && !existsSync(`${file}/`);
}

function isEsModule(file) {
  if (path.extname(file) !== ".js") {
    return file.endsWith(".mjs");
  }
  for (let folder = path.dirname(file); ; folder = path.dirname(folder)) {
    const description = path.join(folder, "package.json");
    if (existsSync(description)) {
      return JSON.parse(readFileSync(description, "utf8")).type === "module";
    }
    if (folder === path.dirname(folder)) {
      return false;
    }
  }
}
