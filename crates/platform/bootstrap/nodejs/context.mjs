// The context object, the handler's second argument.

export function contextOf(invocation, environment, awaits) {
  const context = {
    functionName: environment.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: environment.AWS_LAMBDA_FUNCTION_VERSION,
    memoryLimitInMB: environment.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    logGroupName: environment.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: environment.AWS_LAMBDA_LOG_STREAM_NAME,
    awsRequestId: invocation.id,
    invokedFunctionArn: invocation.invokedFunctionArn,
    clientContext: parsed(invocation.clientContext),
    identity: parsed(invocation.cognitoIdentity),
    tenantId: invocation.tenantId,
    getRemainingTimeInMillis: () => invocation.deadlineMs - Date.now(),
  };
  if (awaits) context.xRayTraceId = invocation.traceId;
  else context.callbackWaitsForEmptyEventLoop = true;
  return context;
}

function parsed(text) {
  return text === undefined || text === "" ? undefined : JSON.parse(text);
}
