import assert from 'node:assert/strict';
import { test } from 'node:test';
import { connection, organization, resourceServer, role, user } from '../harness/entities.mjs';
import { all, api, guarded, never, pageCount, refused, unique } from '../harness/tenant.mjs';

test('§2.7 a user is created, read, changed and deleted', async (t) => {
  const { name } = await connection(t);
  const created = await user(t, name, {
    given_name: 'Ann',
    user_metadata: { a: 1, b: { c: 2 } },
    app_metadata: { plan: 'gold' },
  });
  assert.match(created.user_id, /^auth0\|/);
  assert.equal(created.email_verified, false);
  assert.equal(created.identities[0].connection, name);
  assert.deepEqual(created.user_metadata, { a: 1, b: { c: 2 } });
  assert.equal((await api.users.get(created.user_id)).email, created.email);

  const changed = await api.users.update(created.user_id, {
    user_metadata: { a: null, b: { d: 3 } },
    nickname: 'nan',
    blocked: true,
  });
  assert.deepEqual(changed.user_metadata, { b: { d: 3 } });
  assert.deepEqual(changed.app_metadata, { plan: 'gold' });
  assert.equal(changed.nickname, 'nan');
  assert.equal(changed.blocked, true);

  await api.users.delete(created.user_id);
  await refused(api.users.get(created.user_id), 404, { name: 'NotFoundError', message: 'The user does not exist.' });
  await api.users.delete(created.user_id);
});

test('§5.5 a password never comes back', async (t) => {
  const { name } = await connection(t);
  const created = await user(t, name, { password: 'Never-Seen-Again-42' });
  const changed = await api.users.update(created.user_id, { password: 'Nor-This-One-43' });

  never([created, changed, await api.users.get(created.user_id)], 'Never-Seen-Again-42');
  never([changed, await api.users.get(created.user_id)], 'Nor-This-One-43');
});

test('§2.7 users are searched for, sorted and listed over several pages', async (t) => {
  const { name } = await connection(t);
  const [b, a, c] = [
    await user(t, name, { nickname: 'b' }),
    await user(t, name, { nickname: 'a' }),
    await user(t, name, { nickname: 'c' }),
  ];
  const q = `identities.connection:"${name}"`;

  const listed = await all(api.users.list({ q, search_engine: 'v3', sort: 'nickname:1', per_page: 1 }));

  assert.deepEqual(
    listed.map((one) => one.user_id),
    [a, b, c].map((one) => one.user_id),
  );
  assert.ok((await pageCount(api.users.list({ q, per_page: 1 }))) >= 3);
  const { response } = await api.users.list({ q, per_page: 2 });
  assert.deepEqual(
    { start: response.start, limit: response.limit, length: response.length, total: response.total },
    { start: 0, limit: 2, length: 2, total: 3 },
  );
  assert.deepEqual(
    (await all(api.users.list({ q: `email:"${a.email.toUpperCase()}"` }))).map((one) => one.user_id),
    [a.user_id],
  );
  assert.deepEqual(
    await all(api.users.list({ q: `${q} AND NOT nickname:a`, fields: 'nickname', sort: 'nickname:-1' })),
    [{ nickname: 'c' }, { nickname: 'b' }],
  );
  assert.deepEqual(
    (await api.users.listUsersByEmail({ email: b.email })).map((one) => one.user_id),
    [b.user_id],
  );
});

test('§2.7 roles of a user are assigned, listed and taken away', async (t) => {
  const { name } = await connection(t);
  const { user_id } = await user(t, name);
  const roles = [await role(t), await role(t)];
  await api.users.roles.assign(user_id, { roles: roles.map((one) => one.id) });

  const listed = await all(api.users.roles.list(user_id, { per_page: 1 }));

  assert.deepEqual(listed.map((one) => one.id).sort(), roles.map((one) => one.id).sort());
  assert.equal(listed[0].description, 'A role');
  await api.users.roles.delete(user_id, { roles: [roles[0].id] });
  assert.deepEqual(
    (await all(api.users.roles.list(user_id))).map((one) => one.id),
    [roles[1].id],
  );
});

test('§2.7 permissions of a user, their own and of roles, say where they come from', async (t) => {
  const { name } = await connection(t);
  const { user_id } = await user(t, name);
  const server = await resourceServer(t);
  const { id: roleId, name: roleName } = await role(t);
  const permission = (permission_name) => ({ permission_name, resource_server_identifier: server.identifier });
  await api.roles.permissions.add(roleId, { permissions: [permission('write:things')] });
  await api.users.roles.assign(user_id, { roles: [roleId] });
  await api.users.permissions.create(user_id, { permissions: [permission('read:things')] });

  const listed = await all(api.users.permissions.list(user_id, { per_page: 1 }));

  const byName = Object.fromEntries(listed.map((one) => [one.permission_name, one]));
  assert.deepEqual(Object.keys(byName).sort(), ['read:things', 'write:things']);
  assert.equal(byName['read:things'].resource_server_name, server.name);
  assert.equal(byName['read:things'].description, 'Read things');
  assert.equal(byName['read:things'].sources[0].source_type, 'DIRECT');
  assert.deepEqual(
    byName['write:things'].sources.map(({ source_id, source_name, source_type }) => ({
      source_id,
      source_name,
      source_type,
    })),
    [{ source_id: roleId, source_name: roleName, source_type: 'ROLE' }],
  );
  await api.users.permissions.delete(user_id, { permissions: [permission('read:things')] });
  assert.deepEqual(
    (await all(api.users.permissions.list(user_id))).map((one) => one.permission_name),
    ['write:things'],
  );
});

test('§2.7 organizations of a user are listed over several pages', async (t) => {
  const { name } = await connection(t);
  const { user_id } = await user(t, name);
  const organizations = [await organization(t), await organization(t)];
  for (const { id } of organizations) await api.organizations.members.create(id, { members: [user_id] });

  const listed = await all(api.users.organizations.list(user_id, { per_page: 1 }));

  assert.deepEqual(listed.map((one) => one.id).sort(), organizations.map((one) => one.id).sort());
});

test('§2.7 identities are linked and unlinked', async (t) => {
  const { name } = await connection(t);
  const enterprise = await connection(t, { strategy: 'oidc' });
  const primary = await user(t, name);
  const secondary = await user(t, enterprise.name, { user_id: unique('u'), password: undefined });
  const [provider, ...rest] = secondary.user_id.split('|');
  const userId = rest.join('|');

  const linked = await api.users.identities.link(primary.user_id, { provider, user_id: userId });

  assert.deepEqual(
    linked.map((one) => one.connection),
    [name, enterprise.name],
  );
  await refused(api.users.get(secondary.user_id), 404);
  await refused(api.users.identities.link(primary.user_id, { provider, user_id: userId }), 409, {
    name: 'ConflictError',
  });
  const [, mainId] = primary.user_id.split('|');
  await refused(api.users.identities.delete(primary.user_id, 'auth0', mainId), 400, {
    message: 'Main identity cannot be removed.',
  });
  await refused(api.users.identities.link(primary.user_id, { provider: 'auth0', user_id: mainId }), 400, {
    message: 'Main identity and the new one are the same.',
  });
  const left = await api.users.identities.delete(primary.user_id, provider, userId);
  assert.deepEqual(
    left.map((one) => one.connection),
    [name],
  );
  t.after(() => api.users.delete(secondary.user_id));
});

test('§2.7 the logs of a user are a list', async (t) => {
  const { name } = await connection(t);
  const { user_id } = await user(t, name);

  assert.deepEqual(await all(api.users.logs.list(user_id, { per_page: 1 })), []);
});

test('§2.7 a user who breaks a rule is refused', async (t) => {
  const { name } = await connection(t);
  const created = await user(t, name);
  const create = (body) =>
    api.users.create({
      connection: name,
      email: `${unique('u')}@clients.example`,
      password: 'Correct-Horse-7',
      ...body,
    });
  const bad = (body, message) => refused(create(body), 400, { name: 'BadRequestError', message });

  await bad({ connection: 'nothing' }, 'Connection does not exist.');
  await bad({ username: 'ann' }, 'Cannot set username for connection without requires_username.');
  await bad({ extra: 1 }, "Payload validation error: 'Additional properties not allowed: extra'.");
  await bad({ user_id: 'has space' });
  await bad({ phone_number: '12' });
  await refused(create({ email: created.email }), 409, { name: 'ConflictError', message: 'The user already exists.' });
  await refused(api.users.update('auth0|nobody', { nickname: 'x' }), 404);
  await refused(all(api.users.list({ q: 'email:(' })), 400, {
    name: 'BadRequestError',
    errorCode: 'invalid_query_string',
  });
  await refused(all(api.users.list({ q: 'x', search_engine: 'v2' })), 400, { name: 'BadRequestError' });
  await refused(all(api.users.list({ page: 10, per_page: 100 })), 400, {
    message: /^You can only page through the first 1000 records\./,
  });
});

test('§1.2 users need a token and its scopes', async () => {
  const id = 'auth0|nobody';
  await guarded((who) => who.users.list(), 'read:users');
  await guarded((who) => who.users.get(id), 'read:users');
  await guarded((who) => who.users.listUsersByEmail({ email: 'x@x.example' }), 'read:users');
  await guarded((who) => who.users.create({ connection: 'x' }), 'create:users');
  await guarded((who) => who.users.update(id, { nickname: 'x' }), 'update:users');
  await guarded((who) => who.users.delete(id), 'delete:users');
  await guarded((who) => who.users.roles.list(id), 'read:users');
  await guarded((who) => who.users.roles.assign(id, { roles: ['x'] }), 'update:users');
  await guarded((who) => who.users.permissions.list(id), 'read:users');
  await guarded((who) => who.users.organizations.list(id), '(read:users|read:organizations)');
  await guarded((who) => who.users.logs.list(id), 'read:logs');
  await guarded((who) => who.users.identities.link(id, { provider: 'auth0', user_id: 'x' }), 'update:users');
});
