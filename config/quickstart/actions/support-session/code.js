const { jwtVerify, errors } = require('jose');

const ISSUER = 'https://partner.acme.example';

const ours = (hostname) => [`https://${hostname}/`, `http://${hostname}/`];

/** A token that says whom it is for must be for us: one made for somebody else is not good here. */
function requireOurAudience(claims, hostname) {
  if (claims.aud === undefined) {
    return;
  }
  if (![].concat(claims.aud).some((audience) => ours(hostname).includes(audience))) {
    throw new errors.JWTClaimValidationFailed('another audience', claims, 'aud');
  }
}

/** A token that says who may act (RFC 8693 §4.4) means a subject of one issuer, never a name. */
function mayAct(claims, agent, hostname) {
  const { may_act: allowed } = claims;
  return !allowed || (ours(hostname).includes(allowed.iss) && allowed.sub === agent.user_id);
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

  if (!mayAct(claims, agent, event.request.hostname)) {
    api.access.deny('access_denied', 'The support token lets somebody else act.');
    return;
  }

  api.authentication.setUserById(claims.sub);
  api.authentication.setActor({ sub: agent.user_id, role: 'support' });
};
