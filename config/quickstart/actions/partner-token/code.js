const { jwtVerify, errors } = require('jose');

const ISSUER = 'https://partner.acme.example';
const AUDIENCE = 'urn:acme:cambio';

/**
 * Exchanges a token that the partner signed for a user of the connection acme-idp.
 */
exports.onExecuteCustomTokenExchange = async (event, api) => {
  const key = new TextEncoder().encode(event.secrets.PARTNER_SECRET);
  let claims;
  try {
    // Algorithm, issuer and audience are pinned: a token made for somebody else is not good here.
    const verified = await jwtVerify(event.transaction.subject_token, key, {
      algorithms: ['HS256'],
      issuer: ISSUER,
      audience: AUDIENCE,
      requiredClaims: ['sub', 'exp'],
    });
    claims = verified.payload;
  } catch (error) {
    // Only a bad token is the caller's fault, and counts against its address.
    if (error instanceof errors.JOSEError) {
      api.access.rejectInvalidSubjectToken('The partner token is not valid.');
      return;
    }
    throw error;
  }

  api.authentication.setUserByConnection(
    'acme-idp',
    {
      user_id: claims.sub,
      email: claims.email,
      email_verified: claims.email_verified,
      name: claims.name,
      given_name: claims.given_name,
      family_name: claims.family_name,
    },
    { creationBehavior: 'create_if_not_exists', updateBehavior: 'none' },
  );
};
