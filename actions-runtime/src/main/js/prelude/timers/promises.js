// require('timers/promises')
import { own } from '../host/own.js'
import { clearTimeout, setImmediate as immediate, setTimeout as timeout } from './timers.js'

function abortError(cause) {
  const error = new Error('The operation was aborted', { cause })
  error.name = 'AbortError'
  error.code = 'ABORT_ERR'
  return error
}

function wait(start, value, signal) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(abortError(signal.reason))
      return
    }
    const abort = () => {
      clearTimeout(timer)
      reject(abortError(signal.reason))
    }
    const timer = start(() => {
      signal?.removeEventListener('abort', abort)
      resolve(value)
    })
    signal?.addEventListener('abort', abort, { once: true })
  })
}

export const setTimeout = (delay, value, options) =>
  wait((done) => timeout(done, delay), value, options?.signal)

export const setImmediate = (value, options) => wait((done) => immediate(done), value, options?.signal)

// They are what `util.promisify` makes of the timers, and of themselves.
const PROMISIFIED = Symbol.for('nodejs.util.promisify.custom')
for (const timer of [setTimeout, setImmediate]) {
  Object.defineProperty(timer, PROMISIFIED, { value: timer, configurable: true })
}

export async function* setInterval(delay, value, options) {
  for (;;) {
    yield await setTimeout(delay, value, options)
  }
}

export const scheduler = { wait: (delay, options) => setTimeout(delay, undefined, options), yield: () => setImmediate() }

// An Action meets them behind getters as well.
own(() => [setTimeout, setImmediate, setInterval, scheduler])
