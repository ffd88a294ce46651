// Waits for something outside.
"use strict";

const { setTimeout } = require("node:timers/promises");

const WAIT_MS = 100;

exports.handler = async () => {
  await setTimeout(WAIT_MS);
  return { value: 1, path: ["E"] };
};
