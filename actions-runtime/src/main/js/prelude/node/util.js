// require('util'): the polyfill, with Node's own formatter in place of its older one.
import { format, formatWithOptions, inspect, stripVTControlCharacters } from 'node-inspect-extracted'
import { TextDecoder, TextEncoder } from '../text/text-codec.js'

const polyfill = require('util/')

inspect.custom = Symbol.for('nodejs.util.inspect.custom')

export const util = {
  ...polyfill,
  TextDecoder,
  TextEncoder,
  aborted: (signal) => new Promise((resolve) => signal.addEventListener('abort', () => resolve(), { once: true })),
  debug: polyfill.debuglog,
  format,
  formatWithOptions,
  inspect,
  isDeepStrictEqual: (a, b) => require('assert/build/internal/util/comparisons').isDeepStrictEqual(a, b),
  stripVTControlCharacters,
  toUSVString: (text) => `${text}`.toWellFormed(),
}
