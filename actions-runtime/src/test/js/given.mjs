// What Actions are given in their event: keys and tokens made by Node.js, and a signed SAML response.
import { createHmac, generateKeyPairSync, sign, constants, createHash, randomBytes } from 'node:crypto'
import { createRequire } from 'node:module'

const { SignedXml } = createRequire(import.meta.url)('xml-crypto')

export const ISSUER = 'https://partner.example'
export const AUDIENCE = 'urn:acme:gateway'

const encode = (value) => Buffer.from(JSON.stringify(value)).toString('base64url')

const ALGORITHMS = {
  RS256: { kind: ['rsa', { modulusLength: 2048 }], sign: (data, key) => sign('sha256', data, key) },
  PS256: {
    kind: ['rsa', { modulusLength: 2048 }],
    sign: (data, key) => sign('sha256', data, { key, padding: constants.RSA_PKCS1_PSS_PADDING, saltLength: 32 }),
  },
  ES256: {
    kind: ['ec', { namedCurve: 'P-256' }],
    sign: (data, key) => sign('sha256', data, { key, dsaEncoding: 'ieee-p1363' }),
  },
  ES384: {
    kind: ['ec', { namedCurve: 'P-384' }],
    sign: (data, key) => sign('sha384', data, { key, dsaEncoding: 'ieee-p1363' }),
  },
  EdDSA: { kind: ['ed25519', {}], sign: (data, key) => sign(null, data, key) },
}

function token(alg, signer, claims) {
  const now = Math.floor(Date.now() / 1000)
  const header = encode({ alg, typ: 'JWT', kid: `key-${alg}` })
  const data = `${header}.${encode({ iss: ISSUER, aud: AUDIENCE, sub: 'jane', iat: now, exp: now + 600, ...claims })}`
  return `${data}.${signer(Buffer.from(data)).toString('base64url')}`
}

/** A response of a SAML identity provider with one signed assertion. */
function samlResponse(privateKey) {
  const assertion =
    '<saml:Assertion xmlns:saml="urn:oasis:names:tc:SAML:2.0:assertion" ID="_a1" Version="2.0" IssueInstant="2026-01-01T00:00:00Z">' +
    '<saml:Issuer>https://idp.example</saml:Issuer><saml:Subject><saml:NameID>jane@acme.example</saml:NameID></saml:Subject>' +
    '<saml:AttributeStatement><saml:Attribute Name="role"><saml:AttributeValue>clerk &amp; more</saml:AttributeValue></saml:Attribute>' +
    '</saml:AttributeStatement></saml:Assertion>'
  const signed = new SignedXml({ privateKey })
  signed.addReference({
    xpath: "//*[local-name(.)='Assertion']",
    digestAlgorithm: 'http://www.w3.org/2001/04/xmlenc#sha256',
    transforms: ['http://www.w3.org/2000/09/xmldsig#enveloped-signature', 'http://www.w3.org/2001/10/xml-exc-c14n#'],
  })
  signed.canonicalizationAlgorithm = 'http://www.w3.org/2001/10/xml-exc-c14n#'
  signed.signatureAlgorithm = 'http://www.w3.org/2001/04/xmldsig-more#rsa-sha256'
  const response = `<samlp:Response xmlns:samlp="urn:oasis:names:tc:SAML:2.0:protocol">${assertion}</samlp:Response>`
  signed.computeSignature(response, { location: { reference: "//*[local-name(.)='Issuer']", action: 'after' } })
  return signed.getSignedXml()
}

export async function makeGiven() {
  const secret = randomBytes(32).toString('hex')
  const tokens = { HS256: token('HS256', (data) => createHmac('sha256', secret).update(data).digest()) }
  const expired = {}
  const publicPems = {}
  const privatePems = {}
  const keys = []
  for (const [alg, { kind, sign: signWith }] of Object.entries(ALGORITHMS)) {
    const { publicKey, privateKey } = generateKeyPairSync(...kind)
    keys.push({ ...publicKey.export({ format: 'jwk' }), kid: `key-${alg}`, alg, use: 'sig' })
    publicPems[alg] = publicKey.export({ type: 'spki', format: 'pem' })
    privatePems[alg] = privateKey.export({ type: 'pkcs8', format: 'pem' })
    tokens[alg] = token(alg, (data) => signWith(data, privateKey))
    expired[alg] = token(alg, (data) => signWith(data, privateKey), { exp: 1 })
  }
  const { privateKey } = generateKeyPairSync('rsa', { modulusLength: 2048 })
  const encryptedPem = privateKey.export({
    type: 'pkcs8',
    format: 'pem',
    cipher: 'aes-256-cbc',
    passphrase: 'open sesame',
  })
  return {
    jwks: { keys },
    secret,
    shown: {
      issuer: ISSUER,
      audience: AUDIENCE,
      secret,
      tokens,
      expired,
      publicPems,
      privatePems,
      encryptedPem,
      saml: samlResponse(privatePems.RS256),
      digest: createHash('sha256').update('given').digest('hex'),
    },
  }
}
