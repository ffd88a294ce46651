// Asks for a price and records the order; `mode` in the event says how it asks.
exports.handler = async ({ order, mode, ...audit }, callFunction) => {
  await callFunction("audit", { order, ...audit }, false);
  if (mode === "later") {
    await callFunction("price", { order }, false);
    return { order, price: "later" };
  }
  const { price } = await callFunction("price", { order }, true);
  return { order, price };
};
