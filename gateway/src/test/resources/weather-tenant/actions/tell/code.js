/** Puts into the token what the Action of the exchange found out about its cache. */
exports.onExecutePostLogin = async (event, api) => {
  if (event.transaction.metadata.cache !== undefined) {
    api.accessToken.setCustomClaim('https://weather.example/cache', event.transaction.metadata.cache);
  }
};
