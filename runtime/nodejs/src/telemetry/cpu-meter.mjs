// Whose the process's CPU time is. The system counts it for the whole process, worker threads included, so it is a
// run's only while no other run is at work in the process; a run that waits for a call is not at work.

import { readThreadTimes } from "./thread-times.mjs";

const PARALLELISM_ALWAYS = 3;
const PARALLELISM_ONE_IN = 16;
// Reading the threads' times takes about 0.1 ms; a run that calls often is known well enough by its first stretches.
const MAX_STRETCHES = 8;
const US_PER_MS = 1_000;

export class CpuMeter {
  #usage;
  #threadTimes;
  #atWork = new Set();
  #countedUs = 0;
  #runs = new Map();

  /** `usage` returns the process's CPU time in microseconds, `threadTimes` that of each thread. */
  constructor(usage = processCpuUs, threadTimes = readThreadTimes) {
    this.#usage = usage;
    this.#threadTimes = threadTimes;
  }

  /** An account for a run of `task`; the first runs and then one of 16 also count their threads. */
  account(task) {
    const runs = this.#runs.get(task) ?? 0;
    this.#runs.set(task, runs + 1);
    const countsThreads = runs < PARALLELISM_ALWAYS || runs % PARALLELISM_ONE_IN === 0;
    return {
      cpuUs: 0,
      isMixed: false,
      threads: countsThreads ? new Map() : undefined,
      stretchesLeft: MAX_STRETCHES,
      before: undefined,
    };
  }

  /** The run is at work from now on. */
  enter(account) {
    this.#count();
    this.#atWork.add(account);
    if (this.#atWork.size > 1) {
      this.#mix();
    }
    if (account.threads !== undefined && account.stretchesLeft > 0) {
      account.stretchesLeft -= 1;
      account.before = this.#threadTimes();
    }
  }

  /** The run waits from now on, or has ended. */
  leave(account) {
    if (!this.#atWork.has(account)) {
      return;
    }
    this.#count();
    this.#atWork.delete(account);
    if (account.before !== undefined) {
      addThreads(account, this.#threadTimes());
      account.before = undefined;
    }
  }

  /** What is known of a run that has ended: nothing if another was at work at the same time. */
  close({ isMixed, cpuUs, threads }) {
    if (isMixed) {
      return {};
    }
    return { cpuMs: cpuUs / US_PER_MS, parallelism: threads && parallelismOf(threads) };
  }

  #count() {
    const nowUs = this.#usage();
    if (this.#atWork.size === 1) {
      const [account] = this.#atWork;
      account.cpuUs += nowUs - this.#countedUs;
    }
    this.#countedUs = nowUs;
  }

  #mix() {
    for (const account of this.#atWork) {
      account.isMixed = true;
    }
  }
}

function processCpuUs() {
  const { user, system } = process.cpuUsage();
  return user + system;
}

function addThreads({ threads, before }, after) {
  for (const [thread, time] of after ?? []) {
    const passed = time - (before.get(thread) ?? 0);
    threads.set(thread, (threads.get(thread) ?? 0) + passed);
  }
}

// All threads' time over that of the busiest; undefined where the clock saw none.
function parallelismOf(threads) {
  const times = [...threads.values()];
  const busiest = Math.max(0, ...times);
  return busiest > 0 ? times.reduce((sum, time) => sum + time, 0) / busiest : undefined;
}
