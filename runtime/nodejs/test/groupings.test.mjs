// The property that everything rests on: one application gives the same answers, errors and effects in every grouping.

import assert from "node:assert/strict";
import { readFileSync, rmSync } from "node:fs";
import path from "node:path";
import { after, before, test } from "node:test";
import { applicationOf } from "./support/groupings.mjs";
import { FakeLambda } from "./support/fake-lambda.mjs";
import { temporaryFolder, writePackage } from "./support/package.mjs";

const SEED = Number(process.env.FUSION_TEST_SEED ?? 20_261);
const RANDOM_GROUPINGS = Number(process.env.FUSION_TEST_GROUPINGS ?? 8);

const LIB = `const { appendFileSync } = require("node:fs");
exports.effect = (...what) => appendFileSync(process.env.EFFECTS, JSON.stringify(what) + "\\n");
exports.pause = (ms) => new Promise((done) => setTimeout(done, ms));
exports.tell = ({ name, message }) => ({ name, message });`;

const USE = `const { effect, pause, tell } = require("../../lib/index.js");\n`;

// A shop: what it calls depends on the event, in sequence, in parallel, in circles and without waiting; things fail.
const SHOP = applicationOf(
  {
    Order: `${USE}exports.handler = async (event, call) => {
      const input = { items: event.items, at: new Date(0), none: undefined };
      const [stock, price] = await Promise.all([
        call("Stock", input).catch(tell),
        call("Price", input).catch(tell),
      ]);
      input.items = "changed";
      await call("Mail", { to: event.to ?? "nobody" }, false);
      if (event.pay) {
        const paid = await call.sync("Pay", { price, left: 3 });
        call.async("Mail", { paid });
        return { stock, price, paid };
      }
      return { stock, price, table: process.env.TABLE };
    };`,
    Stock: `${USE}exports.handler = async ({ items, at }, call) => {
      await pause(items.length);
      items.sort().push("last");
      if (items.includes("gone")) throw new RangeError("none left of gone");
      return { items, at, table: process.env.TABLE, shelf: await call("Price", { items, of: "Stock" }) };
    };`,
    Price: `${USE}exports.handler = async ({ items, of = "Order" }) => {
      effect("priced", of, items.length);
      if (items.includes("priceless")) throw "priceless";
      return items.length === 0 ? undefined : { sum: items.length / 0, of, table: process.env.TABLE ?? "none" };
    };`,
    Pay: `${USE}exports.handler = async (event, call) => {
      if (event.left === 0) return ["paid"];
      effect("tried", event.left);
      await call("Mail", { left: event.left }, false);
      return [event.left, ...await call("Pay", { ...event, left: event.left - 1 })];
    };`,
    Mail: `${USE}exports.handler = async (event) => { await pause(5); effect("mailed", event); };`,
  },
  {
    files: { "lib/index.js": LIB },
    tasks: {
      Order: { environment: { TABLE: "TABLE" } },
      Stock: { environment: { TABLE: "Stock__TABLE" } },
    },
  },
);

const EVENTS = [
  { items: ["b", "a"] },
  { items: ["b", "a", "é"], to: "me", pay: true },
  { items: ["gone"], pay: true },
  { items: ["priceless"] },
  { items: [] },
  {},
  null,
  "no order",
];

const VALUES = { TABLE: "orders", Stock__TABLE: "stock" };
const NAMES = Object.keys(SHOP.tasks);
let reference;

/** What a client of the application can observe in a grouping: answers to all events, and effects. */
async function observe(t, groups, inlineAsync) {
  const lambda = await new FakeLambda().start(t);
  const folder = temporaryFolder(t);
  const EFFECTS = path.join(folder, "effects");
  for (const group of groups) {
    const home = path.join(folder, group[0]);
    writePackage(home, { ...SHOP, inline_async: inlineAsync }, group);
    const variables = { EFFECTS, FUSION_SAMPLING: "0.5/1", ...variablesOf(group) };
    lambda.deploy(`test-${group[0]}`, home, variables);
  }
  const observed = [];
  for (const event of EVENTS) {
    const { isError, value } = await lambda.invoke("test-Order", event);
    await lambda.idle();
    const effects = linesOf(EFFECTS).sort();
    rmSync(EFFECTS, { force: true });
    observed.push({
      isError,
      value: isError ? [value.errorType, value.errorMessage] : value,
      effects,
    });
  }
  return observed;
}

// A function carries the variables of its members, under the names that the generator chose.
function variablesOf(group) {
  const names = group.flatMap((name) => Object.values(SHOP.tasks[name].environment ?? {}));
  return Object.fromEntries(names.map((name) => [name, VALUES[name]]));
}

function linesOf(file) {
  try {
    return readFileSync(file, "utf8").split("\n").filter(Boolean);
  } catch {
    return [];
  }
}

// A small generator of random numbers (mulberry32), so that a failing grouping can be had again by its seed.
function randomBy(seed) {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

function randomGroups(random) {
  return NAMES.map((root) => [root, ...NAMES.filter((name) => name !== root && random() < 0.5)]);
}

const separate = NAMES.map((name) => [name]);
const together = [NAMES, ...separate.slice(1)];
const all = NAMES.map((root) => [root, ...NAMES.filter((name) => name !== root)]);
const random = randomBy(SEED);
const groupings = [
  ["all together", together, false],
  ["all together, async calls too", together, true],
  ["all in all", all, true],
  ...Array.from({ length: RANDOM_GROUPINGS }, (_, index) => {
    const inlineAsync = random() < 0.5;
    return [`random ${index} of seed ${SEED}`, randomGroups(random), inlineAsync];
  }),
];

const ended = [];
before(async () => {
  reference = await observe({ after: (end) => ended.push(end) }, separate, false);
});
after(async () => {
  for (const end of ended) {
    await end();
  }
});

test("the application does something worth comparing", () => {
  assert.deepEqual(
    reference.map(({ isError }) => isError),
    [false, false, false, false, false, false, true, false],
  );
  assert.deepEqual(reference[1].value.paid, [3, 2, 1, "paid"]);
  assert.equal(reference[1].effects.length, 2 + 3 + 3 + 2);
  assert.deepEqual(reference[2].value.stock, { name: "RangeError", message: "none left of gone" });
  assert.deepEqual(reference[3].value.price, { name: "string", message: "priceless" });
});

for (const [title, groups, inlineAsync] of groupings) {
  test(`same answers, errors and effects: ${title}`, async (t) => {
    assert.deepEqual(await observe(t, groups, inlineAsync), reference);
  });
}
