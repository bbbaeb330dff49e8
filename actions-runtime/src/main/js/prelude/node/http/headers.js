// Names and values of headers, checked and combined as Node's http does it.

const TOKEN = /^[\^_`a-zA-Z\-0-9!#$%&'*+.|~]+$/
const INVALID_IN_VALUE = /[^\t\x20-\x7e\x80-\xff]/

function invalid(message, code) {
  const error = new TypeError(message)
  error.code = code
  return error
}

export function validateHeaderName(name, label = 'Header name') {
  if (typeof name !== 'string' || !TOKEN.test(name)) {
    throw invalid(`${label} must be a valid HTTP token ["${name}"]`, 'ERR_INVALID_HTTP_TOKEN')
  }
}

export function validateHeaderValue(name, value) {
  if (value === undefined) {
    throw invalid(`Invalid value "undefined" for header "${name}"`, 'ERR_HTTP_INVALID_HEADER_VALUE')
  }
  for (const one of Array.isArray(value) ? value : [value]) {
    if (INVALID_IN_VALUE.test(`${one}`)) {
      throw invalid(`Invalid character in header content ["${name}"]`, 'ERR_INVALID_CHAR')
    }
  }
}

// Of these the first one counts.
const SINGLE = new Set([
  'age',
  'authorization',
  'content-length',
  'content-type',
  'etag',
  'expires',
  'from',
  'host',
  'if-modified-since',
  'if-unmodified-since',
  'last-modified',
  'location',
  'max-forwards',
  'proxy-authorization',
  'referer',
  'retry-after',
  'server',
  'user-agent',
])

/** The `headers` of a message: lower-case names, with duplicates joined, dropped or listed. */
export function combine(pairs) {
  const headers = {}
  for (const [given, value] of pairs) {
    const name = given.toLowerCase()
    const known = Object.hasOwn(headers, name) ? headers[name] : undefined
    if (name === 'set-cookie') {
      headers[name] = [...(known ?? []), value]
    } else if (known === undefined) {
      headers[name] = value
    } else if (!SINGLE.has(name)) {
      headers[name] = `${known}${name === 'cookie' ? '; ' : ', '}${value}`
    }
  }
  return headers
}

/** The headers of a request that is being made; names keep the case in which they were given. */
export class OutgoingHeaders {
  #values = { __proto__: null }

  set(name, value) {
    validateHeaderName(name)
    validateHeaderValue(name, value)
    this.#values[name.toLowerCase()] = [name, value]
  }
  append(name, value) {
    const known = this.get(name)
    this.set(name, known === undefined ? value : [known, value].flat())
  }
  get(name) {
    return this.#values[`${name}`.toLowerCase()]?.[1]
  }
  delete(name) {
    delete this.#values[`${name}`.toLowerCase()]
  }
  names() {
    return Object.keys(this.#values)
  }
  rawNames() {
    return this.names().map((name) => this.#values[name][0])
  }
  all() {
    const all = { __proto__: null }
    for (const name of this.names()) {
      all[name] = this.get(name)
    }
    return all
  }
  /** One pair for each value. */
  pairs() {
    return this.names().flatMap((name) => {
      const [given, value] = this.#values[name]
      return (Array.isArray(value) ? value : [value]).map((one) => [given, `${one}`])
    })
  }
}
