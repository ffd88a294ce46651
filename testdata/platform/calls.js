// Calls another function by the SDK that the managed runtime brings.
const { InvokeCommand, LambdaClient } = require('@aws-sdk/client-lambda');

const client = new LambdaClient({});

exports.handler = async ({ name, event }) => {
  const answer = await client.send(new InvokeCommand({ FunctionName: name, Payload: JSON.stringify(event) }));
  return JSON.parse(answer.Payload.transformToString());
};
