const fs = require("node:fs");
const { setTimeout } = require("node:timers/promises");

// Takes as long as the event says, and leaves one line per order where it says, so that a test
// can count them.
exports.handler = async ({ order, ledger, audit_ms }) => {
  console.log(`audited order ${order}`);
  if (audit_ms) await setTimeout(audit_ms);
  if (ledger) fs.appendFileSync(ledger, `${order}\n`);
};
