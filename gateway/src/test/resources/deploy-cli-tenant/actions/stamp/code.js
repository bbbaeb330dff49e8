exports.onExecutePostLogin = async (event, api) => {
  api.accessToken.setCustomClaim('https://shop.example/price', '##PRICE##');
};
