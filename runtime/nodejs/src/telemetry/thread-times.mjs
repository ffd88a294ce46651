// The CPU time of each thread of this process, from Linux's /proc.

import { readdirSync, readFileSync } from "node:fs";

const THREADS = "/proc/self/task";
const USER_TICKS = 11;
const SYSTEM_TICKS = 12;

/**
 * CPU time by thread, in units that are the same within one process: nanoseconds where the kernel keeps them, else
 * ticks; undefined where there is no /proc.
 */
export function readThreadTimes() {
  // Asking for the process's usage makes the kernel bring the running thread's count up to date.
  process.cpuUsage();
  try {
    const times = new Map();
    for (const thread of readdirSync(THREADS)) {
      const time = readOne(thread);
      if (time !== undefined) {
        times.set(thread, time);
      }
    }
    return times;
  } catch {
    return undefined;
  }
}

let read = readNanoseconds;

function readOne(thread) {
  try {
    return read(thread);
  } catch (error) {
    if (read === readNanoseconds && error.code === "ENOENT" && thread === String(process.pid)) {
      read = readTicks;
      return read(thread);
    }
    // The thread has ended meanwhile.
    return undefined;
  }
}

function readNanoseconds(thread) {
  return Number(readFileSync(`${THREADS}/${thread}/schedstat`, "utf8").split(" ", 1)[0]);
}

// The command's name, in parentheses, may hold spaces.
function readTicks(thread) {
  const stat = readFileSync(`${THREADS}/${thread}/stat`, "utf8");
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return Number(fields[USER_TICKS]) + Number(fields[SYSTEM_TICKS]);
}
