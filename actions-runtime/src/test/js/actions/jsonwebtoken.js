// jsonwebtoken: what it signs and verifies, with keys, key functions and callbacks.
const jwt = require('jsonwebtoken')
const { promisify } = require('util')
const crypto = require('crypto')

const attempt = (compute) => {
  try {
    console.log(compute())
  } catch (error) {
    console.log(error.name, error.message)
  }
}

exports.onExecuteCustomTokenExchange = async ({ given }) => {
  const { issuer, audience, tokens, expired, publicPems, privatePems, encryptedPem, secret } = given
  for (const alg of ['RS256', 'PS256', 'ES256', 'ES384']) {
    const options = { algorithms: [alg], issuer, audience }
    console.log(alg, jwt.verify(tokens[alg], publicPems[alg], options).sub)
    attempt(() => jwt.verify(expired[alg], publicPems[alg], options))
    attempt(() => jwt.verify(`${tokens[alg].slice(0, -6)}AAAAAA`, publicPems[alg], options))
    const signed = jwt.sign({ role: 'clerk' }, privatePems[alg], {
      algorithm: alg,
      expiresIn: '1h',
      keyid: 'k',
      subject: 's',
    })
    const whole = jwt.verify(signed, crypto.createPublicKey(publicPems[alg]), { complete: true })
    console.log(whole.header, whole.payload.role, whole.payload.exp - whole.payload.iat)
  }
  attempt(() => jwt.verify(tokens.HS256, secret, { issuer, audience }).sub)
  attempt(() => jwt.verify(tokens.HS256, 'another', { issuer }))
  attempt(() => jwt.verify(tokens.HS256, secret, { audience: 'other' }))
  attempt(() => jwt.verify(tokens.RS256, secret))
  attempt(() => jwt.verify('nonsense', secret))
  attempt(() => jwt.decode(jwt.sign({ a: 1 }, secret, { noTimestamp: true })))
  attempt(() => jwt.verify(jwt.sign({ nbf: Math.floor(Date.now() / 1000) + 100 }, secret), secret).message)
  const protectedKey = { key: encryptedPem, passphrase: 'open sesame' }
  console.log(jwt.decode(jwt.sign({ p: 1 }, protectedKey, { algorithm: 'RS256' }), { complete: true }).header.alg)

  const keyFor = (header, callback) => setImmediate(() => callback(null, publicPems[header.alg]))
  const verified = await new Promise((resolve, reject) => {
    jwt.verify(tokens.ES256, keyFor, { algorithms: ['ES256'] }, (error, payload) =>
      error ? reject(error) : resolve(payload),
    )
  })
  console.log(verified.sub, (await promisify(jwt.verify)(tokens.RS256, publicPems.RS256)).sub)
  await promisify(jwt.verify)(expired.RS256, publicPems.RS256).catch((error) =>
    console.log(error.name, error.expiredAt),
  )
  jwt.verify(
    tokens.PS256,
    (_header, callback) => callback(new Error('no key')),
    (error) => console.log(error.message),
  )
  console.log(typeof (await promisify(jwt.sign)({ a: 1 }, secret, {})))
}
