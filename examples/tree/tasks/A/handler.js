// What clients invoke: starts C and goes on at once, asks B and waits.
"use strict";

exports.handler = async (event, callFunction) => {
  await callFunction("C", event, false);
  const b = await callFunction("B", event, true);
  return { value: b.value + 1, path: ["A", ...b.path] };
};
