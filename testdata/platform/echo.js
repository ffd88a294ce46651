// Answers with what it got and where it runs.
let invocations = 0;

exports.handler = async (event, context) => {
  invocations += 1;
  console.log('handling', JSON.stringify(event));
  return { event, invocations, pid: process.pid, version: context.functionVersion, arn: context.invokedFunctionArn };
};
