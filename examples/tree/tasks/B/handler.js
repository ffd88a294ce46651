// Waits for something outside, then for D.
"use strict";

const { setTimeout } = require("node:timers/promises");

const WAIT_MS = 100;

exports.handler = async (event, callFunction) => {
  await setTimeout(WAIT_MS);
  const d = await callFunction("D", event, true);
  return { value: d.value + 1, path: ["B", ...d.path] };
};
