// Clients of the quickstart tenant for the scripts beside this one, made by the Management API and deleted in the end, and
// the partner tokens that they exchange. CAMBIO_DOMAIN is host:port of a node that speaks TLS.
import assert from 'node:assert/strict';
import { createHmac, randomBytes } from 'node:crypto';
import { after } from 'node:test';

export const issuer = `https://${process.env.CAMBIO_DOMAIN}/`;
export const AUDIENCE = 'https://api.acme.example/orders';
export const PARTNER = 'urn:acme:partner-token';
export const TOKEN_EXCHANGE = 'urn:ietf:params:oauth:grant-type:token-exchange';

// As in config/quickstart.
const admin = { id: 'quickstart-admin', secret: 'quickstart-admin-secret-0123456789abcdef' };
const PARTNER_SECRET = 'acme-partner-secret-0123456789abcdef0123456789';

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url');

/** A token of the partner for that subject. */
export function partnerToken(sub) {
  const now = Math.floor(Date.now() / 1000);
  const claims = {
    iss: 'https://partner.acme.example',
    aud: issuer,
    sub,
    email: `${sub}@partner.example`,
    email_verified: true,
    iat: now,
    exp: now + 300,
  };
  const input = `${encode({ alg: 'HS256', typ: 'JWT' })}.${encode(claims)}`;
  return `${input}.${createHmac('sha256', PARTNER_SECRET).update(input).digest('base64url')}`;
}

export const subject = () => `oauth-${randomBytes(4).toString('hex')}`;

const form = (values) => ({ method: 'POST', body: new URLSearchParams(values) });
const { access_token: adminToken } = await (
  await fetch(
    `${issuer}oauth/token`,
    form({
      grant_type: 'client_credentials',
      client_id: admin.id,
      client_secret: admin.secret,
      audience: `${issuer}api/v2/`,
    }),
  )
).json();

async function manage(method, path, body) {
  const answer = await fetch(`${issuer}api/v2${path}`, {
    method,
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/json' },
    body: body && JSON.stringify(body),
  });
  const text = await answer.text();
  assert.ok(answer.ok, `${method} ${path}: ${answer.status} ${text}`);
  return text && JSON.parse(text);
}

/** A client whose refresh tokens rotate; `method` is its token_endpoint_auth_method. */
export async function rotatingClient(method) {
  const client = await manage('POST', '/clients', {
    name: `oauth client ${randomBytes(4).toString('hex')}`,
    oidc_conformant: true,
    token_endpoint_auth_method: method,
    grant_types: ['refresh_token'],
    jwt_configuration: { alg: 'RS256' },
    refresh_token: { rotation_type: 'rotating', expiration_type: 'expiring' },
    token_exchange: { allow_any_profile_of_type: ['custom_authentication'] },
  });
  after(() => manage('DELETE', `/clients/${client.client_id}`));
  const [idp] = await manage('GET', '/connections?name=acme-idp');
  await manage('PATCH', `/connections/${idp.id}/clients`, [{ client_id: client.client_id, status: true }]);
  await ready(client);
  return client;
}

/** Waits until the node has heard of the client and its connection. */
async function ready({ client_id, client_secret, token_endpoint_auth_method: method }) {
  for (let tries = 0; tries < 100; tries++) {
    const parameters = {
      grant_type: TOKEN_EXCHANGE,
      client_id,
      audience: AUDIENCE,
      subject_token_type: PARTNER,
      subject_token: partnerToken(subject()),
    };
    if (method !== 'none') parameters.client_secret = client_secret;
    if ((await fetch(`${issuer}oauth/token`, form(parameters))).ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  assert.fail('the client is not served');
}
