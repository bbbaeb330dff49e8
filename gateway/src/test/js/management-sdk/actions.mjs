import assert from 'node:assert/strict';
import { test } from 'node:test';
import { CODE, action, deploy, deployedAction } from '../harness/entities.mjs';
import { all, api, guarded, never, pageCount, refused, unique } from '../harness/tenant.mjs';

const EXCHANGE = 'custom-token-exchange';
const NOBODY = '00000000-0000-4000-8000-000000000000';

test('§2.2 an Action is created, read, changed and deleted', async (t) => {
  const name = unique('action');
  const created = await action(t, EXCHANGE, { name, dependencies: [{ name: 'jose', version: '6.2.17' }] });
  assert.match(created.id, /^[0-9a-f-]{36}$/);
  assert.equal(created.name, name);
  assert.equal(created.all_changes_deployed, false);
  assert.deepEqual(created.supported_triggers, [{ id: EXCHANGE, version: 'v1' }]);
  assert.deepEqual(created.dependencies, [{ name: 'jose', version: '6.2.17' }]);
  assert.equal(created.integration, undefined);

  const changed = await api.actions.update(created.id, { code: `${CODE[EXCHANGE]} // changed` });
  assert.equal(changed.code, `${CODE[EXCHANGE]} // changed`);
  assert.equal(changed.name, name);
  assert.equal((await api.actions.get(created.id)).code, changed.code);

  await api.actions.delete(created.id);
  await refused(api.actions.get(created.id), 404, { name: 'NotFoundError' });
});

test('§5.5 the values of an Action’s secrets never come back', async (t) => {
  const secrets = [
    { name: 'KEY', value: 'value-of-the-key-7' },
    { name: 'OTHER', value: 'value-of-the-other-8' },
  ];
  const created = await action(t, EXCHANGE, { secrets });
  assert.deepEqual(
    created.secrets.map((one) => one.name),
    ['KEY', 'OTHER'],
  );
  const version = await deploy(created.id);
  const answers = [
    created,
    version,
    await api.actions.get(created.id),
    await api.actions.versions.get(created.id, version.id),
    await all(api.actions.list({ actionName: created.name })),
    await api.actions.update(created.id, { secrets: [{ name: 'KEY' }, { name: 'NEW', value: 'value-of-the-new-9' }] }),
  ];
  for (const { value } of [...secrets, { value: 'value-of-the-new-9' }]) never(answers, value);
  assert.deepEqual(
    answers.at(-1).secrets.map((one) => one.name),
    ['KEY', 'NEW'],
  );
});

test('§2.2 deploying makes versions, and an older one can be deployed again', async (t) => {
  const created = await action(t, EXCHANGE);
  const first = await deploy(created.id);
  assert.equal(first.deployed, true);
  assert.equal(first.number, 1);
  const deployed = await api.actions.get(created.id);
  assert.equal(deployed.all_changes_deployed, true);
  assert.equal(deployed.deployed_version.id, first.id);

  await api.actions.update(created.id, { code: `${CODE[EXCHANGE]} // two` });
  assert.equal((await api.actions.get(created.id)).all_changes_deployed, false);
  const second = await deploy(created.id);
  const versions = await all(api.actions.versions.list(created.id, { per_page: 1 }));
  assert.deepEqual(
    versions.map((one) => one.number),
    [2, 1],
  );
  assert.equal((await pageCount(api.actions.versions.list(created.id, { per_page: 1 }))) >= 2, true);
  assert.equal((await api.actions.versions.get(created.id, first.id)).code, CODE[EXCHANGE]);

  await api.actions.versions.deploy(created.id, first.id, { update_draft: true });
  const again = await api.actions.get(created.id);
  assert.equal(again.deployed_version.code, CODE[EXCHANGE]);
  assert.equal(again.code, CODE[EXCHANGE]);
  assert.notEqual(again.deployed_version.id, second.id);
});

test('§1.3 Actions are listed over several pages, and by name and trigger', async (t) => {
  const made = [await action(t, EXCHANGE), await action(t, 'post-login'), await action(t, EXCHANGE)];

  const listed = await all(api.actions.list({ per_page: 1 }));

  for (const { id } of made) assert.ok(listed.some((one) => one.id === id));
  assert.ok((await pageCount(api.actions.list({ per_page: 1 }))) >= 3);
  assert.deepEqual(
    (await all(api.actions.list({ actionName: made[0].name }))).map((one) => one.id),
    [made[0].id],
  );
  const postLogin = await all(api.actions.list({ triggerId: 'post-login' }));
  assert.ok(postLogin.some((one) => one.id === made[1].id) && !postLogin.some((one) => one.id === made[0].id));
  const undeployed = await all(api.actions.list({ deployed: false }));
  assert.ok(undeployed.some((one) => one.id === made[0].id));
  assert.deepEqual(await all(api.actions.list({ installed: true })), []);
  const page = await api.actions.list({ per_page: 1, page: 0 });
  assert.ok(page.response.total >= 3);
});

test('§2.2 triggers are known, and bindings replaced as a whole and in order', async (t) => {
  const { triggers } = await api.actions.triggers.list();
  assert.deepEqual(triggers.map((one) => one.id).sort(), ['credentials-exchange', EXCHANGE, 'post-login']);
  for (const trigger of triggers) assert.equal(trigger.status, 'CURRENT');
  const before = (await all(api.actions.triggers.bindings.list('post-login'))).map((one) => ({
    ref: { type: 'binding_id', value: one.id },
    display_name: one.display_name,
  }));
  t.after(() => api.actions.triggers.bindings.updateMany('post-login', { bindings: before }));
  const first = await deployedAction(t, 'post-login');
  const second = await deployedAction(t, 'post-login');

  const { bindings } = await api.actions.triggers.bindings.updateMany('post-login', {
    bindings: [
      { ref: { type: 'action_name', value: second.name }, display_name: 'second' },
      { ref: { type: 'action_id', value: first.id }, display_name: 'first' },
    ],
  });

  assert.deepEqual(
    bindings.map((one) => one.action.id),
    [second.id, first.id],
  );
  assert.deepEqual(
    bindings.map((one) => one.display_name),
    ['second', 'first'],
  );
  const listed = await all(api.actions.triggers.bindings.list('post-login', { per_page: 1 }));
  assert.deepEqual(
    listed.map((one) => one.id),
    bindings.map((one) => one.id),
  );
  await refused(api.actions.delete(first.id), 400, { name: 'BadRequestError' });
  await api.actions.delete(first.id, { force: true });
  assert.deepEqual(
    (await all(api.actions.triggers.bindings.list('post-login'))).map((one) => one.action.id),
    [second.id],
  );
  assert.deepEqual(await all(api.actions.triggers.bindings.list(EXCHANGE)), []);
  await api.actions.triggers.bindings.updateMany('post-login', { bindings: before });
});

test('§2.2 an Action that is not deployed or not there is not bound', async (t) => {
  const draft = await action(t, 'post-login');
  const bind = (value) =>
    api.actions.triggers.bindings.updateMany('post-login', {
      bindings: [{ ref: { type: 'action_id', value }, display_name: 'x' }],
    });

  await refused(bind(draft.id), 400, { name: 'BadRequestError' });
  const { statusCode } = await bind(NOBODY).catch((error) => error.body);
  assert.ok(statusCode === 400 || statusCode === 404, `${statusCode}`);
});

test('§2.2 the draft of an Action is tried', async (t) => {
  const created = await action(t, EXCHANGE, {
    code: "exports.onExecuteCustomTokenExchange = async (event, api) => { console.log('tried'); api.access.deny('server_error', 'because'); };",
  });

  const { payload } = await api.actions.test(created.id, { payload: {} });

  assert.ok(JSON.stringify(payload).includes('because'), JSON.stringify(payload));
  assert.ok(JSON.stringify(payload).includes('tried'), JSON.stringify(payload));
});

test('§2.2 there are no modules, and an execution that is not there is 404', async () => {
  assert.deepEqual(await all(api.actions.modules.list()), []);
  await refused(api.actions.executions.get(NOBODY), 404, { name: 'NotFoundError' });
});

test('§2.2 an Action that breaks a rule is refused', async (t) => {
  const created = await action(t, EXCHANGE);
  const triggers = [{ id: EXCHANGE, version: 'v1' }];

  await refused(api.actions.create({ name: created.name, supported_triggers: triggers }), 409);
  await refused(api.actions.create({ name: unique('action'), supported_triggers: [] }), 400, {
    name: 'BadRequestError',
  });
  await refused(api.actions.create({ supported_triggers: triggers }), 400, { name: 'BadRequestError' });
  await refused(api.actions.update(created.id, { extra: true }), 400, {
    message: "Payload validation error: 'Additional properties not allowed: extra'.",
  });
  await refused(api.actions.update(NOBODY, { code: '' }), 404);
  await refused(api.actions.deploy(NOBODY), 404);
  await refused(api.actions.versions.get(created.id, NOBODY), 404);
});

test('§1.2 Actions need a token and its scopes', async () => {
  await guarded((who) => who.actions.list(), 'read:actions');
  await guarded((who) => who.actions.get(NOBODY), 'read:actions');
  await guarded(
    (who) => who.actions.create({ name: 'guarded', supported_triggers: [{ id: EXCHANGE, version: 'v1' }] }),
    'create:actions',
  );
  await guarded((who) => who.actions.update(NOBODY, { name: 'guarded' }), 'update:actions');
  await guarded((who) => who.actions.delete(NOBODY), 'delete:actions');
  await guarded((who) => who.actions.deploy(NOBODY), 'create:actions');
  await guarded((who) => who.actions.test(NOBODY, { payload: {} }), 'create:actions');
  await guarded((who) => who.actions.versions.list(NOBODY), 'read:actions');
  await guarded((who) => who.actions.executions.get(NOBODY), 'read:actions');
  await guarded((who) => who.actions.triggers.list(), 'read:actions');
  await guarded((who) => who.actions.triggers.bindings.list('post-login'), 'read:actions');
  await guarded((who) => who.actions.triggers.bindings.updateMany('post-login', { bindings: [] }), 'update:actions');
});
