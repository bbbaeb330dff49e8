import assert from 'node:assert/strict';
import { generateKeyPairSync } from 'node:crypto';
import { test } from 'node:test';
import { client, connection } from '../harness/entities.mjs';
import { all, api, guarded, pageCount, refused, unique } from '../harness/tenant.mjs';

const pem = () => generateKeyPairSync('rsa', { modulusLength: 2048 }).publicKey.export({ type: 'spki', format: 'pem' });

test('§2.3 a client is created, read, changed and deleted', async (t) => {
  const created = await client(t, {
    app_type: 'regular_web',
    grant_types: ['refresh_token'],
    client_metadata: { team: 'one', other: 'two' },
    token_exchange: { allow_any_profile_of_type: ['custom_authentication'] },
  });
  assert.match(created.client_id, /^[A-Za-z0-9]{32}$/);
  assert.ok(created.client_secret.length >= 32);
  assert.equal(created.global, false);
  assert.equal(created.is_first_party, true);
  assert.equal(created.oidc_conformant, true);
  assert.deepEqual(created.token_exchange, { allow_any_profile_of_type: ['custom_authentication'] });
  assert.equal((await api.clients.get(created.client_id)).name, created.name);

  const changed = await api.clients.update(created.client_id, {
    description: 'changed',
    client_metadata: { other: null },
    token_exchange: null,
  });
  assert.equal(changed.description, 'changed');
  assert.equal(changed.name, created.name);
  assert.deepEqual(changed.client_metadata, { team: 'one' });
  assert.equal(changed.token_exchange ?? null, null);

  await api.clients.delete(created.client_id);
  await refused(api.clients.get(created.client_id), 404, { name: 'NotFoundError' });
});

test('§2.3 without a word about it a client is not OIDC conformant', async (t) => {
  const created = await api.clients.create({ name: unique('client') });
  t.after(() => api.clients.delete(created.client_id));

  assert.equal(created.oidc_conformant, false);
  assert.equal(created.jwt_configuration.lifetime_in_seconds, 36000);
});

test('§1.3 clients are listed over several pages, with some of their fields', async (t) => {
  const made = [await client(t), await client(t, { app_type: 'spa' }), await client(t, { is_first_party: false })];

  const listed = await all(api.clients.list({ per_page: 1 }));

  for (const { client_id } of made) assert.ok(listed.some((one) => one.client_id === client_id));
  assert.ok((await pageCount(api.clients.list({ per_page: 1 }))) >= 3);
  const { response } = await api.clients.list({ per_page: 2 });
  assert.equal(response.start, 0);
  assert.equal(response.limit, 2);
  assert.equal(response.total, listed.length);
  assert.deepEqual(
    (await all(api.clients.list({ fields: 'name,client_id' }))).filter((one) => one.client_id === made[0].client_id),
    [{ client_id: made[0].client_id, name: made[0].name }],
  );
  const without = await api.clients.get(made[0].client_id, { fields: 'client_secret', include_fields: false });
  assert.equal(without.client_secret, undefined);
  const thirdParty = await all(api.clients.list({ is_first_party: false, is_global: false }));
  assert.ok(thirdParty.some((one) => one.client_id === made[2].client_id));
  assert.ok(!thirdParty.some((one) => one.client_id === made[0].client_id));
  const spas = await all(api.clients.list({ app_type: 'spa' }));
  assert.ok(spas.some((one) => one.client_id === made[1].client_id) && spas.every((one) => one.app_type === 'spa'));
  assert.deepEqual(await all(api.clients.list({ is_global: true })), []);
});

test('§2.3 a secret is changed for another', async (t) => {
  const created = await client(t);

  const rotated = await api.clients.rotateSecret(created.client_id);

  assert.equal(rotated.client_id, created.client_id);
  assert.notEqual(rotated.client_secret, created.client_secret);
  assert.equal((await api.clients.get(created.client_id)).client_secret, rotated.client_secret);
});

test('§4.6 public keys are credentials of a client', async (t) => {
  const created = await client(t);
  const credential = await api.clients.credentials.create(created.client_id, {
    credential_type: 'public_key',
    name: 'first',
    pem: pem(),
    alg: 'RS256',
  });
  assert.equal(credential.credential_type, 'public_key');
  assert.ok(credential.kid);
  assert.deepEqual(
    (await api.clients.credentials.list(created.client_id)).map((one) => one.id),
    [credential.id],
  );
  assert.equal((await api.clients.credentials.get(created.client_id, credential.id)).name, 'first');
  const expires = new Date(Date.now() + 86_400_000).toISOString();
  const changed = await api.clients.credentials.update(created.client_id, credential.id, { expires_at: expires });
  assert.equal(changed.expires_at, expires);

  await api.clients.credentials.delete(created.client_id, credential.id);

  assert.deepEqual(await api.clients.credentials.list(created.client_id), []);
  await refused(api.clients.credentials.get(created.client_id, credential.id), 404, { name: 'NotFoundError' });
});

test('§2.3 credentials are created with a client and named by id only', async (t) => {
  const created = await client(t, {
    client_authentication_methods: {
      private_key_jwt: { credentials: [{ credential_type: 'public_key', name: 'given', pem: pem(), alg: 'RS256' }] },
    },
  });

  const [{ id, ...rest }] = created.client_authentication_methods.private_key_jwt.credentials;
  assert.deepEqual(rest, {});
  assert.equal((await api.clients.credentials.get(created.client_id, id)).name, 'given');
});

test('§2.3 the connections of a client are listed over several pages', async (t) => {
  const created = await client(t);
  const ids = [];
  for (let i = 0; i < 2; i++) {
    const { id } = await connection(t);
    await api.connections.clients.update(id, [{ client_id: created.client_id, status: true }]);
    ids.push(id);
  }

  const listed = await all(api.clients.connections.get(created.client_id, { take: 1 }));

  assert.deepEqual(listed.map((one) => one.id).sort(), ids.sort());
});

test('§2.3 a client that breaks a rule is refused', async (t) => {
  const created = await client(t);
  const bad = (body, message) => refused(api.clients.create(body), 400, { name: 'BadRequestError', message });

  await bad({}, /^Payload validation error: /);
  await bad({ name: '<b>' }, /^Payload validation error: /);
  await bad({ name: 'x', extra: 1 }, "Payload validation error: 'Additional properties not allowed: extra'.");
  await bad({ name: 'x', app_type: 'toaster' }, /^Payload validation error: /);
  await bad({ name: 'x', client_metadata: { a: 'x'.repeat(256) } });
  await bad({ name: 'x', description: 'x'.repeat(141) });
  await refused(api.clients.update(created.client_id, { client_id: 'x' }), 400, { name: 'BadRequestError' });
  await refused(api.clients.update('nobody', { name: 'x' }), 404);
  await refused(api.clients.rotateSecret('nobody'), 404, { name: 'NotFoundError' });
  await refused(
    api.clients.credentials.create(created.client_id, { credential_type: 'public_key', pem: 'no key' }),
    400,
    {
      name: 'BadRequestError',
    },
  );
});

test('§1.2 clients need a token and its scopes', async () => {
  await guarded((who) => who.clients.list(), 'read:clients');
  await guarded((who) => who.clients.get('nobody'), 'read:clients');
  await guarded((who) => who.clients.create({ name: 'guarded' }), 'create:clients');
  await guarded((who) => who.clients.update('nobody', { name: 'guarded' }), 'update:clients');
  await guarded((who) => who.clients.delete('nobody'), 'delete:clients');
  await guarded((who) => who.clients.rotateSecret('nobody'), 'update:client_keys');
  await guarded((who) => who.clients.connections.get('nobody'), 'read:connections');
});
