// jwks-rsa: keys by id from a site, with its cache and rate limit, for jsonwebtoken's key function.
const jwksClient = require('jwks-rsa')
const jwt = require('jsonwebtoken')
const { promisify } = require('util')

// Kept from run to run, as samples do it.
let client

exports.onExecuteCustomTokenExchange = async ({ given }) => {
  client ??= jwksClient({
    jwksUri: `${given.site}/.well-known/jwks.json`,
    cache: true,
    rateLimit: true,
    jwksRequestsPerMinute: 30,
    timeout: 5000,
  })
  const getKey = (header, callback) => {
    client.getSigningKey(header.kid, (error, key) => (error ? callback(error) : callback(null, key.getPublicKey())))
  }
  for (const alg of ['RS256', 'PS256', 'ES256', 'ES384']) {
    const payload = await promisify(jwt.verify)(given.tokens[alg], getKey, { algorithms: [alg], issuer: given.issuer })
    console.log(alg, payload.sub)
  }
  const key = await client.getSigningKey('key-RS256')
  console.log(key.kid, key.alg, key.getPublicKey() === given.publicPems.RS256, (await client.getSigningKeys()).length)
  await client.getSigningKey('unknown').catch((error) => console.log(error.name, error.message))
  const broken = jwksClient({ jwksUri: `${given.site}/none` })
  await broken.getSigningKey('k').catch((error) => console.log(error.name, error.message))
  const silent = jwksClient({ jwksUri: `${given.site}/slow`, timeout: 50 })
  await silent.getSigningKey('k').catch((error) => console.log(error.name))
}
