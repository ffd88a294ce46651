// One run of one task: the unit that has a deadline, calls that it waits for, and, if sampled, a span.
// A request is what all runs in this function share that go back to one invocation of it.

const { randomUUID } = process.getBuiltinModule("node:crypto");

export class Invocation {
  #pending = new Set();

  /** `request` is { trace, sampled, context }, `deadlineMs` on the clock of `performance.now()`. */
  constructor(task, request, deadlineMs, span) {
    this.task = task;
    this.request = request;
    this.deadlineMs = deadlineMs;
    this.span = span;
    this.id = undefined;
  }

  /** Lambda's id of the request; an inlined run has one of its own, made when somebody asks. */
  get requestId() {
    this.id ??= randomUUID();
    return this.id;
  }

  /** Keeps `work`, which never rejects, among what must end before the function answers. */
  keep(work) {
    this.#pending.add(work);
    work.then(() => this.#pending.delete(work));
  }

  get isPending() {
    return this.#pending.size > 0;
  }

  /** Resolves when all calls that the run began have ended, also those that nobody awaited. */
  async settled() {
    while (this.#pending.size > 0) {
      await Promise.all(this.#pending);
    }
  }
}
