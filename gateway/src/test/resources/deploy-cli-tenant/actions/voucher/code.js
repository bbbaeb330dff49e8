// A voucher is a JWT that the shop signed; its subject is a member.
exports.onExecuteCustomTokenExchange = async (event, api) => {
  const { jwtVerify } = require('jose');
  try {
    const key = new TextEncoder().encode(event.secrets.VOUCHER_KEY);
    const { payload } = await jwtVerify(event.transaction.subject_token, key, { issuer: '##VOUCHER_ISSUER##' });
    api.authentication.setUserByConnection(
      'partner-sso',
      { user_id: payload.sub, email: payload.email, email_verified: true },
      { creationBehavior: 'create_if_not_exists', updateBehavior: 'none' },
    );
  } catch {
    api.access.rejectInvalidSubjectToken('The voucher is not valid.');
  }
};
