// A Lambda of one's own: an HTTP server that answers `Invoke` and runs each function's package in child processes,
// one request at a time in each, as many as are needed. Events run in the background; `idle()` waits for them.

import { fork } from "node:child_process";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";

const ENVIRONMENT = fileURLToPath(new URL("environment.mjs", import.meta.url));
const PATH = /^\/2015-03-31\/functions\/([^/]+)\/invocations\?Qualifier=live$/;

export class FakeLambda {
  #functions = new Map();
  #server = createServer((request, response) => this.#serve(request, response));
  #background = new Set();
  #children = new Set();

  constructor() {
    /** What reached the API: { name, type, headers, payload }. */
    this.requests = [];
    /** What functions wrote to standard output and standard error. */
    this.output = "";
    /** Answers to give instead, one after another: { status, type }. */
    this.refusals = [];
  }

  async start(test) {
    await new Promise((resolve) => this.#server.listen(0, "127.0.0.1", resolve));
    this.endpoint = `http://127.0.0.1:${this.#server.address().port}`;
    test.after(() => this.close());
    return this;
  }

  /** Deploys the package in `folder` as `name`, with further variables. */
  deploy(name, folder, variables = {}) {
    const env = {
      PATH: process.env.PATH,
      AWS_ACCESS_KEY_ID: "AKIDEXAMPLE",
      AWS_SECRET_ACCESS_KEY: "secret",
      AWS_SESSION_TOKEN: "token",
      AWS_REGION: "us-east-1",
      AWS_LAMBDA_FUNCTION_NAME: name,
      AWS_ENDPOINT_URL: this.endpoint,
      FUSION_RELEASE: "0123456789ab",
      LAMBDA_TASK_ROOT: folder,
      ...variables,
    };
    this.#functions.set(name, { env, idle: [] });
  }

  /** Invokes a function as a client would: resolves to { isError, value }. */
  async invoke(name, event = {}) {
    const { isError = false, body } = await this.#run(name, JSON.stringify(event));
    return { isError, value: JSON.parse(body) };
  }

  /** Resolves when no event is left. */
  async idle() {
    while (this.#background.size > 0) {
      await Promise.all(this.#background);
    }
  }

  async close() {
    await this.stopEnvironments("SIGKILL");
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** Ends all environments of all functions, and resolves when they have. */
  async stopEnvironments(signal) {
    await Promise.all([...this.#children].map((child) => stopped(child, signal)));
    for (const deployed of this.#functions.values()) {
      deployed.idle = [];
    }
  }

  async #serve(request, response) {
    const chunks = [];
    for await (const chunk of request) {
      chunks.push(chunk);
    }
    const payload = Buffer.concat(chunks).toString();
    const name = decodeURIComponent(PATH.exec(request.url)?.[1] ?? "");
    const type = request.headers["x-amz-invocation-type"];
    this.requests.push({ name, type, headers: request.headers, payload });
    const refusal =
      this.refusals.shift() ??
      (this.#functions.has(name) ? undefined : { status: 404, type: "ResourceNotFoundException" });
    if (refusal !== undefined) {
      refuse(response, refusal, name);
    } else if (type === "Event") {
      this.#inBackground(name, payload);
      response.writeHead(202).end();
    } else {
      const { isError, body } = await this.#run(name, payload);
      response.writeHead(200, isError ? { "x-amz-function-error": "Unhandled" } : {}).end(body);
    }
  }

  #inBackground(name, payload) {
    const run = this.#run(name, payload).then(() => this.#background.delete(run));
    this.#background.add(run);
  }

  async #run(name, payload) {
    const deployed = this.#functions.get(name);
    const child = deployed.idle.pop() ?? this.#environment(deployed);
    const answer = await new Promise((resolve) => {
      const exited = (code) =>
        resolve({
          isError: true,
          body: `{"errorType":"Runtime.ExitError","errorMessage":"${code}"}`,
        });
      child.once("exit", exited);
      child.once("message", (message) => {
        child.off("exit", exited);
        resolve(message);
      });
      child.send(payload);
    });
    if (child.connected) {
      deployed.idle.push(child);
    }
    return answer;
  }

  #environment({ env }) {
    const child = fork(ENVIRONMENT, { env, silent: true, execArgv: [] });
    this.#children.add(child);
    for (const stream of [child.stdout, child.stderr]) {
      stream.on("data", (chunk) => {
        this.output += chunk;
      });
    }
    child.once("close", () => this.#children.delete(child));
    return child;
  }
}

function refuse(response, { status, type }, name) {
  const body = JSON.stringify({ Type: "User", Message: `Function not found: ${name}:live` });
  response.writeHead(status, { "x-amzn-errortype": `${type}:http://internal.amazon.com/` });
  response.end(body);
}

function stopped(child, signal) {
  return new Promise((resolve) => {
    child.once("close", resolve);
    child.kill(signal);
  });
}
