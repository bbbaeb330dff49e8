// The tenant's settings and its attack protection: the whole tenant shares them, so each test puts back what it found.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { api, guarded, refused } from '../harness/tenant.mjs';

test('§2.14 settings are read and changed; flags are merged', async (t) => {
  const before = await api.tenants.settings.get();
  t.after(() => api.tenants.settings.update({ friendly_name: before.friendly_name ?? 'Clients' }));

  const changed = await api.tenants.settings.update({
    friendly_name: 'Changed',
    flags: { enable_sso: true },
    session_lifetime_in_minutes: 600,
  });
  assert.equal(changed.friendly_name, 'Changed');
  assert.equal(changed.session_lifetime, 10);
  const again = await api.tenants.settings.update({ flags: { revoke_refresh_token_grant: true } });
  assert.equal(again.flags.enable_sso, true);
  assert.equal(again.flags.revoke_refresh_token_grant, true);
  const { friendly_name } = await api.tenants.settings.get({ fields: 'friendly_name', include_fields: true });
  assert.equal(friendly_name, 'Changed');
  await refused(api.tenants.settings.update({}), 400, { name: 'BadRequestError' });
  await refused(api.tenants.settings.update({ friendly_name: 7 }), 400, { name: 'BadRequestError' });
});

test('§2.10 suspicious IP throttling: stages are merged, the rest replaced', async (t) => {
  const throttling = api.attackProtection.suspiciousIpThrottling;
  const before = await throttling.get();
  t.after(() => throttling.update(before));
  assert.deepEqual(Object.keys(before.stage).sort(), [
    'pre-custom-token-exchange',
    'pre-login',
    'pre-user-registration',
  ]);

  const changed = await throttling.update({
    allowlist: ['192.0.2.1', '2001:db8::/32'],
    stage: { 'pre-custom-token-exchange': { max_attempts: 11, rate: 60000 } },
  });

  assert.deepEqual(changed.allowlist, ['192.0.2.1', '2001:db8::/32']);
  assert.deepEqual(changed.stage['pre-custom-token-exchange'], { max_attempts: 11, rate: 60000 });
  assert.deepEqual(changed.stage['pre-login'], before.stage['pre-login']);
  assert.deepEqual(await throttling.get(), changed);
  for (const bad of [
    { allowlist: ['no ip'] },
    { shields: ['wall'] },
    { stage: { 'pre-login': { max_attempts: 0, rate: 864000 } } },
  ]) {
    await refused(throttling.update(bad), 400, { name: 'BadRequestError' });
  }
});

test('§2.10 the other sections are kept and shown', async (t) => {
  const { bruteForceProtection, breachedPasswordDetection, botDetection, captcha } = api.attackProtection;
  const force = await bruteForceProtection.get();
  const breached = await breachedPasswordDetection.get();
  t.after(() => Promise.all([bruteForceProtection.update(force), breachedPasswordDetection.update(breached)]));
  assert.equal(typeof force.enabled, 'boolean');

  assert.equal((await bruteForceProtection.update({ max_attempts: 7 })).max_attempts, 7);
  assert.equal((await bruteForceProtection.get()).max_attempts, 7);
  assert.equal((await breachedPasswordDetection.update({ method: 'enhanced' })).method, 'enhanced');
  assert.equal(typeof (await botDetection.get()), 'object');
  assert.equal(typeof (await captcha.get()), 'object');
});

test('§1.2 settings need a token and its scopes', async () => {
  await guarded((who) => who.tenants.settings.get(), 'read:tenant_settings');
  await guarded((who) => who.tenants.settings.update({ friendly_name: 'x' }), 'update:tenant_settings');
  await guarded((who) => who.attackProtection.suspiciousIpThrottling.get(), 'read:attack_protection');
  await guarded(
    (who) => who.attackProtection.suspiciousIpThrottling.update({ enabled: true }),
    'update:attack_protection',
  );
});
