// Custom token exchange through Auth0's own SDKs, against the quickstart tenant and its partner-token profile.
import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { test } from 'node:test';
import { AuthClient, TokenExchangeError } from '@auth0/auth0-auth-js';
import { AuthApiError, AuthenticationClient } from 'auth0-v6';
import { createRemoteJWKSet, jwtVerify } from 'jose';

const { CAMBIO_DOMAIN: domain } = process.env;
// As in config/quickstart.
const app = { domain, clientId: 'quickstart-app', clientSecret: 'quickstart-app-secret-0123456789abcdef' };
const admin = { domain, clientId: 'quickstart-admin', clientSecret: 'quickstart-admin-secret-0123456789abcdef' };
const PARTNER_SECRET = 'acme-partner-secret-0123456789abcdef0123456789';
const AUDIENCE = 'https://api.acme.example/orders';
const PARTNER = 'urn:acme:partner-token';
const ISSUER = `https://${domain}/`;

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** What the partner signs: as `cambio token --profile partner` does. */
function partnerToken(sub, secret = PARTNER_SECRET) {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: 'https://partner.acme.example',
    aud: ISSUER,
    sub,
    email: `${sub}@partner.example`,
    email_verified: true,
    iat: now,
    exp: now + 300,
  };
  const input = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${input}.${createHmac('sha256', secret).update(input).digest('base64url')}`;
}

const keys = createRemoteJWKSet(new URL(`${ISSUER}.well-known/jwks.json`));
const verified = async (token, audience) =>
  (await jwtVerify(token, keys, { issuer: ISSUER, audience, algorithms: ['RS256'] })).payload;
const subject = () => `sdk-${randomBytes(4).toString('hex')}`;

test('auth0 6.4.0 exchanges a partner token, and the tokens name the https issuer', async () => {
  const sub = subject();
  const client = new AuthenticationClient(app);

  const tokens = await client.tokenExchange.exchangeToken({
    subject_token_type: PARTNER,
    subject_token: partnerToken(sub),
    audience: AUDIENCE,
    scope: 'openid profile email read:orders',
  });

  assert.equal(tokens.token_type, 'Bearer');
  assert.ok(tokens.expires_in > 0);
  const access = await verified(tokens.access_token, AUDIENCE);
  assert.equal(access.sub, `oidc|acme-idp|${sub}`);
  assert.equal(access.azp, app.clientId);
  assert.equal((await verified(tokens.id_token, app.clientId)).email, `${sub}@partner.example`);
});

test('auth0 6.4.0 sees a refused token as an AuthApiError', async () => {
  const client = new AuthenticationClient(app);
  const exchange = client.tokenExchange.exchangeToken({
    subject_token_type: PARTNER,
    subject_token: partnerToken(subject(), 'another-secret-0123456789abcdef0123456789abcd'),
    audience: AUDIENCE,
  });

  const error = await exchange.then(
    () => assert.fail('not refused'),
    (thrown) => thrown,
  );

  assert.ok(error instanceof AuthApiError, error.stack);
  assert.equal(error.statusCode, 400);
  assert.equal(error.error, 'invalid_request');
  assert.equal(error.error_description, 'The partner token is not valid.');
});

test('auth0 6.4.0 gets a client its own token for the Management API', async () => {
  const client = new AuthenticationClient(admin);

  const { data } = await client.oauth.clientCredentialsGrant({ audience: `${ISSUER}api/v2/` });

  assert.equal(data.token_type, 'Bearer');
  const claims = await verified(data.access_token, `${ISSUER}api/v2/`);
  assert.equal(claims.sub, `${admin.clientId}@clients`);
  assert.equal(claims.gty, 'client-credentials');
  const answer = await fetch(`${ISSUER}api/v2/clients`, { headers: { authorization: `Bearer ${data.access_token}` } });
  assert.equal(answer.status, 200);
});

test('@auth0/auth0-auth-js finds the endpoints and exchanges a partner token', async () => {
  const sub = subject();
  const client = new AuthClient(app);

  const tokens = await client.exchangeToken({
    subjectTokenType: PARTNER,
    subjectToken: partnerToken(sub),
    audience: AUDIENCE,
    scope: 'openid read:orders',
  });

  assert.equal((await verified(tokens.accessToken, AUDIENCE)).sub, `oidc|acme-idp|${sub}`);
  assert.equal(tokens.claims.sub, `oidc|acme-idp|${sub}`);
  assert.equal(tokens.claims.iss, ISSUER);
  assert.equal(tokens.issuedTokenType, 'urn:ietf:params:oauth:token-type:access_token');
  assert.ok(tokens.expiresAt > Date.now() / 1000);
});

test('@auth0/auth0-auth-js sees a refused token as a TokenExchangeError', async () => {
  const client = new AuthClient(app);
  const exchange = client.exchangeToken({
    subjectTokenType: PARTNER,
    subjectToken: partnerToken(subject(), 'x'.repeat(40)),
    audience: AUDIENCE,
  });

  const error = await exchange.then(
    () => assert.fail('not refused'),
    (thrown) => thrown,
  );

  assert.ok(error instanceof TokenExchangeError, error.stack);
  assert.equal(error.cause.error, 'invalid_request');
  assert.equal(error.cause.error_description, 'The partner token is not valid.');
});
