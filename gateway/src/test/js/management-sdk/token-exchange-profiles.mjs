import assert from 'node:assert/strict';
import { test } from 'node:test';
import { action, deployedAction, profile } from '../harness/entities.mjs';
import { all, api, guarded, pageCount, refused, unique } from '../harness/tenant.mjs';

const TRIGGER = 'custom-token-exchange';

test('§2.1 a profile is created, read, changed and deleted', async (t) => {
  const { id: actionId } = await deployedAction(t, TRIGGER);
  const type = `urn:clients:${unique('type')}`;
  const created = await profile(t, actionId, { subject_token_type: type });
  assert.match(created.id, /^tep_[A-Za-z0-9]{16}$/);
  assert.equal(created.subject_token_type, type);
  assert.equal(created.action_id, actionId);
  assert.equal(created.type, 'custom_authentication');
  assert.match(created.created_at, /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/);
  assert.deepEqual(await api.tokenExchangeProfiles.get(created.id), created);

  await api.tokenExchangeProfiles.update(created.id, { name: 'renamed', subject_token_type: `${type}:2` });
  const changed = await api.tokenExchangeProfiles.get(created.id);
  assert.equal(changed.name, 'renamed');
  assert.equal(changed.subject_token_type, `${type}:2`);
  assert.equal(changed.created_at, created.created_at);

  await api.tokenExchangeProfiles.delete(created.id);
  await refused(api.tokenExchangeProfiles.get(created.id), 404, { name: 'NotFoundError' });
});

test('§1.3 profiles are listed over several pages', async (t) => {
  const { id: actionId } = await deployedAction(t, TRIGGER);
  const ids = [];
  for (let i = 0; i < 3; i++) ids.push((await profile(t, actionId)).id);

  const listed = await all(api.tokenExchangeProfiles.list({ take: 1 }));

  assert.deepEqual(
    ids.filter((id) => listed.some((one) => one.id === id)),
    ids,
  );
  assert.equal(new Set(listed.map((one) => one.id)).size, listed.length);
  assert.ok((await pageCount(api.tokenExchangeProfiles.list({ take: 1 }))) >= 3);
});

test('§2.1 a profile that breaks a rule is refused with 400', async (t) => {
  const { id: actionId } = await deployedAction(t, TRIGGER);
  const refuse = (more, message) =>
    refused(
      api.tokenExchangeProfiles.create({
        name: unique('profile'),
        subject_token_type: `urn:clients:${unique('type')}`,
        action_id: actionId,
        type: 'custom_authentication',
        ...more,
      }),
      400,
      { name: 'BadRequestError', message },
    );
  const draft = await action(t, TRIGGER);
  const postLogin = await deployedAction(t, 'post-login');

  await refuse({ name: 'ab' }, /^Payload validation error: /);
  await refuse({ extra: 1 }, "Payload validation error: 'Additional properties not allowed: extra'.");
  for (const reserved of [
    'urn:ietf:params:x',
    'urn:auth0:thing',
    'urn:okta:thing',
    'https://auth0.com/x',
    'http://okta.com',
  ]) {
    await refuse({ subject_token_type: reserved });
  }
  await refuse({ subject_token_type: 'not a uri' });
  await refuse({ action_id: draft.id }, /Action is not deployed/);
  await refuse({ action_id: postLogin.id }, /Action must have supported_triggers: custom-token-exchange/);
  await refuse({ action_id: '00000000-0000-4000-8000-000000000000' }, /Action not found/);
  const created = await profile(t, actionId);
  await refused(api.tokenExchangeProfiles.update(created.id, { action_id: actionId }), 400, {
    name: 'BadRequestError',
  });
});

test('§2.1 a subject_token_type belongs to one profile: 409', async (t) => {
  const { id: actionId } = await deployedAction(t, TRIGGER);
  const first = await profile(t, actionId);
  const second = await profile(t, actionId);

  await refused(
    api.tokenExchangeProfiles.create({
      name: unique('profile'),
      subject_token_type: first.subject_token_type,
      action_id: actionId,
      type: 'custom_authentication',
    }),
    409,
    { name: 'ConflictError', message: /subject_token_type already exists for tenant/ },
  );
  await refused(api.tokenExchangeProfiles.update(second.id, { subject_token_type: first.subject_token_type }), 409, {
    message: /Token exchange profile with the same subject_token_type already exists/,
  });
});

test('§1.2 profiles need a token and its scopes', async () => {
  await guarded((who) => who.tokenExchangeProfiles.list(), 'read:token_exchange_profiles');
  await guarded((who) => who.tokenExchangeProfiles.get('tep_0000000000000000'), 'read:token_exchange_profiles');
  await guarded(
    (who) =>
      who.tokenExchangeProfiles.create({
        name: 'guarded',
        subject_token_type: 'urn:clients:guarded',
        action_id: '00000000-0000-4000-8000-000000000000',
        type: 'custom_authentication',
      }),
    'create:token_exchange_profiles',
  );
  await guarded(
    (who) => who.tokenExchangeProfiles.update('tep_0000000000000000', { name: 'guarded' }),
    'update:token_exchange_profiles',
  );
  await guarded((who) => who.tokenExchangeProfiles.delete('tep_0000000000000000'), 'delete:token_exchange_profiles');
});
