// Speaks to the Runtime API beside the runtime client.
const base = `http://${process.env.AWS_LAMBDA_RUNTIME_API}/2018-06-01/runtime`;

exports.handler = async (event, context) => {
  const post = async (path) => {
    const answer = await fetch(`${base}/${path}`, { method: 'POST', body: '{}' });
    return [answer.status, (await answer.json()).errorType];
  };
  const next = await fetch(`${base}/invocation/next`);
  const same = next.headers.get('lambda-runtime-aws-request-id') === context.awsRequestId;
  return [
    await post('invocation/other/response'),
    await post('init/error'),
    await post('absent'),
    [next.status, same ? 'same' : 'another'],
  ];
};
