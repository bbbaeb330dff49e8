// All of a tenant's configuration as the Management API shows it, in an order of its own: what two imports must leave alike.
import { all, api } from './tenant.mjs';

const by = (key) => (a, b) => (a[key] < b[key] ? -1 : 1);
const each = (items, detail) => Promise.all(items.map(async (item) => ({ ...item, ...(await detail(item)) })));

export async function snapshot() {
  const { attackProtection } = api;
  return {
    settings: await api.tenants.settings.get(),
    resourceServers: (await all(api.resourceServers.list())).sort(by('id')),
    clients: (await all(api.clients.list())).sort(by('client_id')),
    clientGrants: (await all(api.clientGrants.list())).sort(by('id')),
    connections: await each((await all(api.connections.list())).sort(by('id')), async ({ id }) => ({
      clients: (await all(api.connections.clients.get(id))).map((one) => one.client_id).sort(),
    })),
    roles: await each((await all(api.roles.list())).sort(by('id')), async ({ id }) => ({
      permissions: (await all(api.roles.permissions.list(id))).sort(by('permission_name')),
    })),
    organizations: await each((await all(api.organizations.list())).sort(by('id')), async ({ id }) => ({
      connections: (await all(api.organizations.connections.list(id))).sort(by('connection_id')),
      clientGrants: (await all(api.organizations.clientGrants.list(id))).sort(by('id')),
    })),
    actions: await each((await all(api.actions.list())).sort(by('id')), async ({ id }) => ({
      versions: await all(api.actions.versions.list(id)),
    })),
    bindings: await all(api.actions.triggers.bindings.list('post-login')),
    tokenExchangeProfiles: (await all(api.tokenExchangeProfiles.list())).sort(by('id')),
    attackProtection: {
      suspiciousIpThrottling: await attackProtection.suspiciousIpThrottling.get(),
      bruteForceProtection: await attackProtection.bruteForceProtection.get(),
      breachedPasswordDetection: await attackProtection.breachedPasswordDetection.get(),
      botDetection: await attackProtection.botDetection.get(),
      captcha: await attackProtection.captcha.get(),
    },
  };
}
