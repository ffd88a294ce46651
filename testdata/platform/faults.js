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
  // Waits until it is ended, and says before where it runs.
  wait: async ({ file }) => {
    fs.writeFileSync(`${file}.new`, String(process.pid));
    fs.renameSync(`${file}.new`, file);
    await new Promise((resolve) => setTimeout(resolve, 60000));
  },
  // Begins, waits until it is told to end, and says when it ended.
  meet: async ({ began, end, ended }) => {
    fs.writeFileSync(began, '');
    while (!fs.existsSync(end)) await new Promise((resolve) => setTimeout(resolve, 10));
    fs.writeFileSync(`${ended}.new`, String(started));
    fs.renameSync(`${ended}.new`, ended);
  },
  // Children in groups of their own, which outlive the answer if nobody ends them.
  crowd: async ({ count }) => {
    const children = Array.from({ length: count }, () => spawn('sleep', ['300'], { detached: true, stdio: 'ignore' }));
    return children.map(({ pid }) => pid);
  },
  // A child that fills memory, not this process.
  childMemory: async ({ file }) => {
    const script = 'const kept = []; setInterval(() => kept.push(Buffer.alloc(8 << 20, 1)), 10);';
    const { pid } = spawn(process.execPath, ['-e', script], { detached: true, stdio: 'ignore' });
    fs.writeFileSync(file, String(pid));
    await new Promise((resolve) => setTimeout(resolve, 60000));
  },
  deaf: async ({ file }) => {
    for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP']) process.on(signal, () => {});
    fs.writeFileSync(file, String(process.pid));
    for (;;);
  },
  // Very many very short lines.
  drip: async ({ lines }) => {
    const chunk = Buffer.from('z\n'.repeat(10000));
    for (let written = 0; written < 2 * lines; ) {
      try {
        written += fs.writeSync(1, chunk);
      } catch (error) {
        if (error.code !== 'EAGAIN') throw error;
      }
    }
    return lines;
  },
  // Output without an end of line.
  pour: async ({ bytes }) => {
    const chunk = Buffer.alloc(1 << 16, 'y');
    for (let written = 0; written < bytes; ) {
      try {
        written += fs.writeSync(1, chunk);
      } catch (error) {
        if (error.code !== 'EAGAIN') throw error;
      }
    }
    return bytes;
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
