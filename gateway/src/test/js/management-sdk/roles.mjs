import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connection, resourceServer, role, user } from '../harness/entities.mjs';
import { all, api, guarded, pageCount, refused, unique } from '../harness/tenant.mjs';

test('§2.8 a role is created, read, changed and deleted', async (t) => {
  const created = await role(t);
  assert.match(created.id, /^rol_[A-Za-z0-9]{16}$/);
  assert.equal(created.description, 'A role');
  assert.deepEqual(await api.roles.get(created.id), created);

  const changed = await api.roles.update(created.id, { description: 'Another' });
  assert.equal(changed.description, 'Another');
  assert.equal(changed.name, created.name);

  await api.roles.delete(created.id);
  await refused(api.roles.get(created.id), 404, { name: 'NotFoundError' });
});

test('§1.3 roles are listed over several pages, and by a part of their name', async (t) => {
  const prefix = unique('Listed');
  const made = [];
  for (let i = 0; i < 3; i++) made.push(await role(t, { name: `${prefix}-${i}` }));

  const listed = await all(api.roles.list({ per_page: 1, name_filter: prefix.toLowerCase() }));

  assert.deepEqual(listed.map((one) => one.id).sort(), made.map((one) => one.id).sort());
  assert.ok((await pageCount(api.roles.list({ per_page: 1, name_filter: prefix }))) >= 3);
  assert.ok((await all(api.roles.list({ type: 'tenant' }))).some((one) => one.id === made[0].id));
});

test('§2.8 permissions of a role are added, listed over several pages and removed', async (t) => {
  const { id } = await role(t);
  const { identifier, name } = await resourceServer(t);
  const permissions = ['read:things', 'write:things'].map((permission_name) => ({
    permission_name,
    resource_server_identifier: identifier,
  }));
  await api.roles.permissions.add(id, { permissions });

  const listed = await all(api.roles.permissions.list(id, { per_page: 1 }));

  assert.deepEqual(listed.map((one) => one.permission_name).sort(), ['read:things', 'write:things']);
  assert.equal(listed[0].resource_server_name, name);
  await api.roles.permissions.delete(id, { permissions: [permissions[0]] });
  assert.deepEqual(
    (await all(api.roles.permissions.list(id))).map((one) => one.permission_name),
    ['write:things'],
  );
});

test('§2.8 users of a role are assigned and listed over several pages', async (t) => {
  const { id } = await role(t);
  const { name } = await connection(t);
  const users = [await user(t, name), await user(t, name)];
  await api.roles.users.assign(id, { users: users.map((one) => one.user_id) });

  const listed = await all(api.roles.users.list(id, { take: 1 }));

  assert.deepEqual(listed.map((one) => one.user_id).sort(), users.map((one) => one.user_id).sort());
  assert.equal(listed.find((one) => one.user_id === users[0].user_id).email, users[0].email);
});

test('§2.8 a role that breaks a rule is refused', async (t) => {
  const created = await role(t);

  await refused(api.roles.create({ name: created.name }), 409, { message: 'The role already exists.' });
  await refused(api.roles.create({}), 400, { name: 'BadRequestError' });
  await refused(api.roles.create({ name: unique('r'), extra: 1 }), 400, {
    message: "Payload validation error: 'Additional properties not allowed: extra'.",
  });
  await refused(api.roles.update('rol_0000000000000000', { name: 'x' }), 404, { message: 'Role not found.' });
  await refused(
    api.roles.permissions.add(created.id, {
      permissions: [{ permission_name: 'x', resource_server_identifier: 'https://nothing.example' }],
    }),
    400,
    { name: 'BadRequestError' },
  );
});

test('§1.2 roles need a token and its scopes', async () => {
  const id = 'rol_0000000000000000';
  await guarded((who) => who.roles.list(), 'read:roles');
  await guarded((who) => who.roles.get(id), 'read:roles');
  await guarded((who) => who.roles.create({ name: 'guarded' }), 'create:roles');
  await guarded((who) => who.roles.update(id, { name: 'guarded' }), 'update:roles');
  await guarded((who) => who.roles.delete(id), 'delete:roles');
  await guarded((who) => who.roles.permissions.list(id), 'read:roles');
  await guarded((who) => who.roles.users.list(id), '(read:users|read:roles|read:role_members)');
});
