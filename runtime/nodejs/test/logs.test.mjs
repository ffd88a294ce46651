import assert from "node:assert/strict";
import { test } from "node:test";
import { logLine } from "../src/logs.mjs";
import { allInline, allRemote, applicationOf, deploy } from "./support/groupings.mjs";

const AT = new Date("2026-01-02T03:04:05.678Z");
const RUN = { task: { name: "B" }, request: { trace: "t", context: { awsRequestId: "id" } } };
const HEAD = { timestamp: "2026-01-02T03:04:05.678Z", level: "INFO" };

const line = (values, run) => JSON.parse(logLine("INFO", values, run, AT));

test("one value is embedded, several are a text, the first error is taken apart", () => {
  const error = new RangeError("far");
  const { name: errorType, message: errorMessage, stack } = error;
  const described = { errorType, errorMessage, stackTrace: stack.split("\n") };
  assert.deepEqual(line([{ a: 1 }]), { ...HEAD, message: { a: 1 } });
  assert.deepEqual(line(["n=%d", 1, "more"]), { ...HEAD, message: "n=1 more" });
  assert.deepEqual(line([error]), { ...HEAD, message: described });
  const several = line(["failed", error]);
  assert.deepEqual(several, { ...HEAD, message: several.message, ...described });
});

test("trace, task and request are named; what JSON cannot hold is a text", () => {
  const circle = {};
  circle.self = circle;
  assert.deepEqual(line(["x"], RUN), {
    ...HEAD,
    requestId: "id",
    trace: "t",
    task: "B",
    message: "x",
  });
  assert.match(line([circle]).message, /Circular/);
  assert.equal(line([10n]).message, "10n");
});

const TALKER = applicationOf({
  A: `exports.handler = async (event, call) => { console.log("in A"); await call("B"); console.debug("hidden"); }`,
  B: `exports.handler = async () => { console.warn("in", "B"); }`,
});

for (const [form, groups] of [
  ["remote", allRemote(TALKER)],
  ["inline", allInline(TALKER)],
]) {
  test(`in the JSON format every line bears its trace and its task, ${form}`, async (t) => {
    const format = { AWS_LAMBDA_LOG_FORMAT: "JSON", AWS_LAMBDA_LOG_LEVEL: "INFO" };
    const lambda = await deploy(t, TALKER, groups, format);
    await lambda.invoke("test-A");
    await lambda.stopEnvironments("SIGTERM");
    const lines = lambda.output.split("\n").filter((text) => text.startsWith('{"timestamp"'));
    const [a, b] = lines.map((text) => JSON.parse(text));
    assert.equal(lines.length, 2);
    assert.deepEqual([a.level, a.task, a.message], ["INFO", "A", "in A"]);
    assert.deepEqual([b.level, b.task, b.message], ["WARN", "B", "in B"]);
    assert.match(a.trace, /^[0-9a-f]{32}$/);
    assert.equal(a.trace, b.trace);
  });
}

test("in the text format the console is left as it is", async (t) => {
  const lambda = await deploy(t, TALKER, allInline(TALKER));
  await lambda.invoke("test-A");
  await lambda.stopEnvironments("SIGTERM");
  assert.match(lambda.output, /^in A$/m);
});
