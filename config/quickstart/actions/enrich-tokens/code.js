/**
 * Tells in the access token how it was obtained and who acts for the user.
 */
exports.onExecutePostLogin = async (event, api) => {
  api.accessToken.setCustomClaim('https://acme.example/protocol', event.transaction.protocol);
  if (event.transaction.actor) {
    api.accessToken.setCustomClaim('https://acme.example/actor', event.transaction.actor.sub);
  }
};
