// Fails in every way that a handler can.
const fs = require('node:fs');
const os = require('node:os');
const path = require('node:path');
const { spawn } = require('node:child_process');

const marker = path.join(os.tmpdir(), 'marker');
const forked = path.join(os.tmpdir(), 'forked');
const started = Date.now();

class OrderRefused extends Error {
  constructor(message) {
    super(message);
    this.name = 'OrderRefused';
  }
}

const ways = {
  ok: async () => ({
    started,
    marker: fs.existsSync(marker),
    forked: fs.existsSync(forked) ? fs.readFileSync(forked, 'utf8') : undefined,
  }),
  mark: async () => fs.writeFileSync(marker, 'here'),
  throw: async ({ message }) => {
    throw new OrderRefused(message);
  },
  throwString: async () => {
    throw 'just text';
  },
  exit: async ({ code }) => process.exit(code),
  kill: async () => process.kill(process.pid, 'SIGSEGV'),
  hang: () => new Promise((resolve) => setTimeout(resolve, 60000)),
  spin: async ({ file }) => {
    if (file) fs.writeFileSync(file, '');
    for (;;);
  },
  fork: async () => {
    const { pid } = spawn('sleep', ['300'], { detached: true, stdio: 'ignore' });
    fs.writeFileSync(forked, String(pid));
    await new Promise((resolve) => setTimeout(resolve, 60000));
  },
  flood: async ({ lines }) => {
    for (let line = 0; line < lines; line += 1) console.log(`${'x'.repeat(200)} ${line}`);
    return lines;
  },
  large: async ({ bytes }) => 'x'.repeat(bytes - 2),
  memory: async () => {
    const kept = [];
    for (;;) {
      kept.push(Buffer.alloc(8 << 20, 1));
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  },
  circular: async () => {
    const circle = {};
    circle.self = circle;
    return circle;
  },
  reject: async () => {
    Promise.reject(new Error('nobody catches this'));
    await new Promise((resolve) => setTimeout(resolve, 1000));
  },
  never: () => new Promise(() => {}),
};

exports.handler = (event) => ways[event.way](event);
