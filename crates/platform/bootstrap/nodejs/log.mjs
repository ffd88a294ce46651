// The console of a function: a line with time, request and level, or a JSON document, one log event
// a call. An event is framed, so that its line breaks do not make several of it.

import { writeSync } from "node:fs";
import { format, inspect } from "node:util";
import { errorOf, isError, loggable } from "./errors.mjs";

const levels = ["TRACE", "DEBUG", "INFO", "WARN", "ERROR", "FATAL"];
const methods = {
  trace: "TRACE",
  debug: "DEBUG",
  info: "INFO",
  log: "INFO",
  warn: "WARN",
  error: "ERROR",
};

const pause = new Int32Array(new SharedArrayBuffer(4));

export class Log {
  requestId;
  #json;
  #least;
  #unknownId;

  constructor(environment, awaits) {
    this.#json = environment.AWS_LAMBDA_LOG_FORMAT === "JSON";
    this.#least = Math.max(0, levels.indexOf(environment.AWS_LAMBDA_LOG_LEVEL ?? "TRACE"));
    this.#unknownId = awaits ? "-" : "undefined";
  }

  install() {
    for (const [method, level] of Object.entries(methods)) {
      console[method] = (...values) => this.#write(level, values);
    }
    console.fatal = (...values) => this.#write("FATAL", values);
  }

  // A failure that the runtime notices.
  failure(title, error) {
    if (this.#json) this.#emit(this.#document("ERROR", [title, error]));
    else this.#emit(this.#line("ERROR", `${title} \t${stringify(loggable(error))}`));
  }

  #write(level, values) {
    if (this.#json && levels.indexOf(level) < this.#least) return;
    this.#emit(this.#json ? this.#document(level, values) : this.#line(level, format(...values)));
  }

  #line(level, text) {
    return `${new Date().toISOString()}\t${this.requestId ?? this.#unknownId}\t${level}\t${text}`;
  }

  #document(level, values) {
    const document = {
      timestamp: new Date().toISOString(),
      level,
      requestId: this.requestId,
    };
    if (values.length === 1) {
      document.message = isError(values[0]) ? asError(values[0]) : values[0];
      return stringify(document, () => inspect(values[0]));
    }
    document.message = format(...values);
    const error = values.find(isError);
    if (error) Object.assign(document, asError(error));
    return stringify(document);
  }

  #emit(text) {
    const framed = Buffer.from(`\x1e${text.replace(/\n/g, "\x1f")}\n`);
    for (let written = 0; written < framed.length;) {
      try {
        written += writeSync(1, framed, written);
      } catch (error) {
        if (error.code !== "EAGAIN") return;
        // A full pipe is read soon, and waiting for it must not cost the function's share of CPU.
        Atomics.wait(pause, 0, 0, 1);
      }
    }
  }
}

function asError(error) {
  const { errorType, errorMessage, trace } = errorOf(error);
  return { errorType, errorMessage, stackTrace: trace };
}

function stringify(value, fallback = () => inspect(value)) {
  try {
    return JSON.stringify(value, (_, item) => (typeof item === "bigint" ? String(item) : item));
  } catch {
    return typeof value === "object" && "message" in value
      ? JSON.stringify({ ...value, message: fallback() })
      : inspect(value);
  }
}
