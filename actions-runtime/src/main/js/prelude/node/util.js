// require('util'): the polyfill, with Node's own formatter, and with what Node added or changed since.
import { format, formatWithOptions, inspect, stripVTControlCharacters } from 'node-inspect-extracted'
import { isCryptoKey } from '../crypto/key.js'
import { keys } from '../host/intrinsics.js'
import { own } from '../host/own.js'
import { comesBack } from '../run/leftovers.js'
import { TextDecoder, TextEncoder } from '../text/text-codec.js'

const polyfill = require('util/')

// An Action meets them only behind a getter.
own(() => inspect.defaultOptions)

comesBack(() => {
  const saved = { ...inspect.defaultOptions }
  const names = keys(saved)
  return () => {
    const options = inspect.defaultOptions
    for (let i = 0; i < names.length; i++) {
      if (options[names[i]] !== saved[names[i]]) {
        inspect.defaultOptions = saved
        return
      }
    }
  }
})

inspect.custom = Symbol.for('nodejs.util.inspect.custom')

const PROMISIFIED = Symbol.for('nodejs.util.promisify.custom')

/** A function that gives a promise in place of taking a callback. */
function promisify(original) {
  if (typeof original !== 'function') {
    const error = new TypeError('The "original" argument must be of type function')
    error.code = 'ERR_INVALID_ARG_TYPE'
    throw error
  }
  // What is marked already stays as it is, for it may belong to all runs.
  const marked = (promisified) =>
    promisified[PROMISIFIED] === promisified
      ? promisified
      : Object.defineProperty(promisified, PROMISIFIED, { value: promisified, configurable: true })
  if (original[PROMISIFIED]) {
    return marked(original[PROMISIFIED])
  }
  function promisified(...args) {
    return new Promise((resolve, reject) => {
      Reflect.apply(original, this, [...args, (error, value) => (error ? reject(error) : resolve(value))])
    })
  }
  Object.setPrototypeOf(promisified, Object.getPrototypeOf(original))
  return marked(Object.defineProperties(promisified, Object.getOwnPropertyDescriptors(original)))
}
promisify.custom = PROMISIFIED

/** A function of the caller's own; the polyfill's are for all who ask for one of that name. */
function debuglog(set) {
  const log = polyfill.debuglog(set)
  return (...args) => log(...args)
}

const STYLES = inspect.colors ?? {}

function styleText(format, text) {
  return [format].flat().reduce((styled, name) => {
    const [on, off] = STYLES[name] ?? []
    return on === undefined ? styled : `\u001b[${on}m${styled}\u001b[${off}m`
  }, `${text}`)
}

export const util = {
  ...polyfill,
  TextDecoder,
  TextEncoder,
  aborted: (signal) =>
    new Promise((resolve) =>
      signal.aborted ? resolve() : signal.addEventListener('abort', () => resolve(), { once: true }),
    ),
  debug: debuglog,
  debuglog,
  format,
  formatWithOptions,
  inspect,
  isDeepStrictEqual: (a, b) => require('assert/build/internal/util/comparisons').isDeepStrictEqual(a, b),
  promisify,
  stripVTControlCharacters,
  styleText,
  toUSVString: (text) => `${text}`.toWellFormed(),
  types: {
    ...polyfill.types,
    isCryptoKey,
    isNativeError: (value) => Object.prototype.toString.call(value) === '[object Error]',
    isExternal: () => false,
    isKeyObject: (value) => Object.prototype.toString.call(value) === '[object KeyObject]',
    // Nothing in the language tells.
    isProxy: () => false,
  },
}
