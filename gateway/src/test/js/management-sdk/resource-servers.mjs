import assert from 'node:assert/strict';
import { test } from 'node:test';
import { resourceServer } from '../harness/entities.mjs';
import { all, api, domain, guarded, pageCount, refused, unique } from '../harness/tenant.mjs';

test('§2.4 an API is created, read by id and by identifier, changed and deleted', async (t) => {
  const created = await resourceServer(t, { skip_consent_for_verifiable_first_party_clients: true });
  assert.match(created.id, /^[0-9a-f]{24}$/);
  assert.equal(created.is_system, false);
  assert.equal(created.signing_alg, 'RS256');
  assert.equal(created.token_lifetime, 86400);
  assert.equal(created.skip_consent_for_verifiable_first_party_clients, true);
  assert.deepEqual(await api.resourceServers.get(created.id), created);
  assert.deepEqual(await api.resourceServers.get(created.identifier), created);

  const changed = await api.resourceServers.update(created.id, { token_lifetime: 60, scopes: [{ value: 'only' }] });
  assert.equal(changed.token_lifetime, 60);
  assert.deepEqual(
    changed.scopes.map((one) => one.value),
    ['only'],
  );
  assert.equal(changed.name, created.name);

  await api.resourceServers.delete(created.identifier);
  await refused(api.resourceServers.get(created.id), 404, { name: 'NotFoundError' });
});

test('§1.3 APIs are listed over several pages, and by identifier', async (t) => {
  const made = [await resourceServer(t), await resourceServer(t), await resourceServer(t)];

  const listed = await all(api.resourceServers.list({ per_page: 1 }));

  for (const { id } of made) assert.ok(listed.some((one) => one.id === id));
  assert.ok((await pageCount(api.resourceServers.list({ per_page: 1 }))) >= 3);
  const two = await all(api.resourceServers.list({ identifiers: [made[0].identifier, made[2].identifier] }));
  assert.deepEqual(two.map((one) => one.id).sort(), [made[0].id, made[2].id].sort());
  assert.deepEqual(await all(api.resourceServers.list({ page: 1000, per_page: 100 })), []);
});

test('§1.1 the Management API is one of them and stays as it is', async () => {
  const identifier = `https://${domain}/api/v2/`;
  const system = await api.resourceServers.get(identifier);
  assert.equal(system.is_system, true);
  assert.equal(system.name, 'Auth0 Management API');
  assert.equal(system.identifier, identifier);

  await refused(api.resourceServers.update(system.id, { name: 'mine' }), 400, {
    name: 'BadRequestError',
    message: /System resource servers cannot be patched\./,
  });
  await refused(api.resourceServers.delete(system.id), 400, { message: /System resource servers cannot be deleted\./ });
});

test('§2.4 an API that breaks a rule is refused', async (t) => {
  const created = await resourceServer(t);
  const bad = (body, message) => refused(api.resourceServers.create(body), 400, { name: 'BadRequestError', message });

  await bad({}, /^Payload validation error: 'Missing required property: identifier'/);
  await bad({ identifier: 'x', extra: 1 }, "Payload validation error: 'Additional properties not allowed: extra'.");
  await bad({ identifier: 'x', signing_alg: 'none' });
  await bad({ identifier: 'x', token_lifetime: 2592001 });
  await bad({ identifier: `https://${domain}/api/v2/` }, /The selected identifier is reserved\./);
  await refused(api.resourceServers.update(created.id, { identifier: unique('x') }), 400, { name: 'BadRequestError' });
  await refused(api.resourceServers.create({ identifier: created.identifier }), 409, {
    name: 'ConflictError',
    message: 'A resource server with the same identifier already exists.',
  });
  await refused(api.resourceServers.update('nothing', { name: 'x' }), 404);
});

test('§1.2 APIs need a token and its scopes', async () => {
  await guarded((who) => who.resourceServers.list(), 'read:resource_servers');
  await guarded((who) => who.resourceServers.get('x'), 'read:resource_servers');
  await guarded((who) => who.resourceServers.create({ identifier: 'x' }), 'create:resource_servers');
  await guarded((who) => who.resourceServers.update('x', { name: 'x' }), 'update:resource_servers');
  await guarded((who) => who.resourceServers.delete('x'), 'delete:resource_servers');
});
