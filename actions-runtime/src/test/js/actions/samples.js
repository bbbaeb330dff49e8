// What Actions in documentation and galleries do, in our words.
const crypto = require('crypto')

let tokenCache

exports.onExecuteCustomTokenExchange = async (event) => {
  const { given } = event
  const { site } = given

  // A token of a machine client, kept until it expires.
  if (!tokenCache || tokenCache.expiresAt < Date.now()) {
    const answer = await fetch(`${site}/oauth/token`, {
      method: 'POST',
      headers: {
        'Content-Type': 'application/x-www-form-urlencoded',
        Authorization: `Basic ${Buffer.from('id:secret').toString('base64')}`,
      },
      body: new URLSearchParams({ grant_type: 'client_credentials', audience: 'urn:api' }),
    })
    const { access_token: value, expires_in: seconds } = await answer.json()
    tokenCache = { value, expiresAt: Date.now() + seconds * 1000 }
  }
  console.log(tokenCache.value)

  // A webhook, signed.
  const body = JSON.stringify({ event: 'exchange', at: 1 })
  const signature = crypto.createHmac('sha256', 'shared').update(body).digest('hex')
  const echoed = await (
    await fetch(`${site}/echo`, {
      method: 'POST',
      body,
      headers: { 'Content-Type': 'application/json', 'X-Signature': `sha256=${signature}` },
    })
  ).json()
  const [, received] = echoed.headers['x-signature'].split('=')
  console.log(
    crypto.timingSafeEqual(
      Buffer.from(received, 'hex'),
      crypto.createHmac('sha256', 'shared').update(echoed.body).digest(),
    ),
  )

  // A request with a deadline whose timer is never cleared.
  const controller = new AbortController()
  setTimeout(() => controller.abort(), 5000)
  console.log((await fetch(`${site}/echo`, { signal: controller.signal })).status)

  // An opaque token, introspected; with one more try.
  let introspection
  for (let attempt = 0; attempt < 2 && !introspection?.ok; attempt++) {
    introspection = await fetch(`${site}/flaky`)
  }
  console.log(introspection.status)

  // A secret-box of one's own.
  const key = crypto.scryptSync('password', 'salt', 32)
  const cipher = crypto.createCipheriv('aes-256-gcm', key, Buffer.alloc(12))
  const sealed = Buffer.concat([cipher.update('secret', 'utf8'), cipher.final(), cipher.getAuthTag()]).toString(
    'base64url',
  )
  console.log(sealed)

  const [header, payload] = given.tokens.RS256.split('.')
    .slice(0, 2)
    .map((part) => JSON.parse(Buffer.from(part, 'base64url').toString()))
  console.log(header.alg, payload.iss, new Date(payload.exp * 1000) > new Date(), new URL(payload.iss).hostname)
  const lines = await Promise.allSettled([Promise.resolve(1), Promise.reject(new Error('no'))])
  console.log(
    lines.map((settled) => settled.status),
    `${'Ada Lovelace'
      .split(' ')
      .map((word) => word[0])
      .join('')}`.padEnd(4, '.'),
  )
}
