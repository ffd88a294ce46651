import assert from "node:assert/strict";
import { test } from "node:test";
import { pauseMs } from "../src/retries.mjs";

test("throttling and errors of the service are tried five times, with pauses that grow and vary", () => {
  for (const failure of [{ status: 429 }, { status: 503 }, { code: "ECONNRESET" }]) {
    const pauses = [1, 2, 3, 4, 5].map((attempt) => pauseMs(failure, attempt, 0, 1));
    assert.deepEqual(pauses, [200, 400, 800, 1600, undefined]);
    assert.equal(pauseMs(failure, 4, 0, 0.5), 800);
  }
});

test("a kept connection that was closed meanwhile is replaced at once", () => {
  assert.equal(pauseMs({ code: "ECONNRESET", wasKept: true }, 1, 0, 1), 0);
  assert.equal(pauseMs({ code: "ECONNRESET", wasKept: true }, 2, 0, 1), 400);
});

test("a callee that is not found is tried for three seconds", () => {
  assert.equal(pauseMs({ status: 404 }, 1, 0, 0), 100);
  assert.equal(pauseMs({ status: 404 }, 12, 2_999, 1), 300);
  assert.equal(pauseMs({ status: 404 }, 12, 3_000, 1), undefined);
});

test("what cannot pass is final", () => {
  for (const failure of [{ status: 403 }, { status: 413 }, { code: "ERR_INVALID_URL" }]) {
    assert.equal(pauseMs(failure, 1, 0, 1), undefined);
  }
});
