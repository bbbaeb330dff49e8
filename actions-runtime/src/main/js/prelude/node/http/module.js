// require('http') and require('https'): clients only.
import { events } from '../events.js'
import { ClientRequest, IncomingMessage } from './request.js'

const METHODS = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']

const STATUS_CODES = {
  200: 'OK',
  201: 'Created',
  202: 'Accepted',
  204: 'No Content',
  301: 'Moved Permanently',
  302: 'Found',
  303: 'See Other',
  304: 'Not Modified',
  307: 'Temporary Redirect',
  308: 'Permanent Redirect',
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  409: 'Conflict',
  410: 'Gone',
  413: 'Payload Too Large',
  415: 'Unsupported Media Type',
  422: 'Unprocessable Entity',
  429: 'Too Many Requests',
  500: 'Internal Server Error',
  501: 'Not Implemented',
  502: 'Bad Gateway',
  503: 'Service Unavailable',
  504: 'Gateway Timeout',
}

/** Connections are the host's business; an agent only carries its options about. */
class Agent extends events {
  constructor(options = {}) {
    super()
    this.options = { ...options }
    this.maxSockets = options.maxSockets ?? Infinity
    this.keepAlive = Boolean(options.keepAlive)
  }
  destroy() {}
}

/** Node's argument forms: (url, options?, callback?) and (options, callback?). */
function optionsOf(first, second) {
  if (typeof first !== 'string' && !(first instanceof globalThis.URL)) {
    return first ?? {}
  }
  const url = new globalThis.URL(`${first}`)
  return {
    protocol: url.protocol,
    hostname: url.hostname,
    port: url.port,
    path: url.pathname + url.search,
    ...(url.username === '' ? {} : { auth: `${decodeURIComponent(url.username)}:${decodeURIComponent(url.password)}` }),
    ...(typeof second === 'object' ? second : {}),
  }
}

function client(scheme) {
  const request = (...args) => {
    const callback = args.find((argument) => typeof argument === 'function')
    return new ClientRequest(optionsOf(args[0], args[1]), scheme, callback)
  }
  return {
    Agent,
    ClientRequest,
    IncomingMessage,
    METHODS,
    STATUS_CODES,
    get(...args) {
      const started = request(...args)
      started.end()
      return started
    },
    globalAgent: new Agent(),
    maxHeaderSize: 16384,
    request,
    validateHeaderName() {},
    validateHeaderValue() {},
  }
}

export const http = client('http:')
export const https = client('https:')
