// Loading a task's handler from its source, in its own module graph and with its own view of the environment.
// File names and errors are those of Lambda's own runtime client; the messages also name task and file.

import { existsSync, readFileSync } from "node:fs";
import { createRequire } from "node:module";
import path from "node:path";
import { fileURLToPath, pathToFileURL } from "node:url";
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
      return this.#findExport(await this.#import(file), file, exportPath);
    });
  }

  #locate() {
    const { handler, source } = this.#definition;
    const base = path.basename(handler);
    const dot = base.indexOf(".");
    if (dot <= 0 || dot === base.length - 1 || handler.split("/").includes("..")) {
      throw this.#failure("Runtime.MalformedHandlerName", `Bad handler "${handler}"`);
    }
    const module = path.join(source, path.dirname(handler), base.slice(0, dot));
    const stem = path.join(this.#folder, module);
    const file = [stem, `${stem}.js`, `${stem}.mjs`, `${stem}.cjs`].find(isFile);
    if (file === undefined) {
      const message = `Error: Cannot find module '${module}'\nRequire stack:\n- ${this.#folder}`;
      throw this.#failure("Runtime.ImportModuleError", message);
    }
    return { file, exportPath: base.slice(dot + 1) };
  }

  async #import(file) {
    try {
      return isEsModule(file)
        ? await import(withTag(pathToFileURL(file).href, this.modules.id))
        : createRequire(file)(file);
    } catch (error) {
      if (error instanceof SyntaxError) {
        const where = this.#placeOf(error) ?? `${this.#shown(file)} or a file that it loads`;
        throw this.#failure("Runtime.UserCodeSyntaxError", String(error), where, error.stack);
      }
      if (error?.code === "MODULE_NOT_FOUND") {
        const where = this.#shown(error.requireStack?.[0] ?? file);
        throw this.#failure("Runtime.ImportModuleError", String(error), where, error.stack);
      }
      throw error;
    }
  }

  #findExport(module, file, exportPath) {
    const from = (start) => exportPath.split(".").reduce((value, key) => value?.[key], start);
    const { handler } = this.#definition;
    const found = from(module) ?? from(module.default);
    if (found === undefined || found === null) {
      const message = `${handler} is undefined or not exported`;
      throw this.#failure("Runtime.HandlerNotFound", message, this.#shown(file));
    }
    if (typeof found !== "function") {
      const message = `${handler} is not a function`;
      throw this.#failure("Runtime.HandlerNotFound", message, this.#shown(file));
    }
    return found;
  }

  // Lambda's words alone would leave open which of the group's tasks is meant, and which of its files.
  #failure(type, message, where, stack) {
    const [first, ...rest] = message.split("\n");
    const place = [`task "${this.name}"`, where].filter(Boolean).join(", ");
    return failure(type, [`${first} (${place})`, ...rest].join("\n"), stack);
  }

  // Where Node.js found that a module does not parse or fit: its stack then begins with file and line. That of an
  // ES module that does not parse names nothing.
  #placeOf({ stack }) {
    const [, address, line] = /^(.+?)(?:\?[^\n:]*)?:(\d+)\n/.exec(stack) ?? [];
    if (address === undefined) {
      return undefined;
    }
    const file = address.startsWith("file:") ? fileURLToPath(address) : address;
    return `${this.#shown(file)}:${line}`;
  }

  #shown(file) {
    return path.relative(this.#folder, file);
  }
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
