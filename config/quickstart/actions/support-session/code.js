const { jwtVerify, errors } = require('jose');

const ISSUER = 'https://partner.acme.example';

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
 * Lets a support agent act for the user whom the subject token names. The agent is shown by an ID token
 * of ours as actor_token.
 */
exports.onExecuteCustomTokenExchange = async (event, api) => {
  const key = new TextEncoder().encode(event.secrets.PARTNER_SECRET);
  let claims;
  try {
    const verified = await jwtVerify(event.transaction.subject_token, key, {
      algorithms: ['HS256'],
      issuer: ISSUER,
      requiredClaims: ['sub', 'exp'],
    });
    claims = verified.payload;
    requireOurAudience(claims, event.request.hostname);
  } catch (error) {
    if (error instanceof errors.JOSEError) {
      api.access.rejectInvalidSubjectToken('The support token is not valid.');
      return;
    }
    throw error;
  }

  // Present only if the gateway itself has verified the actor token.
  const agent = event.transaction.actor_token_user;
  if (!agent) {
    api.access.deny('invalid_request', 'An actor_token of a support agent is required.');
    return;
  }
  if (agent.app_metadata.role !== 'support') {
    api.access.deny('access_denied', 'The actor is not a support agent.');
    return;
  }

  api.authentication.setUserById(claims.sub);
  api.authentication.setActor({ sub: agent.user_id, role: 'support' });
};
