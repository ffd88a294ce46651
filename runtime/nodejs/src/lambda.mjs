// Invoking functions through Lambda's API, with the endpoint and the credentials of the function's environment.

import { setTimeout as sleep } from "node:timers/promises";
import { errorFromPayload, failure } from "./errors.mjs";
import { send } from "./http.mjs";
import { pauseMs } from "./retries.mjs";
import { encode, signedHeaders } from "./signature.mjs";

export class Lambda {
  #environment;
  #endpoint;

  /** `environment` holds the function's own variables, `AWS_REGION` and the credentials among them. */
  constructor(environment) {
    this.#environment = environment;
    this.#endpoint = endpointOf(environment);
  }

  /**
   * Invokes `name` at `qualifier` with the JSON text `payload`; sync: resolves to the answer, rejects with the
   * callee's error; async: resolves once Lambda has accepted the event. Tries again what may pass, but not beyond
   * `deadlineMs` of `performance.now()`.
   */
  async invoke(name, qualifier, payload, sync, deadlineMs) {
    const startedMs = performance.now();
    for (let attempt = 1; ; attempt += 1) {
      const outcome = await this.#attempt(name, qualifier, payload, sync);
      if (outcome.error === undefined) {
        return sync ? answer(outcome) : undefined;
      }
      const nowMs = performance.now();
      const pause = pauseMs(outcome, attempt, nowMs - startedMs, Math.random());
      if (pause === undefined || nowMs + pause > deadlineMs) {
        throw outcome.error;
      }
      await sleep(pause);
    }
  }

  async #attempt(name, qualifier, payload, sync) {
    const path = `/2015-03-31/functions/${encode(name)}/invocations`;
    const url = new URL(`${this.#endpoint}${path}?Qualifier=${encode(qualifier)}`);
    const headers = {
      "content-type": "application/json",
      host: url.host,
      "x-amz-invocation-type": sync ? "RequestResponse" : "Event",
    };
    const trace = this.#environment._X_AMZN_TRACE_ID;
    if (trace) {
      headers["x-amzn-trace-id"] = trace;
    }
    const request = { method: "POST", path: url.pathname, query: [["Qualifier", qualifier]] };
    const signed = this.#sign({ ...request, headers, body: payload });
    const length = { "content-length": Buffer.byteLength(payload) };
    try {
      return judged(name, await send(url, "POST", { ...signed, ...length }, payload));
    } catch (cause) {
      const { code, wasKept } = cause;
      const message = `Calling the function ${name} failed: ${cause.message || code}`;
      return { code, wasKept, error: failure(code ?? cause.name, message) };
    }
  }

  #sign(request) {
    const {
      AWS_ACCESS_KEY_ID: accessKey = "",
      AWS_SECRET_ACCESS_KEY: secretKey = "",
      AWS_SESSION_TOKEN: sessionToken,
    } = this.#environment;
    const credentials = { accessKey, secretKey, sessionToken };
    return signedHeaders(request, credentials, regionOf(this.#environment), new Date());
  }
}

function endpointOf(environment) {
  const given = environment.AWS_ENDPOINT_URL_LAMBDA || environment.AWS_ENDPOINT_URL;
  if (given) {
    return given.replace(/\/+$/, "");
  }
  const region = regionOf(environment);
  return `https://lambda.${region}.amazonaws.com${region.startsWith("cn-") ? ".cn" : ""}`;
}

function regionOf(environment) {
  return environment.AWS_REGION || environment.AWS_DEFAULT_REGION || "us-east-1";
}

// What a response says: an answer (also a callee's error, which is one), or an error of the service.
function judged(name, { status, headers, body }) {
  if (status >= 200 && status < 300) {
    return { status, headers, body };
  }
  const said = parse(body) ?? {};
  const type = headers["x-amzn-errortype"] ?? said.__type ?? said.Type ?? `Http${status}`;
  const reason = said.Message ?? said.message ?? `HTTP status ${status}`;
  const hint = status === 404 ? "; is it deployed, and the name that of a task?" : "";
  const message = `Calling the function ${name} failed: ${reason}${hint}`;
  return { status, error: failure(String(type).split(/[:#]/).findLast(isTypeName), message) };
}

function answer({ headers, body }) {
  const value = body === "" ? null : parse(body);
  if (headers["x-amz-function-error"] !== undefined) {
    throw errorFromPayload(value);
  }
  if (value === undefined) {
    throw failure("Runtime.InvalidAnswer", "The callee's answer is no JSON text");
  }
  return value;
}

// `x-amzn-errortype` may carry an address behind a colon, `__type` a namespace before a hash sign.
function isTypeName(part) {
  return /^[A-Za-z]\w*$/.test(part) && !part.startsWith("http");
}

function parse(text) {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
