// Fails while it loads, in the way that a variable says.
const ways = {
  throw: () => {
    throw new TypeError('cannot begin');
  },
  exit: () => process.exit(7),
};
ways[process.env.INIT_FAULT]?.();

exports.handler = async () => 'begun';
