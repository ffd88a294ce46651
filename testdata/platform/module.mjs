// An ES module; it takes time to load when a variable says so.
const wait = Number(process.env.INIT_MS ?? 0);
await new Promise((resolve) => setTimeout(resolve, wait));

export const handler = async (event, context) => {
  console.log('two\nlines');
  return {
    remaining: context.getRemainingTimeInMillis() > 0,
    client: context.clientContext,
    names: Object.keys(process.env).filter((name) => name.startsWith('AWS_') || name.startsWith('LAMBDA_')).sort(),
    env: process.env.GREETING,
    modules: process.env.NODE_PATH,
  };
};
