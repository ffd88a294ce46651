// One execution environment, as a child process: imports a package's entry point and serves its parent's requests
// one by one, in place of Lambda's runtime client.

import { randomUUID } from "node:crypto";
import path from "node:path";
import { pathToFileURL } from "node:url";

const entry = path.join(process.env.LAMBDA_TASK_ROOT, "fusion", "entry.mjs");

async function answer(payload, handler) {
  const deadlineMs = Date.now() + 30_000;
  const context = {
    awsRequestId: randomUUID(),
    functionName: process.env.AWS_LAMBDA_FUNCTION_NAME,
    invokedFunctionArn: `arn:aws:lambda:us-east-1:000000000000:function:${process.env.AWS_LAMBDA_FUNCTION_NAME}:live`,
    getRemainingTimeInMillis: () => deadlineMs - Date.now(),
  };
  try {
    const result = await handler(JSON.parse(payload), context);
    return { body: JSON.stringify(result === undefined ? null : result) };
  } catch (error) {
    return { isError: true, body: JSON.stringify(reported(error)) };
  }
}

function reported(error) {
  return error instanceof Error
    ? { errorType: error.name, errorMessage: error.message, trace: error.stack.split("\n") }
    : { errorType: typeof error, errorMessage: String(error), trace: [] };
}

const loading = import(pathToFileURL(entry).href);
// A failed INIT is answered when somebody asks.
loading.catch(() => {});

process.on("message", async (payload) => {
  try {
    const { handler } = await loading;
    process.send(await answer(payload, handler));
  } catch (error) {
    process.send({ isError: true, body: JSON.stringify(reported(error)) }, () => process.exit(1));
  }
});
