// Notes every event in a file, once for each time that it gets it.
const fs = require('node:fs');

exports.handler = async ({ file, id }, { functionVersion }) => {
  // One write at the end of a file is whole, whoever else writes there.
  fs.appendFileSync(file, `${id}\n`);
  return { id, version: functionVersion, release: process.env.RELEASE };
};
