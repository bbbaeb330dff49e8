// Entities that several tests need, deleted when their test ends.
import { api, dispose, unique } from './tenant.mjs';

export const CODE = {
  'custom-token-exchange':
    "exports.onExecuteCustomTokenExchange = async (event, api) => { api.authentication.setUserById('auth0|none'); };",
  'post-login': 'exports.onExecutePostLogin = async (event, api) => {};',
};

const VERSION = { 'custom-token-exchange': 'v1', 'post-login': 'v3' };

export async function action(t, trigger, more = {}) {
  const created = await api.actions.create({
    name: unique('action'),
    code: CODE[trigger],
    runtime: 'node22',
    supported_triggers: [{ id: trigger, version: VERSION[trigger] }],
    ...more,
  });
  dispose(t, () => api.actions.delete(created.id, { force: true }));
  return created;
}

/** A deployed Action: a deployment is asked for again while the version is still being built. */
export async function deployedAction(t, trigger, more) {
  const created = await action(t, trigger, more);
  await deploy(created.id);
  return api.actions.get(created.id);
}

export async function deploy(id) {
  for (;;) {
    try {
      return await api.actions.deploy(id);
    } catch (error) {
      if (!String(error.body?.message).includes("must be in the 'built' state")) throw error;
      await new Promise((resolve) => setTimeout(resolve, 100));
    }
  }
}

export async function client(t, more = {}) {
  const created = await api.clients.create({ name: unique('client'), oidc_conformant: true, ...more });
  dispose(t, () => api.clients.delete(created.client_id));
  return created;
}

export async function resourceServer(t, more = {}) {
  const created = await api.resourceServers.create({
    identifier: `https://${unique('api')}.example`,
    name: unique('API'),
    scopes: [{ value: 'read:things', description: 'Read things' }, { value: 'write:things' }],
    ...more,
  });
  dispose(t, () => api.resourceServers.delete(created.id));
  return created;
}

export async function clientGrant(t, clientId, audience, more = {}) {
  const created = await api.clientGrants.create({ client_id: clientId, audience, scope: ['read:things'], ...more });
  dispose(t, () => api.clientGrants.delete(created.id));
  return created;
}

export async function connection(t, more = {}) {
  const created = await api.connections.create({ name: unique('connection'), strategy: 'auth0', ...more });
  dispose(t, () => api.connections.delete(created.id));
  return created;
}

export async function user(t, connectionName, more = {}) {
  const created = await api.users.create({
    connection: connectionName,
    email: `${unique('user')}@clients.example`,
    password: 'Correct-Horse-7-Battery',
    ...more,
  });
  dispose(t, () => api.users.delete(created.user_id));
  return created;
}

export async function role(t, more = {}) {
  const created = await api.roles.create({ name: unique('role'), description: 'A role', ...more });
  dispose(t, () => api.roles.delete(created.id));
  return created;
}

export async function organization(t, more = {}) {
  const created = await api.organizations.create({ name: unique('org'), display_name: 'An organization', ...more });
  dispose(t, () => api.organizations.delete(created.id));
  return created;
}

/** A profile for a deployed Action. */
export async function profile(t, actionId, more = {}) {
  const created = await api.tokenExchangeProfiles.create({
    name: unique('profile'),
    subject_token_type: `urn:clients:${unique('type')}`,
    action_id: actionId,
    type: 'custom_authentication',
    ...more,
  });
  dispose(t, () => api.tokenExchangeProfiles.delete(created.id));
  return created;
}
