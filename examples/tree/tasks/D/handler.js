// Waits for something outside, then for E.
"use strict";

const { setTimeout } = require("node:timers/promises");

const WAIT_MS = 100;

exports.handler = async (event, callFunction) => {
  await setTimeout(WAIT_MS);
  const e = await callFunction("E", event, true);
  return { value: e.value + 1, path: ["D", ...e.path] };
};
