// What is measured of a function: spans of its tasks' runs, requests, INIT and memory, and when it is written.
// Everything about sampled requests only, except INIT.

import { CpuMeter } from "./cpu-meter.mjs";
import { Recorder } from "./recorder.mjs";
import { Span } from "./span.mjs";

const BYTES_PER_MB = 1024 * 1024;
const BYTES_PER_KB = 1024;
const DEFAULT_FLUSH_SECONDS = 60;
const MS_PER_SECOND = 1_000;

export class Telemetry {
  #recorder;
  #meter = new CpuMeter();
  #flushMs;
  #flushedMs = -Infinity;
  #timer;
  #root;

  /** `environment` holds the function's variables, `FUSION_RELEASE` and `FUSION_FLUSH_SECONDS` among them. */
  constructor({ application, root }, environment) {
    this.#root = root;
    this.#recorder = new Recorder([
      ["Application", application],
      ["Release", environment.FUSION_RELEASE || "unknown"],
      ["Function", root],
    ]);
    const seconds = Number(environment.FUSION_FLUSH_SECONDS ?? DEFAULT_FLUSH_SECONDS);
    this.#flushMs = (seconds >= 0 ? seconds : DEFAULT_FLUSH_SECONDS) * MS_PER_SECOND;
  }

  /** Writes how long INIT took, from the process's start to now, and sees to it that nothing is lost at its end. */
  initialised() {
    this.#recorder.record("InitDuration", performance.now());
    this.#recorder.flush();
    process.on("exit", () => this.#flush());
    process.once("SIGTERM", () => {
      this.#flush();
      // Without our listener the signal means what it meant before; with others it is theirs.
      if (process.listenerCount("SIGTERM") === 0) {
        process.kill(process.pid, "SIGTERM");
      }
    });
  }

  /** A span for a run of `task`, or undefined where the request is not sampled. */
  span(request, task) {
    return request.sampled ? new Span(task, this.#recorder, this.#meter) : undefined;
  }

  /** A sampled request, whose trace began here, took `durationMs`. */
  requestEnded(durationMs) {
    this.#recorder.record("RequestLatency", durationMs, ["Entrypoint", this.#root]);
  }

  /** The function has an invocation: nothing is written before it ends, when what waits has its turn. */
  invocationBegan() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
  }

  /**
   * The end of an invocation of the function: the moment to write, if enough waits or it has waited long enough.
   * The answer goes first, in the microtasks that follow; the runtime client asks for the next event only after a
   * round trip, and no environment is frozen before it does.
   */
  invocationEnded() {
    const leftMs = this.#flushedMs + this.#flushMs - performance.now();
    if (this.#recorder.isFull || leftMs <= 0) {
      setImmediate(() => this.#flush());
    } else if (this.#recorder.isWaiting) {
      this.#timer = this.#flushIn(leftMs);
    }
  }

  // An environment that gets no further invocation has what it measured written all the same, where it is not
  // frozen in between, as AWS does; there the timer rings with the next invocation.
  #flushIn(ms) {
    return setTimeout(() => this.#flush(), ms).unref();
  }

  #flush() {
    clearTimeout(this.#timer);
    this.#timer = undefined;
    if (!this.#recorder.isWaiting) {
      return;
    }
    const { maxRSS } = process.resourceUsage();
    this.#recorder.record("MemoryUsed", (maxRSS * BYTES_PER_KB) / BYTES_PER_MB);
    this.#recorder.flush();
    this.#flushedMs = performance.now();
  }
}
