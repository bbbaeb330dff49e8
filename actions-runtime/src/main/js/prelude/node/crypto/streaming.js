// Hashes, MACs and ciphers are streams as well. Few use them as such, so the stream is made when it is first asked for.
import { defineProperty } from '../../host/intrinsics.js'

const METHODS = [
  'addListener',
  'destroy',
  'emit',
  'end',
  'listenerCount',
  'off',
  'on',
  'once',
  'pause',
  'pipe',
  'prependListener',
  'read',
  'removeAllListeners',
  'removeListener',
  'resume',
  'setEncoding',
  'unpipe',
  'write',
  Symbol.asyncIterator,
]
const MEMBERS = [
  '_readableState',
  '_writableState',
  'closed',
  'destroyed',
  'errored',
  'readable',
  'readableEnded',
  'writable',
  'writableEnded',
  'writableFinished',
  'writableNeedDrain',
]

/**
 * Lets the instances of a class be used as streams.
 *
 * @param transform makes bytes of a chunk, or nothing
 * @param flush makes the bytes at the end
 */
export function streaming(type, transform, flush) {
  const streams = new WeakMap()
  const streamOf = (self) => {
    let made = streams.get(self)
    if (made === undefined) {
      const { Transform } = require('../stream.js').stream
      const attempt = (done, compute) => {
        try {
          done(null, compute())
        } catch (error) {
          done(error)
        }
      }
      made = new Transform({
        transform: (chunk, _encoding, done) => attempt(done, () => transform(self, chunk)),
        flush: (done) => attempt(done, () => flush(self)),
      })
      // The prototype is no instance, and what is kept for it would be there for all runs.
      if (self !== type.prototype) {
        streams.set(self, made)
      }
    }
    return made
  }
  for (const name of METHODS) {
    const value = function (...args) {
      const stream = streamOf(this)
      const answer = stream[name](...args)
      return answer === stream ? this : answer
    }
    defineProperty(type.prototype, name, { value, writable: true, configurable: true })
  }
  for (const name of MEMBERS) {
    defineProperty(type.prototype, name, {
      get() {
        return streamOf(this)[name]
      },
      configurable: true,
    })
  }
}
