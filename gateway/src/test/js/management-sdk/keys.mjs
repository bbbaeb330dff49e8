import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';
import { ManagementClient } from 'auth0';
import { credentials, domain, guarded, refused } from '../harness/tenant.mjs';

// With the key that signed it goes a token, so every test asks for one of its own.
const signedAnew = () => new ManagementClient({ ...credentials.everything, maxRetries: 0 }).keys.signing;

const published = async () =>
  (await (await fetch(`https://${domain}/.well-known/jwks.json`)).json()).keys.map((key) => key.kid);

test('§2.13 signing keys are rotated and revoked, and the published set follows', async () => {
  const before = await signedAnew().list();
  const current = before.find((key) => key.current);
  const next = before.find((key) => key.next);
  assert.ok(current && next);

  const rotated = await signedAnew().rotate();

  const signing = signedAnew();
  const after = await signing.list();
  assert.equal(after.find((key) => key.current).kid, next.kid);
  assert.ok(after.some((key) => key.kid === current.kid && key.previous));
  assert.ok(after.some((key) => key.kid === rotated.kid));
  assert.ok((await published()).includes(current.kid));
  const revoked = await signing.revoke(current.kid);
  assert.equal(revoked.kid, current.kid);
  assert.equal((await signing.get(current.kid)).revoked, true);
  assert.ok(!(await published()).includes(current.kid));
  await refused(signing.revoke(next.kid), 400);
});

test('§2.13 a signing key shows its certificate', async () => {
  const signing = signedAnew();
  const [key] = await signing.list();
  const { cert, fingerprint, thumbprint } = await signing.get(key.kid);
  const certificate = new X509Certificate(cert);

  assert.equal(fingerprint.toUpperCase(), certificate.fingerprint);
  assert.equal(thumbprint.toUpperCase(), certificate.fingerprint.replaceAll(':', ''));
  await refused(signing.get('nothing'), 404, { name: 'NotFoundError', message: 'Signing key not found.' });
});

test('§1.2 signing keys need a token and its scopes', async () => {
  await guarded((who) => who.keys.signing.list(), 'read:signing_keys');
  await guarded((who) => who.keys.signing.get('x'), 'read:signing_keys');
  await guarded((who) => who.keys.signing.rotate(), 'create:signing_keys');
  await guarded((who) => who.keys.signing.revoke('x'), 'update:signing_keys');
});
