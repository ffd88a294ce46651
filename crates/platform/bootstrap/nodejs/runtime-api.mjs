// The Runtime API over one kept connection. It is spoken directly, not through node:http, so that
// it costs little at a cold start and stays out of the way of whoever instruments that module.
//
// While an event is awaited the connection keeps the process alive; while one is handled it does
// not, so that an event loop with nothing left to do is seen as such.

import net from "node:net";

const base = "/2018-06-01/runtime";

export class RuntimeApi {
  #socket;
  #host;
  #received = Buffer.alloc(0);
  #waiting;
  #queue = Promise.resolve();

  constructor(address) {
    const at = address.lastIndexOf(":");
    this.#host = address;
    this.#socket = net.connect({ host: address.slice(0, at), port: Number(address.slice(at + 1)) });
    this.#socket.setNoDelay(true);
    this.#socket.on("data", (chunk) => this.#take(chunk));
    // Without its platform this process has nothing to do.
    this.#socket.on("close", () => process.exit(0));
    this.#socket.on("error", () => process.exit(0));
  }

  async next() {
    const { headers, body } = await this.#request("GET", `${base}/invocation/next`);
    return {
      id: headers["lambda-runtime-aws-request-id"],
      deadlineMs: Number(headers["lambda-runtime-deadline-ms"]),
      invokedFunctionArn: headers["lambda-runtime-invoked-function-arn"],
      traceId: headers["lambda-runtime-trace-id"],
      clientContext: headers["lambda-runtime-client-context"],
      cognitoIdentity: headers["lambda-runtime-cognito-identity"],
      tenantId: headers["lambda-runtime-aws-tenant-id"],
      body,
    };
  }

  response(id, body) {
    return this.#request("POST", `${base}/invocation/${id}/response`, body);
  }

  error(id, error) {
    return this.#request("POST", `${base}/invocation/${id}/error`, JSON.stringify(error));
  }

  initError(error, type) {
    const headers = type ? `Lambda-Runtime-Function-Error-Type: ${type}\r\n` : "";
    return this.#request("POST", `${base}/init/error`, JSON.stringify(error), headers);
  }

  // The answer in chunks; `failure` may give an error after the first.
  async stream(id, contentType, chunks, failure) {
    const done = this.#request(
      "POST",
      `${base}/invocation/${id}/response`,
      undefined,
      undefined,
      () => {
        this.#socket.write(
          `POST ${base}/invocation/${id}/response HTTP/1.1\r\nHost: ${this.#host}\r\n` +
            `Content-Type: ${contentType}\r\nLambda-Runtime-Function-Response-Mode: streaming\r\n` +
            "Transfer-Encoding: chunked\r\n" +
            "Trailer: Lambda-Runtime-Function-Error-Type, Lambda-Runtime-Function-Error-Body\r\n\r\n",
        );
      },
    );
    for await (const chunk of chunks) {
      const bytes = Buffer.from(chunk);
      if (bytes.length > 0) {
        this.#socket.write(`${bytes.length.toString(16)}\r\n`);
        this.#socket.write(bytes);
        this.#socket.write("\r\n");
      }
    }
    this.#socket.write("0\r\n");
    const error = failure();
    if (error) {
      const body = Buffer.from(JSON.stringify(error)).toString("base64");
      this.#socket.write(
        `Lambda-Runtime-Function-Error-Type: ${error.errorType.replace(/[^\x20-\x7e]/g, "")}\r\n` +
          `Lambda-Runtime-Function-Error-Body: ${body}\r\n`,
      );
    }
    this.#socket.write("\r\n");
    return done;
  }

  // One request after another: the connection carries one answer at a time.
  #request(method, path, body, headers = "", write) {
    const sent = this.#queue.then(
      () =>
        new Promise((resolve) => {
          this.#waiting = resolve;
          this.#socket.ref();
          if (write) {
            write();
            return;
          }
          const bytes = body === undefined ? undefined : Buffer.from(body);
          const length = bytes
            ? `Content-Type: application/json\r\nContent-Length: ${bytes.length}\r\n`
            : "";
          const head = `${method} ${path} HTTP/1.1\r\nHost: ${this.#host}\r\n${length}${headers}\r\n`;
          if (bytes && bytes.length > 16384) {
            this.#socket.write(head);
            this.#socket.write(bytes);
          } else {
            this.#socket.write(bytes ? Buffer.concat([Buffer.from(head), bytes]) : head);
          }
        }),
    );
    this.#queue = sent;
    return sent;
  }

  #take(chunk) {
    this.#received = this.#received.length === 0 ? chunk : Buffer.concat([this.#received, chunk]);
    const end = this.#received.indexOf("\r\n\r\n");
    if (end < 0) return;
    const [status, ...lines] = this.#received.subarray(0, end).toString("latin1").split("\r\n");
    const headers = {};
    for (const line of lines) {
      const colon = line.indexOf(":");
      headers[line.slice(0, colon).toLowerCase()] = line.slice(colon + 1).trim();
    }
    const length = Number(headers["content-length"] ?? 0);
    const start = end + 4;
    if (this.#received.length < start + length) return;
    const body = this.#received.subarray(start, start + length);
    this.#received = this.#received.subarray(start + length);
    const waiting = this.#waiting;
    this.#waiting = undefined;
    this.#socket.unref();
    waiting?.({ status: Number(status.split(" ")[1]), headers, body });
  }
}
