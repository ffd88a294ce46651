// Answers when as many as were told are here at the same time.
const fs = require('node:fs');
const path = require('node:path');

exports.handler = async ({ folder, count }) => {
  fs.writeFileSync(path.join(folder, String(process.pid)), '');
  while (fs.readdirSync(folder).length < count) await new Promise((resolve) => setTimeout(resolve, 10));
  return process.pid;
};
