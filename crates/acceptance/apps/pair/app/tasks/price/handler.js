exports.handler = async ({ order }) => ({ price: order * 2 });
