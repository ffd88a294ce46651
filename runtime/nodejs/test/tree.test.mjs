// The example TREE in the setups where it starts and where it ends.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import path from "node:path";
import { test } from "node:test";
import { fileURLToPath } from "node:url";
import { deploy, telemetryOf, valuesOf } from "./support/groupings.mjs";

const TREE = fileURLToPath(new URL("../../../examples/tree", import.meta.url));

function application() {
  const names = readdirSync(path.join(TREE, "tasks")).sort();
  const read = (file) => [file, readFileSync(path.join(TREE, file), "utf8")];
  const shared = readdirSync(path.join(TREE, "lib")).map((file) => read(`lib/${file}`));
  const handlers = names.map((name) => read(`tasks/${name}/handler.js`));
  return {
    files: Object.fromEntries([...shared, ...handlers]),
    tasks: Object.fromEntries(names.map((name) => [name, {}])),
  };
}

for (const notation of ["(A)-(B)-(C)-(D)-(E)-(F)-(G)", "(A,B,D,E)-(C)-(F)-(G)"]) {
  test(`TREE as ${notation}`, async (t) => {
    const groups = notation.split("-").map((group) => group.slice(1, -1).split(","));
    const lambda = await deploy(t, application(), groups, { FUSION_FLUSH_SECONDS: "0" });
    const answer = await lambda.invoke("test-A");
    assert.deepEqual(answer, { isError: false, value: { value: 4, path: ["A", "B", "D", "E"] } });
    await lambda.idle();
    await lambda.stopEnvironments("SIGTERM");
    const telemetry = telemetryOf(lambda.output);
    for (const Task of "ABCDEFG") {
      assert.equal(valuesOf(telemetry, "TaskSelfTime", { Task }).length, 1, Task);
    }
    for (const Task of "CFG") {
      const [parallelism] = valuesOf(telemetry, "TaskParallelism", { Task });
      assert.ok(parallelism > 1.2, `${Task} computes on two threads: ${parallelism}`);
    }
    assert.equal(valuesOf(telemetry, "TaskErrors").length, 0);
  });
}
