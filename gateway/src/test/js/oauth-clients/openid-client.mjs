// The life of a refresh token through openid-client, unmodified.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import * as openid from 'openid-client';
import { AUDIENCE, PARTNER, TOKEN_EXCHANGE, issuer, partnerToken, rotatingClient, subject } from './clients.mjs';

const exchange = (config, sub, parameters, options) =>
  openid.genericGrantRequest(
    config,
    TOKEN_EXCHANGE,
    { subject_token_type: PARTNER, subject_token: partnerToken(sub), ...parameters },
    options,
  );

async function refused(call, status, error) {
  const thrown = await call.then(
    () => assert.fail('not refused'),
    (reason) => reason,
  );
  assert.ok(thrown instanceof openid.ResponseBodyError, thrown.stack);
  assert.deepEqual([thrown.status, thrown.error], [status, error]);
}

test('openid-client: discovery, exchange, refresh, reuse, introspection, revocation', async () => {
  const { client_id, client_secret } = await rotatingClient('client_secret_post');
  const config = await openid.discovery(new URL(issuer), client_id, client_secret);
  const sub = subject();

  const tokens = await exchange(config, sub, { audience: AUDIENCE, scope: 'openid email read:orders offline_access' });
  assert.equal(tokens.claims().sub, `oidc|acme-idp|${sub}`);
  assert.equal(tokens.scope, undefined);
  assert.equal((await openid.tokenIntrospection(config, tokens.refresh_token)).active, true);
  const access = await openid.tokenIntrospection(config, tokens.access_token);
  assert.deepEqual(
    [access.active, access.client_id, access.scope, access.token_type],
    [true, client_id, 'openid email read:orders offline_access', 'Bearer'],
  );
  assert.equal((await openid.fetchUserInfo(config, tokens.access_token, access.sub)).email, `${sub}@partner.example`);

  const refreshed = await openid.refreshTokenGrant(config, tokens.refresh_token);
  assert.notEqual(refreshed.refresh_token, tokens.refresh_token);
  assert.equal(refreshed.claims().sub, tokens.claims().sub);
  assert.equal(refreshed.scope, 'openid email read:orders offline_access');
  const fewer = await openid.refreshTokenGrant(config, refreshed.refresh_token, { scope: 'read:orders' });
  assert.equal(fewer.scope, 'read:orders');
  assert.equal(fewer.id_token, undefined);

  await openid.tokenRevocation(config, fewer.refresh_token);
  assert.deepEqual(await openid.tokenIntrospection(config, fewer.refresh_token), { active: false });
  await refused(openid.refreshTokenGrant(config, fewer.refresh_token), 403, 'invalid_grant');

  const again = await exchange(config, sub, { audience: AUDIENCE, scope: 'offline_access' });
  const { refresh_token: next } = await openid.refreshTokenGrant(config, again.refresh_token);
  await refused(openid.refreshTokenGrant(config, again.refresh_token), 403, 'invalid_grant');
  await refused(openid.refreshTokenGrant(config, next), 403, 'invalid_grant');
});

test('openid-client: a public client whose refresh tokens are bound by DPoP', async () => {
  const { client_id } = await rotatingClient('none');
  const config = await openid.discovery(new URL(issuer), client_id, undefined, openid.None());
  const DPoP = openid.getDPoPHandle(config, await openid.randomDPoPKeyPair());
  const sub = subject();

  const tokens = await exchange(config, sub, { scope: 'openid offline_access' }, { DPoP });
  assert.equal(tokens.token_type, 'dpop');
  await refused(openid.refreshTokenGrant(config, tokens.refresh_token), 403, 'invalid_grant');
  const refreshed = await openid.refreshTokenGrant(config, tokens.refresh_token, undefined, { DPoP });
  assert.equal(refreshed.token_type, 'dpop');
  const info = await openid.fetchUserInfo(config, refreshed.access_token, `oidc|acme-idp|${sub}`, { DPoP });
  assert.equal(info.sub, `oidc|acme-idp|${sub}`);
  await openid.tokenRevocation(config, refreshed.refresh_token);
  await refused(openid.refreshTokenGrant(config, refreshed.refresh_token, undefined, { DPoP }), 403, 'invalid_grant');
});
