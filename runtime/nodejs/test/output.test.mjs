import assert from "node:assert/strict";
import { test } from "node:test";
import { writeLine } from "../src/output.mjs";

/** A write that takes a few bytes at a time, or fails with what `obstacles` holds next. */
function pipe(obstacles, taken = []) {
  return {
    taken,
    write(_descriptor, bytes, offset) {
      const code = obstacles.shift();
      if (code !== undefined) {
        throw Object.assign(new Error(code), { code });
      }
      const part = bytes.subarray(offset, offset + 3);
      taken.push(part.toString("latin1"));
      return part.length;
    },
  };
}

test("a line is written whole, in parts and past a full pipe", () => {
  const { taken, write } = pipe(["EAGAIN", undefined, "EAGAIN", "EAGAIN"]);
  writeLine("0123456", write);
  assert.equal(taken.join(""), "0123456\n");
});

test("a pipe that stays full or is closed costs the line, not the request", () => {
  for (const obstacles of [["EPIPE"], Array(2_000).fill("EAGAIN")]) {
    const { taken, write } = pipe(obstacles);
    writeLine("x", write);
    assert.deepEqual(taken, []);
  }
});
