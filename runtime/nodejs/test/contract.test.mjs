// The contract with the provider and the optimizer, read from the same data as their tests.

import assert from "node:assert/strict";
import { readdirSync, readFileSync } from "node:fs";
import { test } from "node:test";
import { openEnvelope, sealEnvelope } from "../src/envelope.mjs";
import { checkPackageFile, functionName } from "../src/package-file.mjs";
import { UNITS } from "../src/telemetry/units.mjs";

const CONTRACT = new URL("../../../testdata/contract/", import.meta.url);

function read(path) {
  return JSON.parse(readFileSync(new URL(path, CONTRACT), "utf8"));
}

for (const { name, payload, enveloped, event } of read("envelope/cases.json")) {
  test(`envelope: ${name}`, () => {
    const opened = openEnvelope(payload);
    assert.equal(opened.trace !== undefined, enveloped);
    assert.deepEqual(opened.event, event);
    if (enveloped) {
      const sealed = sealEnvelope(opened, opened.caller, JSON.stringify(opened.event));
      assert.equal(sealed, JSON.stringify(payload));
    }
  });
}

for (const file of readdirSync(new URL("fusion-json/", CONTRACT))) {
  test(`fusion.json: ${file}`, () => {
    const value = read(`fusion-json/${file}`);
    assert.equal(checkPackageFile(value), value);
    for (const name of Object.keys(value.tasks)) {
      const expected = value.function_names[name] ?? `${value.application}-${name}`;
      assert.equal(functionName(value, name), expected);
    }
  });
}

test("the metrics and their units are the contract's", () => {
  const { metrics } = read("telemetry.json");
  assert.deepEqual(UNITS, Object.fromEntries(metrics.map(({ name, unit }) => [name, unit])));
});
