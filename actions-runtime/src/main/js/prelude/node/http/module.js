// require('http') and require('https'): clients only.
import { events } from '../events.js'
import { stream } from '../stream.js'
import { validateHeaderName, validateHeaderValue } from './headers.js'
import { ClientRequest } from './request.js'
import { IncomingMessage } from './response.js'
import { STATUS_CODES } from './status.js'

const METHODS = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']

/** Connections are the host's business; an agent only carries its options about. */
const agentFor = (scheme, port) =>
  class Agent extends events {
    defaultPort = port
    freeSockets = {}
    protocol = scheme
    requests = {}
    sockets = {}

    constructor(options = {}) {
      super()
      this.options = { path: null, ...options }
      this.keepAlive = Boolean(options.keepAlive)
      this.keepAliveMsecs = options.keepAliveMsecs ?? 1000
      this.maxFreeSockets = options.maxFreeSockets ?? 256
      this.maxSockets = options.maxSockets ?? Infinity
      this.maxTotalSockets = options.maxTotalSockets ?? Infinity
    }
    getName({ host = 'localhost', port: at = '', localAddress = '' } = {}) {
      return `${host}:${at}:${localAddress}`
    }
    destroy() {}
  }

function invalidUrl(input) {
  const error = new TypeError('Invalid URL')
  error.code = 'ERR_INVALID_URL'
  error.input = input
  return error
}

function fromUrl(input) {
  if (!globalThis.URL.canParse(`${input}`)) {
    throw invalidUrl(input)
  }
  const url = new globalThis.URL(`${input}`)
  return {
    protocol: url.protocol,
    hostname: url.hostname.replace(/^\[|\]$/g, ''),
    port: url.port,
    path: url.pathname + url.search,
    ...(url.username === '' ? {} : { auth: `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}` }),
  }
}

/** Node's argument forms: (url, options?, callback?) and (options, callback?). */
function argumentsOf([first, ...rest]) {
  const callback = [first, ...rest].find((argument) => typeof argument === 'function')
  if (typeof first !== 'string' && !(first instanceof globalThis.URL)) {
    return [{ ...(typeof first === 'object' ? first : {}) }, callback]
  }
  return [{ ...fromUrl(first), ...(typeof rest[0] === 'object' ? rest[0] : {}) }, callback]
}

function unavailable(name) {
  return () => {
    const error = new Error(`${name} is not available in Actions`)
    error.code = 'ERR_FEATURE_UNAVAILABLE_ON_PLATFORM'
    throw error
  }
}

function client(scheme, port) {
  const Agent = agentFor(scheme, port)
  const request = (...args) => {
    const [options, callback] = argumentsOf(args)
    return new ClientRequest(options, scheme, callback)
  }
  return {
    Agent,
    ClientRequest,
    IncomingMessage,
    METHODS,
    OutgoingMessage: stream.Writable,
    STATUS_CODES,
    ServerResponse: class ServerResponse extends stream.Writable {},
    createServer: unavailable(`${scheme.slice(0, -1)}.createServer`),
    get(...args) {
      const started = request(...args)
      started.end()
      return started
    },
    globalAgent: new Agent({ keepAlive: true }),
    maxHeaderSize: 16384,
    request,
    validateHeaderName,
    validateHeaderValue,
  }
}

export const http = client('http:', 80)
export const https = client('https:', 443)
