// Response (Fetch standard §5.5)
import { jsonStringify } from '../host/intrinsics.js'
import { Body, copy, fill, fillBytes } from './body.js'
import { Headers } from './headers.js'
import { webClass } from '../host/web-class.js'

const NO_BODY = [101, 103, 204, 205, 304]
const REDIRECTS = [301, 302, 303, 307, 308]

export class Response extends Body {
  #status
  #statusText
  #headers
  #url = ''
  #redirected = false
  #type = 'default'

  constructor(body = null, init) {
    super()
    const status = init?.status === undefined ? 200 : Math.trunc(Number(init.status))
    if (!(status >= 200 && status <= 599)) {
      throw new RangeError('init["status"] must be in the range of 200 to 599, inclusive.')
    }
    if (body !== null && NO_BODY.includes(status)) {
      throw new TypeError(`Response constructor: Invalid response status code ${status}`)
    }
    this.#status = status
    this.#statusText = `${init?.statusText ?? ''}`
    this.#headers = new Headers(init?.headers)
    fill(this, body, this.#headers)
  }

  /** The response that the host received. */
  static received(head, bytes) {
    const response = new Response(null, { statusText: head.statusText, headers: head.headers })
    response.#status = head.status
    response.#url = head.url ?? ''
    response.#redirected = head.redirected === true
    response.#type = 'basic'
    if (bytes !== null && !NO_BODY.includes(head.status)) {
      fillBytes(response, bytes)
    }
    return response
  }

  static error() {
    const response = new Response()
    response.#status = 0
    response.#type = 'error'
    return response
  }
  static json(data, init) {
    const headers = new Headers(init?.headers)
    if (!headers.has('content-type')) {
      headers.set('content-type', 'application/json')
    }
    return new Response(jsonStringify(data), { ...init, headers })
  }
  static redirect(url, status = 302) {
    if (!REDIRECTS.includes(status)) {
      throw new RangeError(`Invalid status code ${status}`)
    }
    return new Response(null, { status, headers: { location: new globalThis.URL(`${url}`).href } })
  }

  get status() {
    return this.#status
  }
  get statusText() {
    return this.#statusText
  }
  get headers() {
    return this.#headers
  }
  get ok() {
    return this.#status >= 200 && this.#status <= 299
  }
  get url() {
    return this.#url
  }
  get redirected() {
    return this.#redirected
  }
  get type() {
    return this.#type
  }

  clone() {
    const clone = new Response(null, { statusText: this.#statusText, headers: this.#headers })
    clone.#status = this.#status
    clone.#url = this.#url
    clone.#redirected = this.#redirected
    clone.#type = this.#type
    copy(this, clone)
    return clone
  }
}

export const receivedResponse = Response.received
delete Response.received

webClass(Response, 'Response', ({ status, statusText, headers, body, bodyUsed, ok, redirected, type, url }) => ({
  status,
  statusText,
  headers,
  body,
  bodyUsed,
  ok,
  redirected,
  type,
  url,
}))
