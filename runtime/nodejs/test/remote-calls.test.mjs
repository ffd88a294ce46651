// What goes over the wire, and what is tried again.

import assert from "node:assert/strict";
import { test } from "node:test";
import { applicationOf, deploy } from "./support/groupings.mjs";

const PAIR = applicationOf({
  A: `exports.handler = async (event, call) => call("B", { n: 1 }).catch(({ name, message }) => ({ name, message }))`,
  B: `exports.handler = async (event) => event.n`,
});
const ALONE = [["A"], ["B"]];

test("a remote call bears envelope, signature and session token, and goes to the alias", async (t) => {
  const lambda = await deploy(t, PAIR, ALONE);
  assert.equal((await lambda.invoke("test-A")).value, 1);
  const [{ name, type, headers, payload }] = lambda.requests;
  assert.deepEqual([name, type], ["test-B", "RequestResponse"]);
  assert.match(
    payload,
    /^{"\$fusion":{"trace":"[0-9a-f]{32}","caller":"A","sampled":true},"event":{"n":1}}$/,
  );
  assert.equal(headers["x-amz-security-token"], "token");
  assert.match(
    headers.authorization,
    /^AWS4-HMAC-SHA256 Credential=AKIDEXAMPLE\/\d{8}\/us-east-1\/lambda\/aws4_request, SignedHeaders=content-type;host;x-amz-date;x-amz-invocation-type;x-amz-security-token, Signature=[0-9a-f]{64}$/,
  );
});

test("a trace goes on through remote calls, and is sampled as it began", async (t) => {
  const chain = applicationOf({
    A: `exports.handler = async (event, call) => call("B")`,
    B: `exports.handler = async (event, call) => call("C")`,
    C: `exports.handler = async () => 1`,
  });
  for (const [sampling, sampled] of [
    ["1/1", true],
    ["0/1", false],
  ]) {
    const lambda = await deploy(t, chain, [["A"], ["B"], ["C"]], { FUSION_SAMPLING: sampling });
    await lambda.invoke("test-A");
    const [b, c] = lambda.requests.map(({ payload }) => JSON.parse(payload).$fusion);
    assert.equal(b.trace, c.trace);
    assert.deepEqual([b.caller, c.caller], ["A", "B"]);
    assert.deepEqual([b.sampled, c.sampled], [sampled, sampled]);
  }
});

test("a function's own name is used where the package gives one", async (t) => {
  const lambda = await deploy(t, { ...PAIR, function_names: { B: "orders-b" } }, ALONE);
  assert.equal((await lambda.invoke("test-A")).value, 1);
  assert.equal(lambda.requests[0].name, "orders-b");
});

for (const [title, refusals] of [
  ["throttling", [{ status: 429, type: "TooManyRequestsException" }]],
  [
    "errors of the service",
    [500, 502, 503].map((status) => ({ status, type: "ServiceException" })),
  ],
  [
    "a callee that is not there yet",
    [404, 404].map((status) => ({ status, type: "ResourceNotFoundException" })),
  ],
]) {
  test(`a call outlasts ${title}`, async (t) => {
    const lambda = await deploy(t, PAIR, ALONE);
    lambda.refusals = [...refusals];
    assert.equal((await lambda.invoke("test-A")).value, 1);
    assert.equal(lambda.requests.length, refusals.length + 1);
  });
}

test("a call that is throttled for ever fails, and so does one that is denied, at once", async (t) => {
  const lambda = await deploy(t, PAIR, ALONE);
  lambda.refusals = Array(9).fill({ status: 429, type: "TooManyRequestsException" });
  assert.equal((await lambda.invoke("test-A")).value.name, "TooManyRequestsException");
  assert.equal(lambda.requests.length, 5);
  lambda.refusals = [{ status: 403, type: "AccessDeniedException" }];
  assert.equal((await lambda.invoke("test-A")).value.name, "AccessDeniedException");
  assert.equal(lambda.requests.length, 6);
});

test("an endpoint that is not there fails the call with a reason", async (t) => {
  const lambda = await deploy(t, PAIR, ALONE, { AWS_ENDPOINT_URL_LAMBDA: "http://127.0.0.1:1" });
  assert.deepEqual((await lambda.invoke("test-A")).value, {
    name: "ECONNREFUSED",
    message: "Calling the function test-B failed: connect ECONNREFUSED 127.0.0.1:1",
  });
});

test("an envelope that is not well-formed is an event like any other", async (t) => {
  const lambda = await deploy(t, applicationOf({ A: `exports.handler = async (event) => event` }), [
    ["A"],
  ]);
  for (const event of [
    { $fusion: { trace: "x" }, event: 1 },
    { $fusion: null, event: 1 },
    [1],
    null,
  ]) {
    assert.deepEqual((await lambda.invoke("test-A", event)).value, event);
  }
});
