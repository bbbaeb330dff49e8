import assert from 'node:assert/strict';
import { test } from 'node:test';
import { api, dispose, guarded, refused, unique } from '../harness/tenant.mjs';

test('§2.11 logs are listed over several pages, searched and read one by one', async () => {
  const name = unique('logged');
  const { id } = await api.roles.create({ name });
  await api.roles.update(id, { description: 'x' });
  await api.roles.delete(id);

  const page = await api.logs.list({ search: 'type:"sapi"', per_page: 1 });
  assert.ok(page.hasNextPage());
  const next = await page.getNextPage();
  assert.equal(next.data.length, 1);
  const { response } = await api.logs.list({ per_page: 2, sort: 'date:-1' });
  assert.equal(response.logs.length, 2);
  assert.ok(response.total >= 2);
  assert.ok(response.logs[0].date >= response.logs[1].date);
  assert.equal(response.length, 2);

  const [entry] = next.data;
  assert.equal(entry.type, 'sapi');
  assert.deepEqual((await api.logs.get(entry.log_id)).log_id, entry.log_id);
  await refused(api.logs.get('00000000000000000000000000000000'), 404, {
    name: 'NotFoundError',
    message: 'Log not found.',
  });
});

test('§2.12 a log stream is created, listed, changed and deleted', async (t) => {
  const sink = {
    httpEndpoint: 'https://logs.clients.example/in',
    httpContentFormat: 'JSONLINES',
    httpContentType: 'application/json',
  };
  const created = await api.logStreams.create({ name: unique('stream'), type: 'http', sink });
  dispose(t, () => api.logStreams.delete(created.id));
  assert.match(created.id, /^lst_[A-Za-z0-9]{16}$/);
  assert.equal(created.type, 'http');
  assert.equal(created.status, 'active');
  assert.equal(created.sink.httpEndpoint, sink.httpEndpoint);
  assert.ok((await api.logStreams.list()).some((one) => one.id === created.id));
  assert.equal((await api.logStreams.get(created.id)).name, created.name);

  const changed = await api.logStreams.update(created.id, { status: 'paused' });
  assert.equal(changed.status, 'paused');
  assert.equal(changed.sink.httpContentFormat, 'JSONLINES');

  await api.logStreams.delete(created.id);
  await refused(api.logStreams.get(created.id), 404, { name: 'NotFoundError' });
  await refused(
    api.logStreams.create({ name: 'x', type: 'http', sink: { httpEndpoint: 'http://plain.example' } }),
    400,
    {
      name: 'BadRequestError',
    },
  );
  await refused(
    api.logStreams.create({ name: 'x', type: 'datadog', sink: { datadogApiKey: 'x', datadogRegion: 'eu' } }),
    400,
  );
});

test('§1.2 logs and their streams need a token and its scopes', async () => {
  await guarded((who) => who.logs.list(), 'read:logs');
  await guarded((who) => who.logs.get('x'), 'read:logs');
  await guarded((who) => who.logStreams.list(), 'read:log_streams');
  await guarded((who) => who.logStreams.get('lst_0000000000000000'), 'read:log_streams');
  await guarded(
    (who) => who.logStreams.create({ name: 'x', type: 'http', sink: { httpEndpoint: 'https://x.example' } }),
    'create:log_streams',
  );
  await guarded((who) => who.logStreams.update('lst_0000000000000000', { name: 'x' }), 'update:log_streams');
  await guarded((who) => who.logStreams.delete('lst_0000000000000000'), 'delete:log_streams');
});
