// The outcome of every kind of call, the same whether the callee is in the group or in another function.

import assert from "node:assert/strict";
import { describe, test } from "node:test";
import { allInline, allRemote, applicationOf, deploy } from "./support/groupings.mjs";

/** Deploys `application` in both forms, invokes A in each with `event`, and hands the answer to `check`. */
function inBothForms(title, application, check, event = {}) {
  for (const [form, groupsOf] of Object.entries({ remote: allRemote, inline: allInline })) {
    test(`${title}, ${form}`, async (t) => {
      const lambda = await deploy(t, application, groupsOf(application));
      const answer = await lambda.invoke("test-A", event);
      await lambda.idle();
      await check(answer, lambda, form);
    });
  }
}

const expecting = (expected) => (answer) =>
  assert.deepEqual(answer, { isError: false, value: expected });

/** A task A that calls B and answers with the error it gets. */
const CATCHER = `exports.handler = async (event, call) => {
  try { return { answer: await call("B", event) }; }
  catch (error) {
    const own = Object.keys(error);
    return { name: error.name, message: error.message, isError: error instanceof Error, own };
  }
}`;

const caught = (name, message) => expecting({ name, message, isError: true, own: [] });

describe("an answer", () => {
  inBothForms(
    "is a copy of the callee's result as JSON has it",
    applicationOf({
      A: `exports.handler = async (event, call) => call("B", { at: new Date(0), no: undefined, not: NaN })`,
      B: `exports.handler = async (event) => ({ event, none: undefined, nan: NaN, map: new Map(), text: "\u00e9" })`,
    }),
    expecting({
      event: { at: "1970-01-01T00:00:00.000Z", not: null },
      nan: null,
      map: {},
      text: "é",
    }),
  );

  inBothForms(
    "shares no object with the callee, nor does the input",
    applicationOf({
      A: `exports.handler = async (event, call) => {
        const input = { list: [1] };
        const pending = call("B", input);
        input.list.push(2);
        const first = await pending;
        first.list.push(9);
        const second = await call("B", { list: [] });
        return { input, first, second };
      }`,
      B: `const kept = []; exports.handler = async (event) => { event.list.push(0); kept.push(event.list.length); return { list: event.list, kept }; }`,
    }),
    expecting({
      input: { list: [1, 2] },
      first: { list: [1, 0, 9], kept: [2] },
      second: { list: [0], kept: [2, 1] },
    }),
  );

  inBothForms(
    "is null where the callee returns nothing, and no input is an empty event",
    applicationOf({
      A: `exports.handler = async (event, call) => [await call("B"), await call("B", null), await call("C")]`,
      B: `exports.handler = async (event) => event === null ? "null" : Object.keys(event).length`,
      C: `exports.handler = async () => {}`,
    }),
    expecting([0, "null", null]),
  );

  inBothForms(
    "may be returned without a promise",
    applicationOf({
      A: `exports.handler = (event, call) => call.sync("B", 4)`,
      B: `exports.handler = (event) => event + 1`,
    }),
    expecting(5),
  );
});

describe("calls of one task", () => {
  inBothForms(
    "run at the same time, repeatedly and nested",
    applicationOf({
      A: `exports.handler = async (event, call) => Promise.all([call("B", 1), call("B", 2), call("C", 3)])`,
      B: `exports.handler = async (event, call) => ["B", event, await call("C", event * 10)]`,
      C: `exports.handler = async (event) => { await new Promise((done) => setTimeout(done, 20)); return ["C", event]; }`,
    }),
    expecting([
      ["B", 1, ["C", 10]],
      ["B", 2, ["C", 20]],
      ["C", 3],
    ]),
  );

  inBothForms(
    "may be of itself, and through others in a circle",
    applicationOf({
      A: `exports.handler = async (event, call) => event.n === 0 ? [] : [event.n, ...await call(event.n % 2 ? "A" : "B", { n: event.n - 1 })]`,
      B: `exports.handler = async (event, call) => ["B", ...await call("A", event)]`,
    }),
    expecting([4, "B", 3, 2, "B", 1]),
    { n: 4 },
  );
});

describe("an error", () => {
  for (const [title, thrown, name, message] of [
    [
      "of a class of its own",
      `Object.assign(new RangeError("too far"), { code: 7 })`,
      "RangeError",
      "too far",
    ],
    ["without a message", "new Error()", "Error", ""],
    ["that is a text", `"plain"`, "string", "plain"],
    ["that is an object", "{ a: 1 }", "object", "[object Object]"],
    ["that is nothing", "undefined", "undefined", "undefined"],
  ]) {
    inBothForms(
      `${title} has the callee's name and message, and nothing else`,
      applicationOf({ A: CATCHER, B: `exports.handler = async () => { throw ${thrown}; }` }),
      caught(name, message),
    );
  }

  inBothForms(
    "that is not caught passes on through the caller",
    applicationOf({
      A: `exports.handler = async (event, call) => call("B")`,
      B: `exports.handler = async (event, call) => call("C")`,
      C: `exports.handler = () => { throw new TypeError("deep"); }`,
    }),
    ({ isError, value }) => {
      assert.equal(isError, true);
      assert.deepEqual([value.errorType, value.errorMessage], ["TypeError", "deep"]);
      assert.match(value.trace.join("\n"), /^TypeError: deep\n.*tasks\/C\/handler\.js/);
    },
  );

  inBothForms(
    "of one call does not end another",
    applicationOf({
      A: `exports.handler = async (event, call) => {
        const [b, c] = await Promise.allSettled([call("B"), call("C")]);
        return [b.reason.message, c.value];
      }`,
      B: `exports.handler = async () => { throw new Error("B"); }`,
      C: `exports.handler = async () => { await new Promise((done) => setTimeout(done, 30)); return "C"; }`,
    }),
    expecting(["B", "C"]),
  );

  const unserialisable =
    Number.parseInt(process.versions.node, 10) >= 24 ? "Runtime.JSONStringifyError" : "Error";
  for (const result of ["1n", "() => 1"]) {
    inBothForms(
      `says that a result cannot be JSON: ${result}`,
      applicationOf({ A: CATCHER, B: `exports.handler = async () => (${result})` }),
      ({ value }, _lambda, form) => {
        // In its own function the runtime client, here the tests' own, says so of what it writes.
        if (form === "inline" || result !== "1n") {
          assert.deepEqual(
            [value.name, value.message],
            [unserialisable, "Unable to stringify response body"],
          );
        } else {
          assert.equal(value.isError, true);
        }
      },
    );
  }

  inBothForms(
    "tells the caller that an input cannot be JSON",
    applicationOf({
      A: `exports.handler = async (event, call) => call("B", 1n).catch((error) => error.name)`,
      B: `exports.handler = async () => 1`,
    }),
    expecting("TypeError"),
  );

  inBothForms(
    "tells the caller that an input is too large, for sync and for async calls",
    applicationOf({
      A: `exports.handler = async (event, call) => {
        const tell = (error) => [error.name, error.message];
        const fits = await call("B", "é".repeat(3_145_471));
        return [fits, await call("B", "é".repeat(3_145_472)).catch(tell), await call.async("B", "a".repeat(1_048_063)).catch(tell)];
      }`,
      B: `exports.handler = async (event) => event.length`,
    }),
    expecting([
      3_145_471,
      [
        "RequestEntityTooLargeException",
        'The input of a sync call of "B" has 6290946 bytes; 6290944 is the limit (Lambda\'s, less 512 for the envelope)',
      ],
      [
        "RequestEntityTooLargeException",
        'The input of an async call of "B" has 1048065 bytes; 1048064 is the limit (Lambda\'s, less 512 for the envelope)',
      ],
    ]),
  );

  inBothForms(
    "says that there is no such task",
    applicationOf({
      A: `exports.handler = async (event, call) => {
        const tell = ({ name, message }) => [name, message];
        return [await call("Nobody").catch(tell), await call("no name").catch(tell), await call(undefined).catch(tell)];
      }`,
    }),
    expecting([
      [
        "ResourceNotFoundException",
        "Calling the function test-Nobody failed: Function not found: test-Nobody:live; is it deployed, and the name that of a task?",
      ],
      ["TypeError", "no name is not the name of a task"],
      ["TypeError", "undefined is not the name of a task"],
    ]),
  );
});

describe("a task that cannot be loaded", () => {
  for (const [title, source, name, message, files] of [
    ["throws", `throw new RangeError("at once")`, "RangeError", /^at once$/],
    [
      "does not parse",
      "const = 1",
      "Runtime.UserCodeSyntaxError",
      /^SyntaxError: Unexpected token '=' \(task "B", tasks\/B\/handler\.js:1\)$/,
    ],
    [
      "loads a file that does not parse",
      `require("../../lib/x.js")`,
      "Runtime.UserCodeSyntaxError",
      /^SyntaxError: Unexpected end of input \(task "B", lib\/x\.js:2\)$/,
      { "lib/x.js": "\nexports.x = {" },
    ],
    [
      "is an ES module that does not parse",
      "const = 1",
      "Runtime.UserCodeSyntaxError",
      /^SyntaxError: Unexpected token '=' \(task "B", tasks\/B\/handler\.js or a file that it loads\)$/,
      { "tasks/B/package.json": '{"type":"module"}' },
    ],
    [
      "imports what is not exported",
      `import { x } from "../../lib/x.mjs"`,
      "Runtime.UserCodeSyntaxError",
      /^SyntaxError: .* an export named 'x' \(task "B", tasks\/B\/handler\.js:1\)$/,
      { "tasks/B/package.json": '{"type":"module"}', "lib/x.mjs": "export const y = 1;" },
    ],
    [
      "misses a module",
      `require("absent")`,
      "Runtime.ImportModuleError",
      /^Error: Cannot find module 'absent' \(task "B", tasks\/B\/handler\.js\)\nRequire stack:/,
    ],
    [
      "exports no handler",
      "exports.other = 1",
      "Runtime.HandlerNotFound",
      /^handler\.handler is undefined or not exported \(task "B", tasks\/B\/handler\.js\)$/,
    ],
    [
      "exports no function",
      "exports.handler = 1",
      "Runtime.HandlerNotFound",
      /^handler\.handler is not a function \(task "B", tasks\/B\/handler\.js\)$/,
    ],
  ]) {
    inBothForms(
      `because it ${title} fails the calls to it only`,
      applicationOf({ A: CATCHER, B: source }, { files }),
      ({ isError, value }) => {
        assert.equal(isError, false);
        assert.equal(value.name, name);
        assert.match(value.message, message);
      },
    );
  }

  test("is loaded again by the next call", async (t) => {
    const application = applicationOf({
      A: `exports.handler = async (event, call) => call("B").catch((error) => error.message)`,
      B: `globalThis.loads = (globalThis.loads ?? 0) + 1;
        if (globalThis.loads < 3) throw new Error("not yet");
        exports.handler = async () => globalThis.loads`,
    });
    const lambda = await deploy(t, application, allInline(application));
    assert.equal((await lambda.invoke("test-A")).value, "not yet");
    assert.equal((await lambda.invoke("test-A")).value, 3);
    assert.equal((await lambda.invoke("test-A")).value, 3);
  });
});

describe("a timeout", () => {
  test("of an inlined task is kept, with Lambda's words", async (t) => {
    const application = applicationOf(
      {
        A: `exports.handler = async (event, call) => call("B").catch(({ name, message }) => [name, message])`,
        B: `exports.handler = (event, call) => call("C")`,
        C: `exports.handler = () => new Promise(() => setTimeout(() => {}, 20_000))`,
      },
      { tasks: { B: { timeout_seconds: 0.2 } } },
    );
    const lambda = await deploy(t, application, allInline(application));
    const [name, message] = (await lambda.invoke("test-A")).value;
    assert.equal(name, "Sandbox.Timedout");
    assert.match(message, /^RequestId: [0-9a-f-]{36} Error: Task timed out after 0\.20 seconds$/);
  });
});

describe("the second argument", () => {
  inBothForms(
    "carries the context of the task's own function",
    applicationOf({
      A: `exports.handler = async (event, call) => [call.context.functionName, await call("B")]`,
      B: `exports.handler = async (event, { context }) => [context.functionName, context.invokedFunctionArn, context.getRemainingTimeInMillis() > 0, context.awsRequestId.length]`,
    }),
    expecting([
      "test-A",
      ["test-B", "arn:aws:lambda:us-east-1:000000000000:function:test-B:live", true, 36],
    ]),
  );
});
