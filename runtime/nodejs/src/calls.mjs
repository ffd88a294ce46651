// Where a call goes: into the process if the callee is in the group, else to the callee's own function.

import { inputText, resultText } from "./copies.mjs";
import { sealEnvelope } from "./envelope.mjs";
import { errorForCaller, errorPayload, failure } from "./errors.mjs";
import { Invocation } from "./invocation.mjs";
import { functionName, TASK_NAME } from "./package-file.mjs";
import { running } from "./running.mjs";
import { callFunctionFor } from "./task-context.mjs";

export class Calls {
  #description;
  #tasks;
  #lambda;
  #telemetry;

  /** `tasks` is a map of the group's members by name. */
  constructor(description, tasks, lambda, telemetry) {
    this.#description = description;
    this.#tasks = tasks;
    this.#lambda = lambda;
    this.#telemetry = telemetry;
    this.call = this.call.bind(this);
  }

  /**
   * Runs the invocation's task on `event`. Resolves to what `finish` makes of the handler's result, rejects with what
   * either of them throws.
   */
  async run(invocation, event, finish) {
    const { task, span } = invocation;
    let failed = true;
    try {
      if (task.handler === undefined) {
        await task.load();
      }
      const callFunction = callFunctionFor(invocation, this.call, this.#description);
      const result = finish(await running.run(invocation, task.handler, event, callFunction));
      failed = false;
      return result;
    } finally {
      span?.end(failed);
    }
  }

  /**
   * One task calling another. The promise resolves to the answer (sync), or to undefined once the event is accepted
   * (async). It may be left alone: then the function waits for it before it answers, and a failure is logged only.
   */
  call(invocation, name, input, sync) {
    const promise = this.#begin(invocation, name, input, sync);
    const ended = promise.catch((error) => {
      if (!sync) {
        log(`The call of "${name}" by "${invocation.task.name}" was not accepted`, error);
      }
    });
    invocation.keep(ended);
    return promise;
  }

  // Copies the input at once; the call itself begins when the caller's own code yields, so that what the caller still
  // does is the caller's work.
  async #begin(invocation, name, input, sync) {
    if (typeof name !== "string" || !TASK_NAME.test(name)) {
      throw new TypeError(`${String(name)} is not the name of a task`);
    }
    const text = inputText(name, input, sync);
    await null;
    const callee = this.#tasks.get(name);
    const isInline = callee !== undefined && (sync || this.#description.inline_async);
    const timer = invocation.span?.callStarted(name, sync, isInline);
    if (!isInline) {
      return this.#remotely(invocation, name, text, sync).finally(() => timer?.end());
    }
    const answer = this.#inline(invocation, callee, text).finally(() => timer?.end());
    if (sync) {
      return answer;
    }
    invocation.keep(this.#handOverFailed(answer, invocation, name, text));
    return undefined;
  }

  #remotely(invocation, name, text, sync) {
    const { request, task, deadlineMs } = invocation;
    const { alias } = this.#description;
    const payload = sealEnvelope(request, task.name, text);
    return this.#lambda.invoke(
      functionName(this.#description, name),
      alias,
      payload,
      sync,
      deadlineMs,
    );
  }

  async #inline(caller, task, text) {
    const { request } = caller;
    const ownDeadlineMs = performance.now() + task.timeoutMs;
    const isEarlier = ownDeadlineMs < caller.deadlineMs;
    const span = this.#telemetry.span(request, task.name);
    const deadlineMs = isEarlier ? ownDeadlineMs : caller.deadlineMs;
    const invocation = new Invocation(task, request, deadlineMs, span);
    try {
      const run = this.run(invocation, JSON.parse(text), resultText);
      const answer = JSON.parse(await (isEarlier ? withTimeout(run, invocation) : run));
      this.#inherit(caller, invocation);
      return answer;
    } catch (thrown) {
      span?.end(true);
      if (thrown !== invocation.timedOut) {
        this.#inherit(caller, invocation);
      }
      log(`"${task.name}" failed: Invoke Error`, errorPayload(thrown));
      throw errorForCaller(thrown);
    }
  }

  // Calls that an inlined run began and did not await are the caller's to wait for, and in the end the function's.
  #inherit(caller, invocation) {
    if (invocation.isPending) {
      caller.keep(invocation.settled());
    }
  }

  // Lambda tries a failed event again and knows where it goes when all fails: so it gets the event.
  async #handOverFailed(answer, invocation, name, text) {
    try {
      await answer;
    } catch {
      await this.#remotely(invocation, name, text, false).catch((error) =>
        log(`The failed event for "${name}" was not accepted by its function`, error),
      );
    }
  }
}

// A process cannot stop a run; its answer comes too late for the caller, as Lambda's would.
function withTimeout(run, invocation) {
  const { task } = invocation;
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => {
      const seconds = (task.timeoutMs / 1000).toFixed(2);
      const message = `RequestId: ${invocation.requestId} Error: Task timed out after ${seconds} seconds`;
      invocation.timedOut = failure("Sandbox.Timedout", message);
      reject(invocation.timedOut);
    }, task.timeoutMs);
    run.then(resolve, reject).finally(() => clearTimeout(timer));
  });
}

function log(message, error) {
  console.error(message, error);
}
