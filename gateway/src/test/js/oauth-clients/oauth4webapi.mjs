// The life of a refresh token through oauth4webapi, unmodified: each answer goes through its own checks.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as oauth from 'oauth4webapi';
import { AUDIENCE, PARTNER, TOKEN_EXCHANGE, issuer, partnerToken, rotatingClient, subject } from './clients.mjs';

test('oauth4webapi: discovery, exchange, refresh, introspection, revocation', async () => {
  const { client_id, client_secret } = await rotatingClient('client_secret_basic');
  const client = { client_id };
  const auth = oauth.ClientSecretBasic(client_secret);
  const url = new URL(issuer);
  const sub = subject();

  const as = await oauth.processDiscoveryResponse(url, await oauth.discoveryRequest(url));
  assert.equal(as.revocation_endpoint, `${issuer}oauth/revoke`);
  const oauth2 = await oauth.discoveryRequest(url, { algorithm: 'oauth2' });
  assert.deepEqual(await oauth.processDiscoveryResponse(url, oauth2), as);

  const tokens = await oauth.processGenericTokenEndpointResponse(
    as,
    client,
    await oauth.genericTokenEndpointRequest(as, client, auth, TOKEN_EXCHANGE, {
      subject_token_type: PARTNER,
      subject_token: partnerToken(sub),
      audience: AUDIENCE,
      scope: 'openid read:orders offline_access',
    }),
  );
  const refreshed = await oauth.processRefreshTokenResponse(
    as,
    client,
    await oauth.refreshTokenGrantRequest(as, client, auth, tokens.refresh_token),
  );
  assert.equal(oauth.getValidatedIdTokenClaims(refreshed).sub, `oidc|acme-idp|${sub}`);
  assert.notEqual(refreshed.refresh_token, tokens.refresh_token);

  const introspect = async (token) =>
    oauth.processIntrospectionResponse(as, client, await oauth.introspectionRequest(as, client, auth, token));
  assert.equal((await introspect(refreshed.access_token)).sub, `oidc|acme-idp|${sub}`);
  assert.equal((await introspect(refreshed.refresh_token)).client_id, client_id);

  await oauth.processRevocationResponse(await oauth.revocationRequest(as, client, auth, refreshed.refresh_token));
  assert.deepEqual(await introspect(refreshed.refresh_token), { active: false });
  const late = oauth.processRefreshTokenResponse(
    as,
    client,
    await oauth.refreshTokenGrantRequest(as, client, auth, refreshed.refresh_token),
  );
  await assert.rejects(late, (error) => error.error === 'invalid_grant' && error.status === 403);
});
