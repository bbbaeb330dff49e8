// require('timers/promises')
import { clearTimeout, setImmediate as immediate, setTimeout as timeout } from './timers.js'

function wait(start, value, signal) {
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(signal.reason)
      return
    }
    const timer = start(() => resolve(value))
    signal?.addEventListener('abort', () => {
      clearTimeout(timer)
      reject(signal.reason)
    })
  })
}

export const setTimeout = (delay, value, options) =>
  wait((done) => timeout(done, delay), value, options?.signal)

export const setImmediate = (value, options) => wait((done) => immediate(done), value, options?.signal)

export async function* setInterval(delay, value, options) {
  for (;;) {
    yield await setTimeout(delay, value, options)
  }
}

export const scheduler = { wait: (delay, options) => setTimeout(delay, undefined, options), yield: () => setImmediate() }
