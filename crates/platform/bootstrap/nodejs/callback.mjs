// Handlers of nodejs22 and earlier. A promise answers when it settles. A callback answers when the
// event loop has nothing left to do, or at once if the context says not to wait for that. A handler
// that did neither answers `null` at an empty loop.

export class CallbackStyle {
  #resolve;
  #reject;
  #settled = false;
  #outcome = { result: null };
  #atEmptyLoop = () => this.#settle();

  call(handler, event, context) {
    return new Promise((resolve, reject) => {
      this.#resolve = resolve;
      this.#reject = reject;
      const callback = this.#callback(context);
      context.succeed = (result) => this.#now({ result });
      context.fail = (error) => this.#now({ error });
      context.done = (error, result) => this.#now(isGiven(error) ? { error } : { result });
      process.once("beforeExit", this.#atEmptyLoop);
      let returned;
      try {
        returned = handler(event, context, callback);
      } catch (error) {
        this.#now({ error });
        return;
      }
      if (typeof returned?.then === "function") {
        returned.then(
          (result) => this.#now({ result }),
          (error) => this.#now({ error }),
        );
      }
    });
  }

  #callback(context) {
    let called = false;
    return (error, result) => {
      if (called) return;
      called = true;
      this.#outcome = isGiven(error) ? { error } : { result };
      // An error does not wait for anything.
      if (isGiven(error) || !context.callbackWaitsForEmptyEventLoop)
        setImmediate(() => this.#settle());
    };
  }

  #now(outcome) {
    this.#outcome = outcome;
    this.#settle();
  }

  #settle() {
    if (this.#settled) return;
    this.#settled = true;
    process.removeListener("beforeExit", this.#atEmptyLoop);
    if ("error" in this.#outcome) this.#reject(this.#outcome.error);
    else this.#resolve(this.#outcome.result);
  }
}

function isGiven(error) {
  return error !== undefined && error !== null;
}
