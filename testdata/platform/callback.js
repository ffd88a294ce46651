// A handler of the older kind: the answer waits for the event loop unless the context says no.
exports.handler = (event, context, callback) => {
  if (event.impatient) context.callbackWaitsForEmptyEventLoop = false;
  if (event.sync) return 'ignored';
  const began = Date.now();
  const answer = { took: () => Date.now() - began };
  setTimeout(() => (answer.late = true), 300);
  callback(null, {
    toJSON: () => ({ late: answer.late === true }),
  });
};
