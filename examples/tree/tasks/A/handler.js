// What clients invoke: starts C, and meanwhile asks B and waits.
"use strict";

exports.handler = async (event, callFunction) => {
  const [b] = await Promise.all([callFunction("B", event, true), callFunction("C", event, false)]);
  return { value: b.value + 1, path: ["A", ...b.path] };
};
