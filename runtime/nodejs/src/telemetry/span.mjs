// The times of one run of a task.
//
// Wait: the time with at least one synchronous call outstanding. Self: the rest. The calls outstanding at a moment
// share it equally, so that the waits of a run's calls sum to its wait.

export class Span {
  #task;
  #recorder;
  #meter;
  #startedMs;
  #changedMs;
  #waitMs = 0;
  #outstanding = 0;
  #shareMs = 0;
  #hasEnded = false;

  /** Starts now. `meter` tells whose the process's CPU time is. */
  constructor(task, recorder, meter) {
    this.#task = task;
    this.#recorder = recorder;
    this.#meter = meter;
    this.#startedMs = performance.now();
    this.#changedMs = this.#startedMs;
    this.cpu = meter.account(task);
    meter.enter(this.cpu);
  }

  /** A call begins. The result's `end()` says when it ended. */
  callStarted(callee, sync, isInline) {
    const startedMs = performance.now();
    const dimensions = [
      ["Caller", this.#task],
      ["Callee", callee],
      ["Mode", sync ? "sync" : "async"],
      ["Path", isInline ? "inline" : "remote"],
    ];
    const shareMs = sync ? this.#waitStarted(startedMs) : undefined;
    return {
      end: () => {
        const endedMs = performance.now();
        if (sync) {
          const waitMs = this.#waitEnded(endedMs) - shareMs;
          this.#recorder.record("CallWait", waitMs, ...dimensions);
        }
        this.#recorder.record("CallLatency", endedMs - startedMs, ...dimensions);
      },
    };
  }

  /** The run has ended. Only the first end counts. */
  end(failed) {
    if (this.#hasEnded) {
      return;
    }
    const endedMs = performance.now();
    this.#advance(endedMs);
    this.#hasEnded = true;
    this.#meter.leave(this.cpu);
    const task = ["Task", this.#task];
    this.#recorder.record("TaskSelfTime", endedMs - this.#startedMs - this.#waitMs, task);
    this.#recorder.record("TaskWaitTime", this.#waitMs, task);
    const { cpuMs, parallelism } = this.#meter.close(this.cpu);
    if (cpuMs !== undefined) {
      this.#recorder.record("TaskCpuTime", cpuMs, task);
    }
    if (parallelism !== undefined) {
      this.#recorder.record("TaskParallelism", parallelism, task);
    }
    if (failed) {
      this.#recorder.record("TaskErrors", 1, task);
    }
  }

  #waitStarted(nowMs) {
    this.#advance(nowMs);
    this.#outstanding += 1;
    if (this.#outstanding === 1 && !this.#hasEnded) {
      this.#meter.leave(this.cpu);
    }
    return this.#shareMs;
  }

  #waitEnded(nowMs) {
    this.#advance(nowMs);
    this.#outstanding -= 1;
    if (this.#outstanding === 0 && !this.#hasEnded) {
      this.#meter.enter(this.cpu);
    }
    return this.#shareMs;
  }

  #advance(nowMs) {
    if (this.#outstanding > 0 && !this.#hasEnded) {
      const passedMs = nowMs - this.#changedMs;
      this.#waitMs += passedMs;
      this.#shareMs += passedMs / this.#outstanding;
    }
    this.#changedMs = nowMs;
  }
}
