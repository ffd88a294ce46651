// Writing lines to standard output past the console, which wraps or splits them.

import { writeSync } from "node:fs";

const STDOUT = 1;
const FULL_PIPE_PAUSE_MS = 1;
const MAX_PAUSES = 1_000;

const clock = new Int32Array(new SharedArrayBuffer(4));

/** Writes `text` and a newline, waiting up to a second for a full pipe. Never throws: no output is worth a request. */
export function writeLine(text, write = writeSync) {
  const bytes = Buffer.from(`${text}\n`);
  let pauses = 0;
  for (let offset = 0; offset < bytes.length;) {
    try {
      offset += write(STDOUT, bytes, offset);
    } catch (error) {
      if (error.code !== "EAGAIN" || pauses === MAX_PAUSES) {
        return;
      }
      pauses += 1;
      Atomics.wait(clock, 0, 0, FULL_PIPE_PAUSE_MS);
    }
  }
}
