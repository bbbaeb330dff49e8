// The Management API through auth0 6.4.0, the SDK inside the deploy CLI.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { Management, ManagementClient } from 'auth0-v6';
import { all, credentials, dispose, domain, pageCount, unique } from '../harness/tenant.mjs';

const { BadRequestError, ConflictError, ForbiddenError, NotFoundError, UnauthorizedError } = Management;
const api = new ManagementClient({ ...credentials.everything, maxRetries: 0 });

test('what an exchange needs is created, changed, listed and deleted', async (t) => {
  const name = unique('v6');
  const action = await api.actions.create({
    name,
    code: "exports.onExecuteCustomTokenExchange = async (event, api) => { api.authentication.setUserById('auth0|none'); };",
    runtime: 'node22',
    supported_triggers: [{ id: 'custom-token-exchange', version: 'v1' }],
    secrets: [{ name: 'KEY', value: 'v6-value-of-the-key' }],
  });
  dispose(t, () => api.actions.delete(action.id, { force: true }));
  for (let deployed = false; !deployed; ) {
    deployed = await api.actions.deploy(action.id).then(
      () => true,
      (error) => (String(error.body?.message).includes("must be in the 'built' state") ? false : Promise.reject(error)),
    );
  }
  const profile = await api.tokenExchangeProfiles.create({
    name,
    subject_token_type: `urn:clients:${name}`,
    action_id: action.id,
    type: 'custom_authentication',
  });
  dispose(t, () => api.tokenExchangeProfiles.delete(profile.id));
  await api.tokenExchangeProfiles.update(profile.id, { name: 'renamed' });

  assert.equal((await api.tokenExchangeProfiles.get(profile.id)).name, 'renamed');
  assert.ok((await all(api.tokenExchangeProfiles.list({ take: 1 }))).some((one) => one.id === profile.id));
  const listed = await all(api.actions.list({ per_page: 1 }));
  assert.ok(listed.some((one) => one.id === action.id));
  assert.ok(!JSON.stringify(listed).includes('v6-value-of-the-key'));
  assert.deepEqual(
    (await all(api.actions.versions.list(action.id, { per_page: 1 }))).map((one) => one.number),
    [1],
  );
});

test('clients, APIs and grants are created and listed over several pages', async (t) => {
  const made = [];
  for (let i = 0; i < 2; i++) {
    const { client_id } = await api.clients.create({ name: unique('v6') });
    made.push(client_id);
    dispose(t, () => api.clients.delete(client_id));
  }
  const server = await api.resourceServers.create({
    identifier: `https://${unique('v6')}.example`,
    scopes: [{ value: 'read:x' }],
  });
  dispose(t, () => api.resourceServers.delete(server.id));
  for (const client_id of made)
    await api.clientGrants.create({ client_id, audience: server.identifier, scope: ['read:x'] });

  const clients = await all(api.clients.list({ per_page: 1 }));
  const grants = await all(api.clientGrants.list({ take: 1, audience: server.identifier }));

  assert.ok(made.every((id) => clients.some((one) => one.client_id === id)));
  assert.ok((await pageCount(api.clients.list({ per_page: 1 }))) >= 2);
  assert.deepEqual(grants.map((one) => one.client_id).sort(), made.sort());
});

test('a role loses permissions by a DELETE with a body', async (t) => {
  const server = await api.resourceServers.create({
    identifier: `https://${unique('v6')}.example`,
    scopes: [{ value: 'read:x' }, { value: 'read:y' }],
  });
  dispose(t, () => api.resourceServers.delete(server.id));
  const { id } = await api.roles.create({ name: unique('v6') });
  dispose(t, () => api.roles.delete(id));
  const permissions = ['read:x', 'read:y'].map((permission_name) => ({
    permission_name,
    resource_server_identifier: server.identifier,
  }));
  await api.roles.permissions.add(id, { permissions });

  await api.roles.permissions.delete(id, { permissions: permissions.slice(0, 1) });

  assert.deepEqual(
    (await all(api.roles.permissions.list(id, { per_page: 1 }))).map((one) => one.permission_name),
    ['read:y'],
  );
});

test('refusals are the SDK’s own types', async (t) => {
  const stranger = new ManagementClient({ domain, token: 'not-a-token', maxRetries: 0 });
  const limited = new ManagementClient({ ...credentials.nothing, maxRetries: 0 });
  const name = unique('v6');
  const server = await api.resourceServers.create({ identifier: name });
  dispose(t, () => api.resourceServers.delete(server.id));

  await assert.rejects(async () => stranger.clients.list(), UnauthorizedError);
  await assert.rejects(async () => limited.clients.list(), ForbiddenError);
  await assert.rejects(async () => api.clients.get('nobody'), NotFoundError);
  await assert.rejects(async () => api.clients.create({}), BadRequestError);
  await assert.rejects(async () => api.resourceServers.create({ identifier: name }), ConflictError);
});
