// Handlers that stream their answer: `awslambda.streamifyResponse`. The platform's Invoke gathers
// what they write.

import { PassThrough } from "node:stream";
import { describe } from "./errors.mjs";

const marker = Symbol.for("aws.lambda.runtime.handler.streaming");

export function installStreaming() {
  globalThis.awslambda = {
    ...globalThis.awslambda,
    streamifyResponse: (handler, options) => {
      handler[marker] = "response";
      if (options?.highWaterMark)
        handler[Symbol.for("aws.lambda.runtime.handler.streaming.highWaterMark")] = Number(
          options.highWaterMark,
        );
      return handler;
    },
    HttpResponseStream: {
      from(stream, prelude) {
        stream.setContentType("application/vnd.awslambda.http-integration-response");
        stream.write(JSON.stringify(prelude));
        stream.write(Buffer.alloc(8));
        return stream;
      },
    },
  };
}

export function isStreaming(handler) {
  return handler[marker] === "response";
}

export async function streamAnswer(api, invocation, handler, event, context) {
  const stream = new PassThrough();
  let contentType = "application/octet-stream";
  stream.setContentType = (type) => (contentType = type);
  let failure;
  const handled = Promise.resolve()
    .then(() => handler(event, stream, context))
    .catch((error) => {
      failure = describe(error);
    })
    .then(() => stream.writableEnded || stream.end());
  // The head is sent with the first bytes: until then the handler may set the content type.
  await Promise.race([handled, new Promise((resolve) => stream.once("readable", resolve))]);
  if (failure && stream.readableLength === 0) {
    await api.error(invocation.id, failure);
    return;
  }
  await api.stream(invocation.id, contentType, stream, () => failure);
  await handled;
}
