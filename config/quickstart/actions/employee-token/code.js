const { jwtVerify, errors } = require('jose');

const ISSUER = 'https://sso.acme.example';

/** A token that says whom it is for must be for us: one made for somebody else is not good here. */
function requireOurAudience(claims, hostname) {
  if (claims.aud === undefined) {
    return;
  }
  const ours = [`https://${hostname}/`, `http://${hostname}/`];
  if (![].concat(claims.aud).some((audience) => ours.includes(audience))) {
    throw new errors.JWTClaimValidationFailed('another audience', claims, 'aud');
  }
}

/**
 * Exchanges a token of Acme's own sign-on, which knows the users of this tenant by their ids.
 */
exports.onExecuteCustomTokenExchange = async (event, api) => {
  const key = new TextEncoder().encode(event.secrets.EMPLOYEE_SECRET);
  let claims;
  try {
    // Algorithm and issuer are pinned, so that no other kind of token and no other issuer passes.
    const verified = await jwtVerify(event.transaction.subject_token, key, {
      algorithms: ['HS256'],
      issuer: ISSUER,
      requiredClaims: ['sub', 'exp'],
    });
    claims = verified.payload;
    requireOurAudience(claims, event.request.hostname);
  } catch (error) {
    // Only a bad token is the caller's fault, and counts against its address.
    if (error instanceof errors.JOSEError) {
      api.access.rejectInvalidSubjectToken('The employee token is not valid.');
      return;
    }
    throw error;
  }

  api.authentication.setUserById(claims.sub);
};
