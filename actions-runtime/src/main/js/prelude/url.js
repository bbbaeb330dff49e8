// URL and URLSearchParams of core-js, in its form that leaves the globals alone but for one.
import { ownShared } from './host/own.js'
import { webClass } from './host/web-class.js'

const CoreUrl = require('core-js-pure/web/url')
export const URLSearchParams = require('core-js-pure/web/url-search-params')

delete globalThis['__core-js_shared__']

function invalid(input, base) {
  const error = new TypeError('Invalid URL')
  error.code = 'ERR_INVALID_URL'
  error.input = input
  if (base !== undefined) {
    error.base = base
  }
  return error
}

export class URL extends CoreUrl {
  constructor(url, base) {
    const [input, from] = [`${url}`, base === undefined ? undefined : `${base}`]
    try {
      super(input, from)
    } catch {
      throw invalid(input, from)
    }
  }

  static parse(url, base) {
    try {
      return new URL(url, base)
    } catch {
      return null
    }
  }
}

const URL_MEMBERS = [
  'href',
  'origin',
  'protocol',
  'username',
  'password',
  'host',
  'hostname',
  'port',
  'pathname',
  'search',
  'searchParams',
  'hash',
]

webClass(URL, 'URL', (url) => Object.fromEntries(URL_MEMBERS.map((name) => [name, url[name]])))
webClass(URLSearchParams, 'URLSearchParams')
// As Node writes it, for a name may come twice.
Object.defineProperty(URLSearchParams.prototype, Symbol.for('nodejs.util.inspect.custom'), {
  value(_depth, options, inspect) {
    const pairs = [...this].map(([name, value]) => `${inspect(name, options)} => ${inspect(value, options)}`)
    return pairs.length === 0 ? 'URLSearchParams {}' : `URLSearchParams { ${pairs.join(', ')} }`
  },
  writable: true,
  configurable: true,
})

// An Action meets it only as the prototype of an iterator.
ownShared(() => [new URLSearchParams('a=1').entries()])
