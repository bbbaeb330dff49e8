// ClientRequest: a message to a server, sent when it is complete.
import { AbortController } from '../../events/abort.js'
import { exchange } from '../../fetch/exchange.js'
import { nextTick } from '../../timers/ticks.js'
import { clearTimeout, setTimeout } from '../../timers/timers.js'
import { Buffer } from '../buffer.js'
import { stream } from '../stream.js'
import { OutgoingHeaders } from './headers.js'
import { IncomingMessage } from './response.js'
import { Socket } from './socket.js'

// The host frames the message itself.
const FRAMING = ['connection', 'content-length', 'host', 'transfer-encoding']
const BODYLESS = ['GET', 'HEAD']

const withCode = (error, code, more) => Object.assign(error, { code }, more)
const hangUp = () => withCode(new Error('socket hang up'), 'ECONNRESET')

function abortError(cause) {
  const error = withCode(new Error('The operation was aborted', { cause }), 'ABORT_ERR')
  error.name = 'AbortError'
  return error
}

function checked(options, scheme) {
  const protocol = options.protocol ?? options.agent?.protocol ?? scheme
  const path = `${options.path ?? '/'}`
  if (protocol !== scheme) {
    throw withCode(new TypeError(`Protocol "${protocol}" not supported. Expected "${scheme}"`), 'ERR_INVALID_PROTOCOL')
  }
  if (/[^\u0021-\u00ff]/.test(path)) {
    throw withCode(new TypeError('Request path contains unescaped characters'), 'ERR_UNESCAPED_CHARACTERS')
  }
  if (
    options.method !== undefined &&
    options.method !== null &&
    !/^[A-Za-z0-9!#$%&'*+\-.^_`|~]+$/.test(options.method)
  ) {
    throw withCode(new TypeError(`Method must be a valid HTTP token ["${options.method}"]`), 'ERR_INVALID_HTTP_TOKEN')
  }
  return { protocol, path, method: `${options.method ?? 'GET'}`.toUpperCase() }
}

/** Host and port, with the default port left out. */
function authority(options, scheme) {
  const host = `${options.hostname ?? options.host ?? 'localhost'}`
  const named = host.includes(':') && !host.startsWith('[') ? `[${host}]` : host
  const port = Number(options.port ?? options.defaultPort ?? 0)
  return port === 0 || port === (scheme === 'https:' ? 443 : 80) ? named : `${named}:${port}`
}

/** The error of a request that got no answer, in the form in which Node reports those of a connection. */
function connectionError(failure, options) {
  const { code, message } = failure
  if (code === 'ECONNREFUSED') {
    const address = options.hostname ?? options.host
    return withCode(new Error(`connect ECONNREFUSED ${address}:${options.port ?? ''}`), code, {
      syscall: 'connect',
      address,
      port: Number(options.port),
    })
  }
  if (code === 'ENOTFOUND') {
    const hostname = options.hostname ?? options.host
    return withCode(new Error(`getaddrinfo ENOTFOUND ${hostname}`), code, { syscall: 'getaddrinfo', hostname })
  }
  return withCode(new Error(message), code ?? 'ECONNRESET')
}

export class ClientRequest extends stream.Writable {
  aborted = false
  finished = false
  headersSent = false
  reusedSocket = false
  res = null
  #options
  #url
  #headers = new OutgoingHeaders()
  #chunks = []
  #abort = new AbortController()
  #timer

  constructor(options, scheme, callback) {
    super({ autoDestroy: false })
    const { protocol, path, method } = checked(options, scheme)
    const host = authority(options, scheme)
    Object.assign(this, { protocol, path, method, host: options.hostname ?? options.host ?? 'localhost' })
    this.#options = options
    this.#url = `${protocol}//${host}${path}`
    this.agent = options.agent
    this.socket = new Socket(this, scheme === 'https:')
    this.connection = this.socket
    this.#setAll(options.headers)
    if (this.getHeader('host') === undefined && options.setHost !== false) {
      this.setHeader('Host', host)
    }
    if (options.auth && this.getHeader('authorization') === undefined) {
      this.setHeader('Authorization', `Basic ${Buffer.from(options.auth).toString('base64')}`)
    }
    if (callback) {
      this.once('response', callback)
    }
    if (options.timeout) {
      this.setTimeout(options.timeout)
    }
    this.#heed(options.signal)
    nextTick(() => {
      if (!this.destroyed) {
        this.emit('socket', this.socket)
      }
    })
  }

  #setAll(headers) {
    if (Array.isArray(headers)) {
      const pairs = Array.isArray(headers[0])
        ? headers
        : headers.flatMap((name, i) => (i % 2 === 0 ? [[name, headers[i + 1]]] : []))
      for (const [name, value] of pairs) {
        this.#headers.append(name, value)
      }
      return
    }
    for (const name of Object.keys(headers ?? {})) {
      this.setHeader(name, headers[name])
    }
  }

  #heed(signal) {
    const abort = () => this.destroy(abortError(signal.reason))
    if (signal?.aborted) {
      nextTick(abort)
    } else {
      signal?.addEventListener('abort', abort, { once: true })
    }
  }

  setHeader(name, value) {
    if (this.headersSent) {
      throw withCode(new Error('Cannot set headers after they are sent to the client'), 'ERR_HTTP_HEADERS_SENT')
    }
    this.#headers.set(name, value)
    return this
  }
  setHeaders(headers) {
    for (const [name, value] of headers) {
      this.setHeader(name, value)
    }
    return this
  }
  appendHeader(name, value) {
    this.#headers.append(name, value)
    return this
  }
  getHeader(name) {
    return this.#headers.get(name)
  }
  getHeaders() {
    return this.#headers.all()
  }
  getHeaderNames() {
    return this.#headers.names()
  }
  getRawHeaderNames() {
    return this.#headers.rawNames()
  }
  hasHeader(name) {
    return this.#headers.get(name) !== undefined
  }
  removeHeader(name) {
    this.#headers.delete(name)
  }
  flushHeaders() {}
  setNoDelay() {}
  setSocketKeepAlive() {}
  onSocket() {}

  setTimeout(delay, callback) {
    if (callback) {
      this.once('timeout', callback)
    }
    clearTimeout(this.#timer)
    this.#timer = delay > 0 ? setTimeout(() => this.#timedOut(), delay) : undefined
    return this
  }

  #timedOut() {
    this.socket.emit('timeout')
    this.emit('timeout')
  }

  abort() {
    if (!this.aborted) {
      this.aborted = true
      nextTick(() => this.emit('abort'))
      this.destroy()
    }
  }

  end(...args) {
    this.finished = true
    return super.end(...args)
  }

  _write(chunk, encoding, done) {
    this.#chunks.push(Buffer.from(chunk, encoding))
    done()
  }

  _final(done) {
    this.headersSent = true
    this.#send()
    done()
  }

  _destroy(error, done) {
    clearTimeout(this.#timer)
    this.#abort.abort()
    const answered = this.res !== null
    if (answered && !this.res.complete) {
      this.res.destroy(error ?? withCode(new Error('aborted'), 'ECONNRESET'))
    }
    done(error ?? (answered ? null : hangUp()))
  }

  async #send() {
    const headers = this.#headers.pairs().filter(([name]) => !FRAMING.includes(name.toLowerCase()))
    const body = this.#chunks.length > 0 && !BODYLESS.includes(this.method) ? Buffer.concat(this.#chunks) : null
    let received
    try {
      received = await exchange(
        { url: this.#url, method: this.method, headers, redirect: 'manual' },
        body,
        this.#abort.signal,
      )
    } catch (failure) {
      if (!this.destroyed) {
        this.destroy(connectionError(failure, this.#options))
      }
      return
    }
    // Not as a part of this promise, so that what a listener throws is not taken for a failure of the request.
    nextTick(() => this.#answer(received))
  }

  #answer({ head, bytes }) {
    clearTimeout(this.#timer)
    if (this.destroyed) {
      return
    }
    const message = new IncomingMessage(head, bytes, this)
    this.res = message
    message.once('end', () => this.destroy())
    if (!this.emit('response', message)) {
      message.resume()
    }
  }
}
