import assert from 'node:assert/strict';
import { test } from 'node:test';
import { client, connection } from '../harness/entities.mjs';
import { all, api, guarded, pageCount, refused, unique } from '../harness/tenant.mjs';

test('§2.6 a connection is created, read, changed and deleted', async (t) => {
  const created = await connection(t, {
    strategy: 'oidc',
    display_name: 'Theirs',
    options: { client_id: 'x', nested: { a: 1 } },
  });
  assert.match(created.id, /^con_[A-Za-z0-9]{16}$/);
  assert.equal(created.strategy, 'oidc');
  assert.deepEqual(created.options, { client_id: 'x', nested: { a: 1 } });
  assert.equal((await api.connections.get(created.id)).name, created.name);

  const changed = await api.connections.update(created.id, { options: { client_id: 'y' }, metadata: { owner: 'me' } });
  assert.deepEqual(changed.options, { client_id: 'y' });
  assert.deepEqual(changed.metadata, { owner: 'me' });
  assert.equal(changed.display_name, 'Theirs');

  await api.connections.delete(created.id);
  await refused(api.connections.get(created.id), 404, { name: 'NotFoundError' });
});

test('§1.3 connections are listed over several pages, and by name and strategy', async (t) => {
  const made = [
    await connection(t),
    await connection(t, { strategy: 'oidc' }),
    await connection(t, { strategy: 'samlp' }),
  ];

  const listed = await all(api.connections.list({ take: 1 }));

  for (const { id } of made) assert.ok(listed.some((one) => one.id === id));
  assert.ok((await pageCount(api.connections.list({ take: 1 }))) >= 3);
  assert.deepEqual(
    (await all(api.connections.list({ name: made[0].name }))).map((one) => one.id),
    [made[0].id],
  );
  const two = await all(api.connections.list({ strategy: ['oidc', 'samlp'] }));
  assert.ok(two.some((one) => one.id === made[1].id) && two.some((one) => one.id === made[2].id));
  assert.ok(!two.some((one) => one.id === made[0].id));
  const [named] = await all(api.connections.list({ name: made[0].name, fields: 'name', include_fields: true }));
  assert.deepEqual(named, { name: made[0].name });
});

test('§2.6 clients are enabled and disabled, and listed over several pages', async (t) => {
  const { id } = await connection(t);
  const clients = [await client(t), await client(t), await client(t)];
  const ids = clients.map((one) => one.client_id);
  await api.connections.clients.update(
    id,
    ids.map((client_id) => ({ client_id, status: true })),
  );

  const listed = await all(api.connections.clients.get(id, { take: 1 }));

  assert.deepEqual(listed.map((one) => one.client_id).sort(), ids.sort());
  assert.deepEqual((await api.connections.get(id)).enabled_clients.sort(), ids);
  await api.connections.clients.update(id, [{ client_id: ids[0], status: false }]);
  assert.deepEqual((await all(api.connections.clients.get(id))).map((one) => one.client_id).sort(), ids.slice(1));
});

test('§2.6 there is no SCIM and no directory provisioning', async (t) => {
  const { id } = await connection(t, { strategy: 'samlp' });

  await refused(api.connections.scimConfiguration.get(id), 404, { name: 'NotFoundError' });
  assert.deepEqual(await all(api.connections.directoryProvisioning.list()), []);
});

test('§2.6 a connection that breaks a rule is refused', async (t) => {
  const created = await connection(t);
  const bad = (body) => refused(api.connections.create(body), 400, { name: 'BadRequestError' });

  await bad({ name: 'has spaces', strategy: 'auth0' });
  await bad({ name: '-x', strategy: 'auth0' });
  await bad({ name: unique('c'), strategy: 'smoke-signals' });
  await bad({ name: unique('c') });
  await bad({ name: unique('c'), strategy: 'auth0', extra: 1 });
  await refused(api.connections.create({ name: created.name, strategy: 'auth0' }), 409, {
    name: 'ConflictError',
    message: 'A connection with the same name already exists',
  });
  await refused(api.connections.update(created.id, { name: unique('c') }), 400, { name: 'BadRequestError' });
  await refused(api.connections.update('con_0000000000000000', { options: {} }), 404, { name: 'NotFoundError' });
  await refused(api.connections.clients.update(created.id, []), 400, { name: 'BadRequestError' });
});

test('§1.2 connections need a token and its scopes', async () => {
  const id = 'con_0000000000000000';
  await guarded((who) => who.connections.list(), 'read:connections');
  await guarded((who) => who.connections.get(id), 'read:connections');
  await guarded((who) => who.connections.create({ name: 'guarded', strategy: 'auth0' }), 'create:connections');
  await guarded((who) => who.connections.update(id, { options: {} }), 'update:connections');
  await guarded((who) => who.connections.delete(id), 'delete:connections');
  await guarded((who) => who.connections.clients.get(id), 'read:connections');
  await guarded((who) => who.connections.clients.update(id, [{ client_id: 'x', status: true }]), 'update:connections');
});
