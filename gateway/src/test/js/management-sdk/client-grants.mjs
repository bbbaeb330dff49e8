import assert from 'node:assert/strict';
import { test } from 'node:test';
import { client, clientGrant, organization, resourceServer } from '../harness/entities.mjs';
import { all, api, guarded, pageCount, refused } from '../harness/tenant.mjs';

test('§2.5 a grant is created, read, changed and deleted', async (t) => {
  const { client_id } = await client(t);
  const { identifier } = await resourceServer(t);
  const created = await clientGrant(t, client_id, identifier);
  assert.match(created.id, /^cgr_[A-Za-z0-9]{16}$/);
  assert.equal(created.client_id, client_id);
  assert.equal(created.audience, identifier);
  assert.deepEqual(created.scope, ['read:things']);
  assert.equal(created.subject_type, 'client');
  assert.deepEqual(await api.clientGrants.get(created.id), created);

  const changed = await api.clientGrants.update(created.id, { scope: ['read:things', 'write:things'] });
  assert.deepEqual(changed.scope, ['read:things', 'write:things']);

  await api.clientGrants.delete(created.id);
  await refused(api.clientGrants.get(created.id), 404, { name: 'NotFoundError' });
});

test('§1.3 grants are listed over several pages, and by client, API and subject', async (t) => {
  const { client_id } = await client(t);
  const servers = [await resourceServer(t), await resourceServer(t), await resourceServer(t)];
  const made = [];
  for (const { identifier } of servers) made.push(await clientGrant(t, client_id, identifier));

  const listed = await all(api.clientGrants.list({ take: 1, client_id }));

  assert.deepEqual(listed.map((one) => one.id).sort(), made.map((one) => one.id).sort());
  assert.equal((await pageCount(api.clientGrants.list({ take: 1, client_id }))) >= 3, true);
  const one = await all(api.clientGrants.list({ audience: servers[1].identifier }));
  assert.deepEqual(
    one.map((grant) => grant.id),
    [made[1].id],
  );
  assert.deepEqual(await all(api.clientGrants.list({ client_id, subject_type: 'user' })), []);
});

test('§2.5 the organizations of a grant are listed over several pages', async (t) => {
  const { client_id } = await client(t, { organization_usage: 'allow' });
  const { identifier } = await resourceServer(t);
  const grant = await clientGrant(t, client_id, identifier, {
    organization_usage: 'allow',
    allow_any_organization: false,
  });
  const organizations = [await organization(t), await organization(t)];
  for (const { id } of organizations) await api.organizations.clientGrants.create(id, { grant_id: grant.id });

  const listed = await all(api.clientGrants.organizations.list(grant.id, { take: 1 }));

  assert.deepEqual(listed.map((one) => one.id).sort(), organizations.map((one) => one.id).sort());
});

test('§2.5 a grant that breaks a rule is refused', async (t) => {
  const { client_id } = await client(t);
  const { identifier } = await resourceServer(t);
  const grant = await clientGrant(t, client_id, identifier);
  const create = (body) => api.clientGrants.create({ client_id, audience: identifier, scope: [], ...body });

  await refused(create({}), 409, { name: 'ConflictError' });
  await refused(create({ subject_type: 'user', scope: ['unknown'] }), 400, {
    name: 'BadRequestError',
    message: /scope must be a subset of resource server scopes/,
  });
  await refused(create({ extra: 1 }), 400, {
    message: "Payload validation error: 'Additional properties not allowed: extra'.",
  });
  await refused(create({ audience: 'https://nothing.example' }), 404, { message: /Resource server not found/ });
  await refused(create({ client_id: 'nobody' }), 404, { message: /Client not found/ });
  await refused(api.clientGrants.update(grant.id, { audience: 'x' }), 400, { name: 'BadRequestError' });
  await refused(api.clientGrants.update('cgr_0000000000000000', { scope: [] }), 404, { name: 'NotFoundError' });
});

test('§1.2 grants need a token and its scopes', async () => {
  const id = 'cgr_0000000000000000';
  await guarded((who) => who.clientGrants.list(), 'read:client_grants');
  await guarded((who) => who.clientGrants.get(id), 'read:client_grants');
  await guarded((who) => who.clientGrants.create({ client_id: 'x', audience: 'x', scope: [] }), 'create:client_grants');
  await guarded((who) => who.clientGrants.update(id, { scope: [] }), 'update:client_grants');
  await guarded((who) => who.clientGrants.delete(id), 'delete:client_grants');
});
