// auth0-deploy-cli 8.44.0 with a running tenant: one test is one step, and each begins where the one before ended.
import assert from 'node:assert/strict';
import { createHmac } from 'node:crypto';
import { mkdtemp, readFile, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { after, test } from 'node:test';
import { snapshot } from '../harness/snapshot.mjs';
import { all, api, credentials, domain } from '../harness/tenant.mjs';
import { a0deploy } from './a0deploy.mjs';

const fixture = process.env.CAMBIO_FIXTURE;
const { AUTH0_KEYWORD_REPLACE_MAPPINGS: words } = JSON.parse(await readFile(path.join(fixture, 'config.json'), 'utf8'));
const work = await mkdtemp(path.join(tmpdir(), 'cambio-deploy-cli-'));
const yaml = path.join(work, 'yaml');
const directory = path.join(work, 'directory');
const secrets = path.join(work, 'secrets.json');
after(() => rm(work, { recursive: true }));
// The CLI writes a marker for the secret of an OIDC connection, and wants the value back at import.
await writeFile(
  secrets,
  JSON.stringify({ AUTH0_KEYWORD_REPLACE_MAPPINGS: { CONNECTIONS_OIDC_SECRET: words.SSO_SECRET } }),
);

let first;

const succeeded = ({ code, output }) => assert.equal(code, 0, output);
const importing = (from, config, more) => a0deploy(['import', '-i', from, '-c', config], more);
const exporting = (format, to, more) => a0deploy(['export', '-f', format, '-o', to], more);
const named = (items, name) => items.find((item) => item.name === name);

test('§3.2 an import creates every type of entity', async () => {
  succeeded(await importing(path.join(fixture, 'tenant.yaml'), path.join(fixture, 'config.json')));

  first = await snapshot();
  const [front, batch] = ['Shop front', 'Shop batch'].map((name) => named(first.clients, name));
  const [orders, stock] = ['Shop orders', 'Shop stock'].map((name) => named(first.resourceServers, name));
  const [members, sso] = ['members', 'partner-sso'].map((name) => named(first.connections, name));
  assert.equal(orders.token_lifetime, 7200);
  assert.deepEqual(stock.scopes, words.STOCK_SCOPES);
  assert.deepEqual(front.callbacks, words.CALLBACKS);
  assert.deepEqual(members.clients, [front.client_id]);
  assert.match(members.options.customScripts.login, /WrongUsernameOrPasswordError/);
  assert.deepEqual(sso.clients, [front.client_id]);
  const grant = first.clientGrants.find((one) => one.client_id === batch.client_id);
  assert.equal(grant.audience, orders.identifier);
  assert.deepEqual(
    named(first.roles, 'Clerk').permissions.map((one) => one.permission_name),
    ['read:orders', 'write:orders'],
  );
  const acme = named(first.organizations, 'acme');
  assert.deepEqual(acme.metadata, { tier: 'gold' });
  assert.deepEqual(
    acme.connections.map((one) => one.connection_id),
    [sso.id],
  );
  assert.deepEqual(
    acme.clientGrants.map((one) => one.id),
    [grant.id],
  );
  assert.deepEqual(
    first.bindings.map((one) => one.action.name),
    ['stamp'],
  );
  assert.equal(named(first.tokenExchangeProfiles, 'shop-voucher').action_id, named(first.actions, 'voucher').id);
  assert.equal(first.attackProtection.suspiciousIpThrottling.stage['pre-custom-token-exchange'].max_attempts, 12);
  assert.equal(first.attackProtection.bruteForceProtection.max_attempts, 8);
  assert.equal(first.settings.session_lifetime, 100);
  assert.equal(first.settings.idle_session_lifetime, 50);
});

test('§4.4 replaced words arrive as they are, also with $& and $` in them', () => {
  assert.equal(first.settings.friendly_name, words.FRIENDLY_NAME);
  assert.equal(named(first.clients, 'Shop front').description, `Costs ${words.PRICE}`);
  assert.ok(named(first.actions, 'stamp').code.includes(`'${words.PRICE}'`));
  assert.equal(named(first.connections, 'partner-sso').options.client_secret, words.SSO_SECRET);
  assert.deepEqual(first.settings.enabled_locales, words.LOCALES);
});

test('what was imported exchanges a voucher', async () => {
  const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = {
    iss: words.VOUCHER_ISSUER,
    sub: 'member-7',
    email: 'seven@shop.example',
    exp: Math.floor(Date.now() / 1000) + 60,
  };
  const input = `${encode({ alg: 'HS256' })}.${encode(claims)}`;
  const front = await api.clients.get(named(first.clients, 'Shop front').client_id);

  const answer = await fetch(`https://${domain}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({
      grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange',
      client_id: front.client_id,
      client_secret: front.client_secret,
      audience: 'https://orders.shop.example/v1',
      subject_token_type: 'urn:shop:voucher',
      subject_token: `${input}.${createHmac('sha256', words.VOUCHER_KEY).update(input).digest('base64url')}`,
    }),
  });

  const body = await answer.json();
  assert.equal(answer.status, 200, JSON.stringify(body));
  const token = JSON.parse(Buffer.from(body.access_token.split('.')[1], 'base64url'));
  assert.equal(token.sub, 'oidc|partner-sso|member-7');
  assert.equal(token['https://shop.example/price'], words.PRICE);
});

test('§3.2 a second import changes nothing', async () => {
  succeeded(await importing(path.join(fixture, 'tenant.yaml'), path.join(fixture, 'config.json')));

  assert.deepEqual(await snapshot(), first);
});

test('§3.1 an export as YAML holds all of it, and no secret', async () => {
  succeeded(await exporting('yaml', yaml));

  const text = await readFile(path.join(yaml, 'tenant.yaml'), 'utf8');
  for (const expected of [
    'Shop orders',
    'Shop batch',
    'partner-sso',
    'members',
    'Clerk',
    'acme',
    'shop-voucher',
    'action: voucher',
  ]) {
    assert.ok(text.includes(expected), expected);
  }
  const code = await readFile(path.join(yaml, 'actions', 'voucher', 'code.js'), 'utf8');
  assert.equal(code, named(first.actions, 'voucher').code);
  for (const secret of [words.VOUCHER_KEY, words.SSO_SECRET, named(first.clients, 'Shop front').client_secret]) {
    assert.ok(!text.includes(secret));
  }
});

test('§3.1 an import of the YAML export changes nothing', async () => {
  succeeded(await importing(path.join(yaml, 'tenant.yaml'), secrets));

  assert.deepEqual(await snapshot(), first);
});

test('§3.1 an export as a directory has a file for each entity', async () => {
  succeeded(await exporting('directory', directory));

  assert.deepEqual(await readdir(path.join(directory, 'token-exchange-profiles')), ['shop-voucher.json']);
  assert.deepEqual((await readdir(path.join(directory, 'actions'))).sort(), [
    'stamp',
    'stamp.json',
    'voucher',
    'voucher.json',
  ]);
  assert.deepEqual((await readdir(path.join(directory, 'database-connections', 'members'))).sort(), [
    'database.json',
    'get_user.js',
    'login.js',
  ]);
  assert.deepEqual((await readdir(path.join(directory, 'roles'))).sort(), ['Clerk.json', 'Guest.json']);
});

test('§3.1 an import of the directory changes nothing', async () => {
  succeeded(await importing(directory, secrets));

  assert.deepEqual(await snapshot(), first);
});

test('§5.3 what a client may not read is left out of its export', async () => {
  const to = path.join(work, 'limited');
  const ended = await exporting('yaml', to, { as: credentials.partly });

  succeeded(ended);
  assert.match(ended.output, /Cannot retrieve roles due to missing scopes: read:roles/);
  assert.match(ended.output, /Cannot retrieve actions due to missing scopes: read:actions/);
  const text = await readFile(path.join(to, 'tenant.yaml'), 'utf8');
  assert.ok(!/^(roles|actions):/m.test(text), text);
});

test('§3.2 without AUTH0_ALLOW_DELETE nothing is deleted', async () => {
  const ended = await a0deploy(['import', '-i', await empty()]);

  succeeded(ended);
  assert.match(ended.output, /AUTH0_ALLOW_DELETE/);
  const { bindings, ...rest } = await snapshot();
  assert.deepEqual(bindings, []);
  const { bindings: bound, ...before } = first;
  assert.equal(bound.length, 1);
  assert.deepEqual(rest, before);
});

test('§3.2 with AUTH0_ALLOW_DELETE an import of empty lists deletes everything but the CLI’s client', async () => {
  succeeded(await a0deploy(['import', '-i', await empty()], { env: { AUTH0_ALLOW_DELETE: 'true' } }));

  const left = await snapshot();
  for (const type of ['connections', 'roles', 'organizations', 'actions', 'bindings', 'tokenExchangeProfiles']) {
    assert.deepEqual(left[type], [], type);
  }
  const kept = first.clients.filter((one) => !one.name.startsWith('Shop '));
  assert.deepEqual(
    left.clients.map((one) => one.client_id),
    kept.map((one) => one.client_id),
  );
  assert.deepEqual(
    left.resourceServers.map((one) => one.is_system),
    [true],
  );
  assert.ok(left.clientGrants.every((one) => one.audience === `https://${domain}/api/v2/`));
  assert.deepEqual(await all(api.clientGrants.list({ client_id: named(first.clients, 'Shop batch').client_id })), []);
});

/** A file that wants nothing of any type but the clients that the tests themselves use. */
async function empty() {
  const file = path.join(work, 'empty.yaml');
  const keep = first.clients.filter((one) => !one.name.startsWith('Shop '));
  const grants = first.clientGrants.filter((one) => keep.some(({ client_id }) => client_id === one.client_id));
  const lists = [
    'resourceServers',
    'databases',
    'connections',
    'roles',
    'organizations',
    'actions',
    'tokenExchangeProfiles',
  ];
  const wanted = {
    ...Object.fromEntries(lists.map((type) => [type, []])),
    clients: keep.map(({ name }) => ({ name })),
    clientGrants: grants.map(({ client_id, audience, scope }) => ({ client_id, audience, scope })),
    triggers: { 'post-login': [] },
  };
  await writeFile(file, JSON.stringify(wanted));
  return file;
}
