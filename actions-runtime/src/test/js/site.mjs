// A site on loopback: an echo, keys, a management API, and what goes wrong.
import http from 'node:http'

/** Headers that say something about the client, not about the request. */
const OF_CLIENT = new Set([
  'accept',
  'accept-encoding',
  'accept-language',
  'auth0-client',
  'connection',
  'content-length',
  'host',
  'keep-alive',
  'sec-fetch-mode',
  'transfer-encoding',
  'user-agent',
])

const json = (response, status, value) => {
  response.writeHead(status, { 'Content-Type': 'application/json' })
  response.end(JSON.stringify(value))
}

function echo(request, response, url, body) {
  const headers = Object.fromEntries(Object.entries(request.headers).filter(([name]) => !OF_CLIENT.has(name)))
  response.setHeader('Set-Cookie', ['a=1', 'b=2'])
  response.setHeader('X-Twice', ['1', '2'])
  json(response, 200, { method: request.method, url: request.url, headers, body: body.toString('latin1') })
}

const USER = { user_id: 'auth0|jane', email: 'jane@acme.example', app_metadata: { plan: 'gold' } }
let flaky = 0

const PLACES = {
  '/echo': echo,
  '/redirect': (_request, response) => response.writeHead(302, { Location: '/echo' }).end(),
  '/big': (_request, response) => response.end(Buffer.alloc(200_000, 'a')),
  '/slow': (_request, response) => setTimeout(() => response.end('slow'), 3000),
  '/drop': (request) => request.socket.destroy(),
  '/flaky': (_request, response) =>
    json(response, ++flaky % 2 === 1 ? 503 : 200, { attempt: flaky % 2 === 1 ? 'first' : 'second' }),
  '/oauth/token': (_request, response) =>
    json(response, 200, { access_token: 'management-token', token_type: 'Bearer', expires_in: 86400 }),
  '/api/v2/users/auth0%7Cjane': (request, response, _url, body) =>
    request.headers.authorization === 'Bearer management-token'
      ? json(response, 200, request.method === 'PATCH' ? { ...USER, ...JSON.parse(body) } : USER)
      : json(response, 401, {
          statusCode: 401,
          error: 'Unauthorized',
          message: 'Invalid token',
          errorCode: 'invalid_token',
        }),
  '/api/v2/users-by-email': (_request, response, url) =>
    json(response, 200, url.searchParams.get('email') === USER.email ? [USER] : []),
}

export async function startSite(given) {
  const places = { ...PLACES, '/.well-known/jwks.json': (_request, response) => json(response, 200, given.jwks) }
  const server = http.createServer((request, response) => {
    const chunks = []
    request.on('data', (chunk) => chunks.push(chunk))
    request.on('end', () => {
      const url = new URL(request.url, 'http://site.example')
      const place =
        places[url.pathname] ?? (() => json(response, 404, { error: 'not_found', message: 'There is nothing' }))
      place(request, response, url, Buffer.concat(chunks))
    })
  })
  await new Promise((listening) => server.listen(0, '127.0.0.1', listening))
  const { port } = server.address()
  return { port, base: `http://127.0.0.1:${port}` }
}
