// jose 5: every kind of signature, keys in every form, key sets from a site, encryption.
const jose = require('jose-5')

const ALGORITHMS = ['RS256', 'PS256', 'ES256', 'ES384', 'EdDSA']

exports.onExecuteCustomTokenExchange = async (event) => {
  const { given } = event
  const { issuer, audience, tokens, expired, publicPems, privatePems, site } = given
  const expected = { issuer, audience }
  const keySet = jose.createRemoteJWKSet(new URL(`${site}/.well-known/jwks.json`))
  for (const alg of ALGORITHMS) {
    const key = await jose.importSPKI(publicPems[alg], alg)
    const { payload, protectedHeader } = await jose.jwtVerify(tokens[alg], key, { ...expected, algorithms: [alg] })
    const fromSet = await jose.jwtVerify(tokens[alg], keySet, expected)
    const privateKey = await jose.importPKCS8(privatePems[alg], alg)
    const signed = await new jose.SignJWT({ role: 'clerk' })
      .setProtectedHeader({ alg })
      .setIssuedAt()
      .setExpirationTime('2h')
      .setSubject('x')
      .sign(privateKey)
    console.log(
      alg,
      payload.sub,
      protectedHeader.kid,
      fromSet.payload.sub,
      (await jose.jwtVerify(signed, key)).payload.role,
    )
    const forged = tokens[alg].split('.')
    forged[1] = Buffer.from(JSON.stringify({ ...payload, sub: 'sam' })).toString('base64url')
    for (const bad of [forged.join('.'), expired[alg], tokens[alg].slice(0, -8), tokens[alg].slice(0, 40)]) {
      await jose.jwtVerify(bad, keySet, expected).then(
        () => console.log('accepted'),
        (error) => console.log(error.code, error.name),
      )
    }
  }
  const secret = new TextEncoder().encode(given.secret)
  console.log((await jose.jwtVerify(tokens.HS256, secret, expected)).payload.sub)
  const ours = await new jose.SignJWT({ a: 1 }).setProtectedHeader({ alg: 'HS512' }).sign(secret)
  console.log((await jose.jwtVerify(ours, secret)).payload, jose.decodeJwt(ours), jose.decodeProtectedHeader(ours))
  await jose
    .jwtVerify(tokens.HS256, secret, { ...expected, audience: 'other' })
    .catch((error) => console.log(error.code, error.claim, error.reason))
  await jose.jwtVerify(tokens.RS256, secret, { algorithms: ['HS256'] }).catch((error) => console.log(error.code))

  const wrong = jose.createRemoteJWKSet(new URL(`${site}/none`))
  await jose.jwtVerify(tokens.RS256, wrong).catch((error) => console.log(error.name, error.message))
  const { publicKey, privateKey } = await jose.generateKeyPair('ECDH-ES+A256KW', { extractable: true })
  const { publicKey: rsaPublic, privateKey: rsaPrivate } = await jose.generateKeyPair('RSA-OAEP-256', {
    extractable: true,
  })
  for (const [alg, enc, sealWith, openWith] of [
    ['ECDH-ES+A256KW', 'A256GCM', publicKey, privateKey],
    ['RSA-OAEP-256', 'A128CBC-HS256', rsaPublic, rsaPrivate],
    ['dir', 'A256GCM', new Uint8Array(32), new Uint8Array(32)],
    ['A128KW', 'A256CBC-HS512', new Uint8Array(16), new Uint8Array(16)],
    ['PBES2-HS256+A128KW', 'A128GCM', secret, secret],
  ]) {
    const sealed = await new jose.EncryptJWT({ alg }).setProtectedHeader({ alg, enc }).encrypt(sealWith)
    const options = { keyManagementAlgorithms: [alg] }
    console.log((await jose.jwtDecrypt(sealed, openWith, options)).payload.alg)
  }
  const jwk = await jose.exportJWK(await jose.importSPKI(publicPems.ES256, 'ES256', { extractable: true }))
  console.log(
    jwk.kty,
    jwk.crv,
    (await jose.calculateJwkThumbprint(jwk)).length,
    (await jose.jwtVerify(tokens.ES256, await jose.importJWK(jwk, 'ES256'))).payload.iss,
  )
  const local = jose.createLocalJWKSet({ keys: [{ ...jwk, kid: 'key-ES256' }] })
  console.log((await jose.jwtVerify(tokens.ES256, local)).protectedHeader.alg)
}
