// Finds and loads the handler that `_HANDLER` names, in the ways of the managed runtimes.

import { existsSync, readFileSync, statSync } from "node:fs";
import * as nodeModule from "node:module";
import path from "node:path";
import { pathToFileURL } from "node:url";
import { namedError } from "./errors.mjs";

const { createRequire } = nodeModule;

export async function loadHandler(root, name, awaits) {
  if (name.includes("..")) {
    throw namedError(
      "Runtime.MalformedHandlerName",
      `'${name}' is not a valid handler name. Use absolute paths when specifying root directories in handler names.`,
    );
  }
  const file = path.basename(name);
  const folder = name.slice(0, name.length - file.length);
  const dot = file.indexOf(".");
  if (dot < 1 || dot === file.length - 1) {
    throw namedError("Runtime.MalformedHandlerName", "Bad handler");
  }
  const moduleName = file.slice(0, dot);
  const exportPath = file.slice(dot + 1);
  resolveEsmFromNodePath();
  const module = await loadModule(root, folder, moduleName, awaits);
  const handler =
    lookUp(module, exportPath) ?? (awaits ? lookUp(module?.default, exportPath) : undefined);
  if (handler === undefined || handler === null) {
    throw namedError(
      "Runtime.HandlerNotFound",
      `${moduleName}.${exportPath} is undefined or not exported`,
    );
  }
  if (typeof handler !== "function") {
    throw namedError("Runtime.HandlerNotFound", `${moduleName}.${exportPath} is not a function`);
  }
  if (awaits && handler.length >= 3) {
    throw namedError(
      "Runtime.CallbackHandlerDeprecated",
      "AWS Lambda has removed support for callback-based function handlers starting with Node.js 24. Use an async function, or return a promise.",
    );
  }
  return handler;
}

function lookUp(module, exportPath) {
  return exportPath.split(".").reduce((value, key) => value?.[key], module);
}

async function loadModule(root, folder, name, awaits) {
  const base = path.resolve(root, folder, name);
  try {
    const file = [base, `${base}.js`, `${base}.mjs`, `${base}.cjs`].find(isFile);
    if (file === undefined) {
      const require = createRequire(path.resolve(root, "noop.js"));
      return require(require.resolve(name, { paths: [path.resolve(root, folder), root] }));
    }
    const isEsm =
      file.endsWith(".mjs") || (file.endsWith(".js") && isEsmPackage(path.dirname(file), root));
    if (isEsm || awaits) return await import(pathToFileURL(file).href);
    return createRequire(path.resolve(root, "noop.js"))(file);
  } catch (error) {
    if (error instanceof SyntaxError) throw namedError("Runtime.UserCodeSyntaxError", error, true);
    if (error?.code === "MODULE_NOT_FOUND")
      throw namedError("Runtime.ImportModuleError", error, true);
    throw error;
  }
}

function isFile(file) {
  return existsSync(file) && statSync(file).isFile();
}

function isEsmPackage(folder, root) {
  const description = path.join(folder, "package.json");
  if (existsSync(description)) {
    try {
      return JSON.parse(readFileSync(description, "utf8")).type === "module";
    } catch {
      return false;
    }
  }
  return folder !== root && folder.startsWith(root) && isEsmPackage(path.dirname(folder), root);
}

// Managed runtimes find the SDK also for `import`, which knows no NODE_PATH by itself.
function resolveEsmFromNodePath() {
  if (typeof nodeModule.registerHooks !== "function") return;
  const folders = (process.env.NODE_PATH ?? "").split(path.delimiter).filter(Boolean);
  nodeModule.registerHooks({
    resolve(specifier, context, next) {
      try {
        return next(specifier, context);
      } catch (error) {
        const isBare = !/^[./]|^[a-z]+:/.test(specifier);
        if (error?.code !== "ERR_MODULE_NOT_FOUND" || !isBare) throw error;
        for (const folder of folders) {
          // A package of a folder on the path is found from a file beside that folder.
          const parentURL = pathToFileURL(path.join(path.dirname(folder), "noop.mjs")).href;
          if (path.basename(folder) !== "node_modules") continue;
          try {
            return next(specifier, { ...context, parentURL });
          } catch {
            // The next folder may have it.
          }
        }
        throw error;
      }
    },
  });
}
