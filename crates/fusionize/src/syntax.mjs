// Compiles files without running anything of them. Reads [{ path, kind }] from standard input and writes
// { version, faults }: for each file null, or what is wrong with it and where, counted from 1.

import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import vm from "node:vm";

const CALLED_WITH = ["exports", "require", "module", "__filename", "__dirname"];

function faultOfCommonJs(text) {
  try {
    vm.compileFunction(text, CALLED_WITH);
    return null;
  } catch (error) {
    return fault(error.message, error.stack);
  }
}

function faultOfModule(text) {
  try {
    new vm.SourceTextModule(text);
    return null;
  } catch (error) {
    // Its place is known only to a Node.js that checks nothing else.
    const check = ["--no-warnings", "--check", "--input-type=module"];
    const { stderr } = spawnSync(process.execPath, check, { input: text, encoding: "utf8" });
    return fault(error.message, stderr);
  }
}

// Node.js finds out by trying what a file without a declared kind is.
function faultOfEither(text) {
  const fault = faultOfCommonJs(text);
  const moduleFault = fault && faultOfModule(text);
  return moduleFault && /^\s*(?:import|export)\b/m.test(text) ? moduleFault : moduleFault && fault;
}

// Before the error's own words stand its place, the line of code, and what points into it.
function fault(message, said) {
  const [place, , pointer = ""] = said.split("\n");
  const [, line] = /:(\d+)$/.exec(place) ?? [];
  if (line === undefined) {
    return { message, line: 1, column: 1, length: 0 };
  }
  const marks = /\^+/.exec(pointer);
  const column = (marks?.index ?? pointer.length) + 1;
  return { message, line: Number(line), column, length: marks?.[0].length ?? 0 };
}

const FAULT_OF = { commonjs: faultOfCommonJs, module: faultOfModule, either: faultOfEither };

const faults = JSON.parse(readFileSync(0, "utf8")).map(({ path, kind }) =>
  FAULT_OF[kind](readFileSync(path, "utf8")),
);
process.stdout.write(JSON.stringify({ version: process.versions.node, faults }));
