// Runs the subject token as code, so that every contract test can say in place what its Action does.
const AsyncFunction = (async () => {}).constructor;

exports.onExecuteCustomTokenExchange = async (event, api) => {
  await new AsyncFunction('event', 'api', 'require', event.transaction.subject_token)(event, api, require);
};
