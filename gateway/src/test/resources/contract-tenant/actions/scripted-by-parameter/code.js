// Runs the request's extension parameter action as code, for tests whose subject token is one.
const AsyncFunction = (async () => {}).constructor;

exports.onExecuteCustomTokenExchange = async (event, api) => {
  await new AsyncFunction('event', 'api', event.request.body.action)(event, api);
};
