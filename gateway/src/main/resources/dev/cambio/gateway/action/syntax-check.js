// Parses event.source as the body of a CommonJS module, and denies with what is wrong. The code never runs.
exports.onExecutePostLogin = (event, api) => {
  try {
    new Function('exports', 'require', 'module', '__filename', '__dirname', `${event.source}\n`);
  } catch (error) {
    api.access.deny(String(error.message).split('\n', 1)[0]);
  }
};
