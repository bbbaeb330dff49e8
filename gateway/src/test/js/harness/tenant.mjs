// The tenant under test, as the npm package auth0 7 sees it. CAMBIO_DOMAIN is host:port of a node that speaks TLS; Node.js
// takes its certificate from NODE_EXTRA_CA_CERTS.
import assert from 'node:assert/strict';
import { randomBytes } from 'node:crypto';
import { ManagementClient, ManagementError } from 'auth0';

const { CAMBIO_DOMAIN } = process.env;

export const domain = CAMBIO_DOMAIN;

/** The clients of the tenant's files, and what they may do. */
export const credentials = {
  everything: { domain, clientId: 'everything', clientSecret: 'everything-secret-0123456789abcdef' },
  nothing: { domain, clientId: 'nothing', clientSecret: 'nothing-secret-0123456789abcdef' },
  partly: { domain, clientId: 'neither-roles-nor-actions', clientSecret: 'neither-secret-0123456789abcdef' },
};

// No retries: they would hide a 5xx that happens now and then.
export const api = new ManagementClient({ ...credentials.everything, maxRetries: 0 });

/** A caller who holds no scope that a test needs. */
export const limited = new ManagementClient({ ...credentials.nothing, maxRetries: 0 });

/** A caller whose token is none. */
export const stranger = new ManagementClient({ domain, token: 'not-a-token', maxRetries: 0 });

/** A name that no other run and no other test uses. */
export const unique = (prefix) => `${prefix}-${randomBytes(4).toString('hex')}`;

/** Every item of every page. */
export async function all(page) {
  const items = [];
  for await (const item of await page) items.push(item);
  return items;
}

/** How many requests it takes to see all the pages. */
export async function pageCount(page) {
  let count = 1;
  for (let current = await page; current.hasNextPage(); count++) current = await current.getNextPage();
  return count;
}

/** A call that the server refuses with that status; answers with the body of the refusal. */
export async function refused(call, statusCode, expected = {}) {
  const error = await call.then(
    () => assert.fail(`not refused, ${statusCode} was expected`),
    (thrown) => thrown,
  );
  assert.ok(error instanceof ManagementError, `no answer of the API: ${error.stack}`);
  const { message, errorCode, name } = expected;
  assert.equal(error.statusCode, statusCode, JSON.stringify(error.body));
  assert.equal(error.body.statusCode, statusCode);
  assert.equal(typeof error.body.error, 'string');
  if (name !== undefined) assert.equal(error.constructor.name, name);
  if (errorCode !== undefined) assert.equal(error.body.errorCode, errorCode);
  if (message instanceof RegExp) assert.match(error.body.message, message);
  else if (message !== undefined) assert.equal(error.body.message, message);
  return error.body;
}

/** That a call without a valid token and one without the scope are refused, as the SDK's own types. */
export async function guarded(call, scope) {
  await refused(call(stranger), 401, { name: 'UnauthorizedError' });
  await refused(call(limited), 403, {
    name: 'ForbiddenError',
    errorCode: 'insufficient_scope',
    message: new RegExp(`^Insufficient scope, expected any of: (.*,)?${scope}(,|$)`),
  });
}

/** Asserts that no part of a value holds the text. */
export function never(value, secret) {
  assert.ok(!JSON.stringify(value).includes(secret), 'a secret is in the answer');
}

/** Deletes at the end of a test what it created, whatever became of it. */
export function dispose(t, remove) {
  t.after(() => remove().catch((error) => (error.statusCode === 404 ? undefined : Promise.reject(error))));
}
