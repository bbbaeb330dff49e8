// Request (Fetch standard §5.4)
import { Body, copy, fill, isEmpty } from './body.js'
import { Headers } from './headers.js'
import { webClass } from '../host/web-class.js'

const NORMALIZED = ['DELETE', 'GET', 'HEAD', 'OPTIONS', 'PATCH', 'POST', 'PUT']

function methodOf(method) {
  const text = `${method}`
  const upper = text.toUpperCase()
  if (!/^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/.test(text)) {
    throw new TypeError(`'${text}' is not a valid HTTP method.`)
  }
  if (upper === 'CONNECT' || upper === 'TRACE' || upper === 'TRACK') {
    throw new TypeError(`'${text}' HTTP method is unsupported.`)
  }
  return NORMALIZED.includes(upper) ? upper : text
}

function urlOf(input) {
  let url
  try {
    url = new globalThis.URL(`${input}`)
  } catch (cause) {
    throw new TypeError(`Failed to parse URL from ${input}`, { cause })
  }
  if (url.username !== '' || url.password !== '') {
    throw new TypeError(`Request cannot be constructed from a URL that includes credentials: ${input}`)
  }
  return url.href
}

export class Request extends Body {
  #url
  #method
  #headers
  #redirect
  #signal

  constructor(input, init = {}) {
    super()
    const from = input instanceof Request ? input : undefined
    this.#url = from?.url ?? urlOf(input)
    this.#method = init.method === undefined ? from?.method ?? 'GET' : methodOf(init.method)
    this.#headers = new Headers(init.headers ?? from?.headers)
    this.#redirect = `${init.redirect ?? from?.redirect ?? 'follow'}`
    this.#signal = init.signal ?? from?.signal ?? null
    if (!['follow', 'manual', 'error'].includes(this.#redirect)) {
      throw new TypeError(`'${this.#redirect}' is not a redirect mode`)
    }
    const hasBody = init.body !== undefined && init.body !== null
    if (hasBody && (this.#method === 'GET' || this.#method === 'HEAD')) {
      throw new TypeError('Request with GET/HEAD method cannot have body.')
    }
    if (hasBody) {
      fill(this, init.body, this.#headers)
    } else if (from !== undefined && !isEmpty(from)) {
      copy(from, this)
    }
  }

  get url() {
    return this.#url
  }
  get method() {
    return this.#method
  }
  get headers() {
    return this.#headers
  }
  get redirect() {
    return this.#redirect
  }
  get signal() {
    return (this.#signal ??= new globalThis.AbortController().signal)
  }
  get cache() {
    return 'default'
  }
  get credentials() {
    return 'same-origin'
  }
  get destination() {
    return ''
  }
  get duplex() {
    return 'half'
  }
  get integrity() {
    return ''
  }
  get keepalive() {
    return false
  }
  get mode() {
    return 'cors'
  }
  get referrer() {
    return 'about:client'
  }
  get referrerPolicy() {
    return ''
  }

  clone() {
    return new Request(this)
  }
}

webClass(Request, 'Request', ({ method, url, headers, body, redirect, signal }) => ({ method, url, headers, body, redirect, signal }))
