// Stands in for the undici package, which needs sockets: what it has in common with the globals, and `request`.
// Connections are the host's business, so dispatchers only carry their options about.
const { Readable } = require('stream')
const { EventEmitter } = require('events')

class Dispatcher extends EventEmitter {
  constructor(...options) {
    super()
    this.options = options
  }
  async close() {}
  async destroy() {}
}

let dispatcher = new Dispatcher()

/** The body of an answer: a stream of Node's that is also read as a whole. */
function bodyOf(response) {
  const body = response.body === null ? Readable.from([]) : Readable.fromWeb(response.body)
  const whole = (read) => async () => read(new Response(Readable.toWeb(body)))
  for (const name of ['arrayBuffer', 'blob', 'bytes', 'json', 'text']) {
    body[name] = whole((answer) => answer[name]())
  }
  body.dump = async () => void body.destroy()
  return body
}

async function request(url, { method = 'GET', headers, body, signal, headersTimeout, query } = {}) {
  const target = new URL(`${url}`)
  for (const name of Object.keys(query ?? {})) {
    target.searchParams.append(name, query[name])
  }
  const deadline = headersTimeout > 0 ? AbortSignal.timeout(headersTimeout) : undefined
  const signals = [signal, deadline].filter(Boolean)
  const response = await fetch(target, {
    method,
    headers,
    body: body ?? undefined,
    redirect: 'manual',
    duplex: 'half',
    signal: signals.length > 0 ? AbortSignal.any(signals) : undefined,
  })
  const answered = {}
  for (const [name, value] of response.headers) {
    answered[name] = name in answered ? [answered[name], value].flat() : value
  }
  return {
    statusCode: response.status,
    headers: answered,
    trailers: {},
    opaque: null,
    context: {},
    body: bodyOf(response),
  }
}

module.exports = {
  Agent: Dispatcher,
  Client: Dispatcher,
  Dispatcher,
  EnvHttpProxyAgent: Dispatcher,
  File,
  FormData,
  Headers,
  Pool: Dispatcher,
  ProxyAgent: Dispatcher,
  Request,
  Response,
  RetryAgent: Dispatcher,
  fetch: (input, init) => fetch(input, init),
  getGlobalDispatcher: () => dispatcher,
  request,
  setGlobalDispatcher: (next) => void (dispatcher = next),
}
