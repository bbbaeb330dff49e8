import assert from 'node:assert/strict';
import { test } from 'node:test';
import { client, clientGrant, connection, organization, resourceServer, role, user } from '../harness/entities.mjs';
import { all, api, guarded, pageCount, refused, unique } from '../harness/tenant.mjs';

test('§2.9 an organization is created, read by id and by name, changed and deleted', async (t) => {
  const branding = {
    logo_url: 'https://acme.example/l.png',
    colors: { primary: '#000000', page_background: '#ffffff' },
  };
  const created = await organization(t, { branding, metadata: { tier: 'gold' } });
  assert.match(created.id, /^org_[A-Za-z0-9]{16}$/);
  assert.deepEqual(created.branding, branding);
  assert.deepEqual(created.metadata, { tier: 'gold' });
  assert.deepEqual(await api.organizations.get(created.id), created);
  assert.equal((await api.organizations.getByName(created.name)).id, created.id);

  const changed = await api.organizations.update(created.id, { display_name: 'Changed' });
  assert.equal(changed.display_name, 'Changed');
  assert.deepEqual(changed.metadata, { tier: 'gold' });

  await api.organizations.delete(created.id);
  await refused(api.organizations.get(created.id), 404, { name: 'NotFoundError' });
});

test('§1.3 organizations are listed over several pages', async (t) => {
  const made = [await organization(t), await organization(t), await organization(t)];

  const listed = await all(api.organizations.list({ take: 1 }));

  for (const { id } of made) assert.ok(listed.some((one) => one.id === id));
  assert.ok((await pageCount(api.organizations.list({ take: 1 }))) >= 3);
});

test('§2.9 connections given at creation are enabled ones', async (t) => {
  const { id: connection_id, name } = await connection(t);
  const { id } = await organization(t, { enabled_connections: [{ connection_id, assign_membership_on_login: true }] });

  const [enabled] = await all(api.organizations.enabledConnections.list(id));

  assert.equal(enabled.connection_id, connection_id);
  assert.equal(enabled.assign_membership_on_login, true);
  assert.deepEqual(enabled.connection, { name, strategy: 'auth0' });
});

test('§2.9 connections are enabled, changed, disabled, and listed over several pages', async (t) => {
  const { id } = await organization(t);
  const connections = [await connection(t), await connection(t, { strategy: 'oidc' })];
  for (const one of connections) {
    await api.organizations.enabledConnections.add(id, { connection_id: one.id, assign_membership_on_login: false });
  }
  const [first] = connections;

  const listed = await all(api.organizations.enabledConnections.list(id, { per_page: 1 }));

  assert.deepEqual(listed.map((one) => one.connection_id).sort(), connections.map((one) => one.id).sort());
  const changed = await api.organizations.enabledConnections.update(id, first.id, { assign_membership_on_login: true });
  assert.equal(changed.assign_membership_on_login, true);
  assert.equal((await api.organizations.enabledConnections.get(id, first.id)).assign_membership_on_login, true);
  await refused(api.organizations.enabledConnections.add(id, { connection_id: first.id }), 409);
  await api.organizations.enabledConnections.delete(id, first.id);
  await refused(api.organizations.enabledConnections.get(id, first.id), 404, { name: 'NotFoundError' });
});

test('§2.9 the newer list of connections shows the same ones', async (t) => {
  const { id } = await organization(t);
  const { id: connection_id } = await connection(t);
  const added = await api.organizations.connections.create(id, { connection_id, show_as_button: false });
  assert.equal(added.connection_id, connection_id);
  assert.equal(added.show_as_button, false);

  assert.deepEqual(
    (await all(api.organizations.connections.list(id, { per_page: 1 }))).map((one) => one.connection_id),
    [connection_id],
  );
  assert.deepEqual(
    (await all(api.organizations.enabledConnections.list(id))).map((one) => one.connection_id),
    [connection_id],
  );
  const off = await api.organizations.connections.update(id, connection_id, {
    is_enabled: false,
    organization_access_level: 'limited',
  });
  assert.equal(off.is_enabled, false);
  assert.equal((await api.organizations.connections.get(id, connection_id)).organization_access_level, 'limited');
  assert.deepEqual(await all(api.organizations.enabledConnections.list(id)), []);
  await refused(api.organizations.connections.create(id, { connection_id }), 409, { name: 'ConflictError' });
  await api.organizations.connections.delete(id, connection_id);
  assert.deepEqual(await all(api.organizations.connections.list(id)), []);
});

test('§2.9 members are added and removed, and listed over several pages', async (t) => {
  const { id } = await organization(t);
  const { name } = await connection(t);
  const users = [await user(t, name), await user(t, name), await user(t, name)];
  const ids = users.map((one) => one.user_id).sort();
  await api.organizations.members.create(id, { members: ids });

  const listed = await all(api.organizations.members.list(id, { take: 1 }));

  assert.deepEqual(listed.map((one) => one.user_id).sort(), ids);
  assert.equal(listed.find((one) => one.user_id === users[0].user_id).email, users[0].email);
  await api.organizations.members.delete(id, { members: [ids[0]] });
  assert.deepEqual((await all(api.organizations.members.list(id))).map((one) => one.user_id).sort(), ids.slice(1));
  await refused(api.organizations.members.create(id, { members: [] }), 400, { name: 'BadRequestError' });
});

test('§2.9 members have roles of their own in an organization', async (t) => {
  const { id } = await organization(t);
  const { name } = await connection(t);
  const { user_id } = await user(t, name);
  const roles = [await role(t), await role(t)];
  await api.organizations.members.create(id, { members: [user_id] });
  await api.organizations.members.roles.assign(id, user_id, { roles: roles.map((one) => one.id) });

  const listed = await all(api.organizations.members.roles.list(id, user_id, { per_page: 1 }));

  assert.deepEqual(listed.map((one) => one.id).sort(), roles.map((one) => one.id).sort());
  assert.deepEqual(await all(api.users.roles.list(user_id)), []);
  await api.organizations.members.roles.delete(id, user_id, { roles: [roles[0].id] });
  assert.deepEqual(
    (await all(api.organizations.members.roles.list(id, user_id))).map((one) => one.id),
    [roles[1].id],
  );
});

test('§2.9 client grants are given to an organization and taken back', async (t) => {
  const { id } = await organization(t);
  const { client_id } = await client(t, { organization_usage: 'allow' });
  const grants = [];
  for (let i = 0; i < 2; i++) {
    const { identifier } = await resourceServer(t);
    grants.push(await clientGrant(t, client_id, identifier, { organization_usage: 'allow' }));
  }
  for (const { id: grant_id } of grants) await api.organizations.clientGrants.create(id, { grant_id });

  const listed = await all(api.organizations.clientGrants.list(id, { per_page: 1 }));

  assert.deepEqual(listed.map((one) => one.id).sort(), grants.map((one) => one.id).sort());
  await api.organizations.clientGrants.delete(id, grants[0].id);
  assert.deepEqual(
    (await all(api.organizations.clientGrants.list(id))).map((one) => one.id),
    [grants[1].id],
  );
});

test('§2.9 there are no discovery domains', async (t) => {
  const { id } = await organization(t);

  assert.deepEqual(await all(api.organizations.discoveryDomains.list(id)), []);
});

test('§2.9 an organization that breaks a rule is refused', async (t) => {
  const created = await organization(t);
  const bad = (body) => refused(api.organizations.create(body), 400, { name: 'BadRequestError' });

  await bad({ name: 'Upper' });
  await bad({ name: 'org_x' });
  await bad({ name: 'x'.repeat(51) });
  await bad({ name: unique('o'), extra: 1 });
  await bad({ name: unique('o'), metadata: { a: 'x'.repeat(256) } });
  await refused(api.organizations.create({ name: created.name }), 409, {
    name: 'ConflictError',
    message: 'An organization with this name already exists.',
  });
  await refused(api.organizations.update('org_0000000000000000', { display_name: 'x' }), 404);
  await refused(api.organizations.getByName('nothing-of-that-name'), 404);
});

test('§1.2 organizations need a token and its scopes', async () => {
  const id = 'org_0000000000000000';
  await guarded((who) => who.organizations.list(), 'read:organizations');
  await guarded((who) => who.organizations.get(id), 'read:organizations');
  await guarded((who) => who.organizations.create({ name: 'guarded' }), 'create:organizations');
  await guarded((who) => who.organizations.update(id, { display_name: 'x' }), 'update:organizations');
  await guarded((who) => who.organizations.delete(id), 'delete:organizations');
  await guarded((who) => who.organizations.enabledConnections.list(id), 'read:organization_connections');
  await guarded((who) => who.organizations.connections.list(id), 'read:organization_connections');
  await guarded((who) => who.organizations.members.list(id), 'read:organization_members');
  await guarded((who) => who.organizations.members.create(id, { members: ['x'] }), 'create:organization_members');
  await guarded((who) => who.organizations.members.roles.list(id, 'x'), 'read:organization_member_roles');
  await guarded((who) => who.organizations.clientGrants.list(id), 'read:organization_client_grants');
});
