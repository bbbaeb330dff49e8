// ClientRequest and IncomingMessage over fetch: bodies go out and come in whole.
import { fetch } from '../../fetch/fetch.js'
import { AbortController } from '../../events/abort.js'
import { clearTimeout, setTimeout } from '../../timers/timers.js'
import { Buffer } from '../buffer.js'
import { stream } from '../stream.js'

const BODYLESS = ['GET', 'HEAD']

export class IncomingMessage extends stream.Readable {
  httpVersion = '1.1'
  complete = false
  trailers = {}

  constructor(response, bytes, request) {
    super({ read() {} })
    this.statusCode = response.status
    this.statusMessage = response.statusText
    this.url = ''
    this.responseUrl = response.url
    this.req = request
    this.socket = request.socket
    this.headers = {}
    this.rawHeaders = []
    for (const [name, value] of response.headers) {
      this.rawHeaders.push(name, value)
      if (name === 'set-cookie') {
        ;(this.headers[name] ??= []).push(value)
      } else {
        this.headers[name] = value
      }
    }
    this.complete = true
    if (bytes.length > 0) {
      this.push(bytes)
    }
    this.push(null)
  }

  setTimeout() {
    return this
  }
}

function urlOf(options, scheme) {
  const protocol = options.protocol ?? scheme
  const host = options.hostname ?? `${options.host ?? 'localhost'}`.replace(/:\d+$/, '')
  const port = options.port ? `:${options.port}` : /:\d+$/.exec(options.host ?? '')?.[0] ?? ''
  return `${protocol}//${host}${port}${options.path ?? '/'}`
}

export class ClientRequest extends stream.Writable {
  #url
  #headers
  #chunks = []
  #abort = new AbortController()
  #timer
  #sent = false

  constructor(options, scheme, callback) {
    super()
    this.#url = urlOf(options, scheme)
    this.#headers = { __proto__: null }
    this.method = `${options.method ?? 'GET'}`.toUpperCase()
    this.path = options.path ?? '/'
    this.host = options.hostname ?? options.host
    this.protocol = options.protocol ?? scheme
    this.aborted = false
    // Some clients want to tune the socket of a request.
    this.socket = { setKeepAlive() {}, setNoDelay() {}, setTimeout() {}, on() {}, once() {}, removeListener() {}, destroy: () => this.destroy() }
    this.connection = this.socket
    for (const name of Object.keys(options.headers ?? {})) {
      this.setHeader(name, options.headers[name])
    }
    if (options.auth) {
      this.setHeader('authorization', `Basic ${Buffer.from(options.auth).toString('base64')}`)
    }
    if (options.timeout) {
      this.setTimeout(options.timeout)
    }
    options.signal?.addEventListener('abort', () => this.destroy(options.signal.reason), { once: true })
    if (callback) {
      this.once('response', callback)
    }
  }

  setHeader(name, value) {
    this.#headers[`${name}`.toLowerCase()] = [name, value]
    return this
  }
  getHeader(name) {
    return this.#headers[`${name}`.toLowerCase()]?.[1]
  }
  getHeaders() {
    return Object.fromEntries(Object.keys(this.#headers).map((name) => [name, this.#headers[name][1]]))
  }
  hasHeader(name) {
    return this.#headers[`${name}`.toLowerCase()] !== undefined
  }
  removeHeader(name) {
    delete this.#headers[`${name}`.toLowerCase()]
  }
  flushHeaders() {}
  setNoDelay() {}
  setSocketKeepAlive() {}

  setTimeout(delay, callback) {
    if (callback) {
      this.once('timeout', callback)
    }
    clearTimeout(this.#timer)
    this.#timer = delay > 0 ? setTimeout(() => this.emit('timeout'), delay) : undefined
    return this
  }

  abort() {
    this.aborted = true
    this.emit('abort')
    this.destroy()
  }

  _write(chunk, encoding, done) {
    this.#chunks.push(Buffer.from(chunk, encoding))
    done()
  }

  _final(done) {
    this.#sent = true
    this.#send()
    done()
  }

  _destroy(error, done) {
    clearTimeout(this.#timer)
    this.#abort.abort()
    done(error ?? (this.#sent ? null : Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' })))
  }

  async #send() {
    try {
      const response = await fetch(this.#url, {
        method: this.method,
        headers: this.#pairs(),
        body: this.#chunks.length > 0 && !BODYLESS.includes(this.method) ? Buffer.concat(this.#chunks) : undefined,
        redirect: 'manual',
        signal: this.#abort.signal,
      })
      const bytes = Buffer.from(await response.arrayBuffer())
      clearTimeout(this.#timer)
      const message = new IncomingMessage(response, bytes, this)
      this.res = message
      this.emit('response', message)
    } catch (failure) {
      clearTimeout(this.#timer)
      if (!this.destroyed) {
        const cause = failure?.cause ?? failure
        this.emit('error', Object.assign(new Error(cause?.message ?? 'request failed'), { code: cause?.code ?? 'ECONNREFUSED' }))
      }
    }
  }

  #pairs() {
    const pairs = []
    for (const name of Object.keys(this.#headers)) {
      const [given, value] = this.#headers[name]
      // The host frames the message itself.
      if (name === 'transfer-encoding' || name === 'connection' || name === 'content-length' || name === 'host') {
        continue
      }
      for (const one of Array.isArray(value) ? value : [value]) {
        pairs.push([given, `${one}`])
      }
    }
    return pairs
  }
}
