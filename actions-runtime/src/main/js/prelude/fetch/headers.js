// Headers (Fetch standard §5.1), without guards: the host decides what it sends.
import { create } from '../host/intrinsics.js'
import { webClass } from '../host/web-class.js'

const TOKEN = /^[!#$%&'*+\-.^_`|~0-9A-Za-z]+$/
const FORBIDDEN_IN_VALUE = /[\0\r\n]/

function nameOf(name, method) {
  const text = `${name}`
  if (!TOKEN.test(text)) {
    throw new TypeError(`Headers.${method}: "${text}" is an invalid header name.`)
  }
  return text.toLowerCase()
}

function valueOf(value) {
  const text = `${value}`.replace(/^[\t\n\r ]+|[\t\n\r ]+$/g, '')
  if (FORBIDDEN_IN_VALUE.test(text)) {
    throw new TypeError('Header value contains a forbidden character')
  }
  return text
}

export class Headers {
  #values = create(null)

  constructor(init) {
    if (init === undefined) {
      return
    }
    if (init === null || typeof init !== 'object') {
      throw new TypeError('Headers must be an object or a list of name-value pairs')
    }
    if (typeof init[Symbol.iterator] !== 'function') {
      for (const name of Object.keys(init)) {
        this.append(name, init[name])
      }
      return
    }
    for (const pair of init) {
      const [name, value, ...rest] = pair
      if (value === undefined || rest.length > 0) {
        throw new TypeError('A header must be a name and a value')
      }
      this.append(name, value)
    }
  }

  static inOrder(headers) {
    return Object.keys(headers.#values).flatMap((name) => headers.#values[name].map((value) => [name, value]))
  }

  append(name, value) {
    const key = nameOf(name, 'append')
    ;(this.#values[key] ??= []).push(valueOf(value))
  }
  set(name, value) {
    this.#values[nameOf(name, 'set')] = [valueOf(value)]
  }
  delete(name) {
    delete this.#values[nameOf(name, 'delete')]
  }
  get(name) {
    return this.#values[nameOf(name, 'get')]?.join(', ') ?? null
  }
  has(name) {
    return this.#values[nameOf(name, 'has')] !== undefined
  }
  getSetCookie() {
    return [...(this.#values['set-cookie'] ?? [])]
  }

  forEach(callback, self) {
    for (const [name, value] of this) {
      callback.call(self, value, name, this)
    }
  }
  *entries() {
    for (const name of Object.keys(this.#values).sort()) {
      if (name === 'set-cookie') {
        for (const value of this.#values[name]) {
          yield [name, value]
        }
      } else {
        yield [name, this.#values[name].join(', ')]
      }
    }
  }
  *keys() {
    for (const [name] of this) {
      yield name
    }
  }
  *values() {
    for (const [, value] of this) {
      yield value
    }
  }
  [Symbol.iterator]() {
    return this.entries()
  }
}

/** All values in the order in which their names were first given, as they go out. */
export const { inOrder } = Headers
delete Headers.inOrder

webClass(Headers, 'Headers', (headers) => Object.fromEntries(headers))
