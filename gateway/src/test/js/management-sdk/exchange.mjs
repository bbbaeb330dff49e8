// A tenant set up through the SDK alone exchanges a token, and the SDK shows what became of it.
import assert from 'node:assert/strict';
import { test } from 'node:test';
import { client, connection, deploy, deployedAction, profile, resourceServer, user } from '../harness/entities.mjs';
import { all, api, domain } from '../harness/tenant.mjs';

const exchange = async (parameters) => {
  const answer = await fetch(`https://${domain}/oauth/token`, {
    method: 'POST',
    body: new URLSearchParams({ grant_type: 'urn:ietf:params:oauth:grant-type:token-exchange', ...parameters }),
  });
  return { status: answer.status, body: await answer.json() };
};

async function prepared(t, code) {
  const application = await client(t, {
    app_type: 'regular_web',
    token_endpoint_auth_method: 'client_secret_post',
    token_exchange: { allow_any_profile_of_type: ['custom_authentication'] },
  });
  const { id, name } = await connection(t);
  await api.connections.clients.update(id, [{ client_id: application.client_id, status: true }]);
  const person = await user(t, name);
  const server = await resourceServer(t, { skip_consent_for_verifiable_first_party_clients: true });
  const action = await deployedAction(t, 'custom-token-exchange', { code: code(person.user_id) });
  const { subject_token_type } = await profile(t, action.id);
  return {
    action,
    person,
    request: {
      client_id: application.client_id,
      client_secret: application.client_secret,
      audience: server.identifier,
      subject_token_type,
      subject_token: 'anything',
    },
  };
}

const exports = (body) => `exports.onExecuteCustomTokenExchange = async (event, api) => { ${body} };`;

test('what was created is used at once: the exchange succeeds, and its log names the execution', async (t) => {
  const { action, person, request } = await prepared(t, (id) => exports(`api.authentication.setUserById('${id}');`));

  const { status, body } = await exchange(request);

  assert.equal(status, 200, JSON.stringify(body));
  assert.equal(JSON.parse(Buffer.from(body.access_token.split('.')[1], 'base64url')).sub, person.user_id);
  const [entry] = await all(api.users.logs.list(person.user_id));
  assert.equal(entry.type, 'secte');
  assert.equal(entry.client_id, request.client_id);
  assert.equal(entry.details.subject_token_type, request.subject_token_type);
  const [found] = (await api.logs.list({ search: `type:"secte" AND client_id:"${request.client_id}"` })).data;
  assert.equal(found.log_id, entry.log_id);
  assert.ok(!JSON.stringify(await api.logs.get(entry.log_id)).includes(request.client_secret));
  const execution = await api.actions.executions.get(entry.details.actions.executions[0]);
  assert.equal(execution.trigger_id, 'custom-token-exchange');
  assert.equal(execution.status, 'final');
  assert.deepEqual(
    execution.results.map((one) => one.action_name),
    [action.name],
  );
});

test('what was changed is used at once: new code after a deployment, and an error in the execution', async (t) => {
  const { action, request } = await prepared(t, () => exports("api.access.deny('invalid_request', 'first');"));
  assert.equal((await exchange(request)).body.error_description, 'first');

  await api.actions.update(action.id, { code: exports("throw new Error('second');") });
  assert.equal((await exchange(request)).body.error_description, 'first');
  await deploy(action.id);

  assert.equal((await exchange(request)).status, 500);
  const [failed] = (
    await api.logs.list({ search: `type:"fecte" AND client_id:"${request.client_id}"`, sort: 'date:-1' })
  ).data;
  const execution = await api.actions.executions.get(failed.details.actions.executions[0]);
  assert.match(execution.results[0].error.msg, /second/);
  await api.tokenExchangeProfiles.delete(
    (await all(api.tokenExchangeProfiles.list())).find((one) => one.action_id === action.id).id,
  );
  assert.equal((await exchange(request)).status, 400);
});

test('a rotated secret replaces the old one at once', async (t) => {
  const { request } = await prepared(t, (id) => exports(`api.authentication.setUserById('${id}');`));

  const { client_secret } = await api.clients.rotateSecret(request.client_id);

  assert.equal((await exchange(request)).status, 401);
  assert.equal((await exchange({ ...request, client_secret })).status, 200);
});
