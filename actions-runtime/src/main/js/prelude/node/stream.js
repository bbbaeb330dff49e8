// require('stream'): Node's own streams in their form for other engines, and the way to and from web streams.
import { streams } from '../fetch/blob.js'
import { own, ownShared } from '../host/own.js'
import { comesBack } from '../run/leftovers.js'

const stream = require('readable-stream/lib/stream.js')

const { Duplex, Readable, Writable } = stream

// Some tell streams by the names of their classes, which the bundler may have changed.
for (const name of ['Duplex', 'PassThrough', 'Readable', 'Stream', 'Transform', 'Writable']) {
  Object.defineProperty(stream[name], 'name', { value: name, configurable: true })
}

comesBack(() => {
  const bytes = stream.getDefaultHighWaterMark(false)
  const objects = stream.getDefaultHighWaterMark(true)
  return () => {
    if (stream.getDefaultHighWaterMark(false) !== bytes || stream.getDefaultHighWaterMark(true) !== objects) {
      stream.setDefaultHighWaterMark(false, bytes)
      stream.setDefaultHighWaterMark(true, objects)
    }
  }
})

const byCallback = (call) =>
  new Promise((resolve, reject) => {
    call((error) => (error ? reject(error) : resolve()))
  })

Readable.fromWeb = (source, options) => Readable.from(source, { objectMode: false, ...options })
Readable.toWeb = (readable) => streams().ReadableStream.from(readable)

Writable.fromWeb = (target, options) => {
  const writer = target.getWriter()
  const then = (promise, done) => promise.then(() => done(), done)
  return new Writable({
    ...options,
    write: (chunk, _encoding, done) => then(writer.write(chunk), done),
    final: (done) => then(writer.close(), done),
    destroy: (error, done) => (error ? then(writer.abort(error), () => done(error)) : done()),
  })
}
Writable.toWeb = (writable) =>
  new (streams().WritableStream)({
    write: (chunk) => byCallback((done) => writable.write(chunk, done)),
    close: () => byCallback((done) => writable.end(done)),
    abort: (reason) => void writable.destroy(reason),
  })

Duplex.fromWeb = ({ readable, writable }, options) =>
  Duplex.from({ readable: Readable.fromWeb(readable, options), writable: Writable.fromWeb(writable, options) })
Duplex.toWeb = (duplex) => ({ readable: Readable.toWeb(duplex), writable: Writable.toWeb(duplex) })

// An Action meets these only behind getters and instances.
own(() => [stream.promises, stream.pipeline[Symbol.for('nodejs.util.promisify.custom')]])
ownShared(() => [
  new stream.Transform().setEncoding('utf8'),
  new stream.PassThrough().setEncoding('utf16le'),
  new stream.PassThrough().setEncoding('base64'),
  Readable.from(['a']),
  new Writable(),
  new Duplex(),
])

export { stream }

const whole = async (source) => {
  const chunks = []
  for await (const chunk of source) {
    chunks.push(typeof chunk === 'string' ? globalThis.Buffer.from(chunk) : chunk)
  }
  return globalThis.Buffer.concat(chunks)
}

/** require('stream/consumers') */
export const consumers = {
  arrayBuffer: async (source) => new Uint8Array(await whole(source)).buffer,
  blob: async (source) => new globalThis.Blob([await whole(source)]),
  buffer: whole,
  json: async (source) => JSON.parse((await whole(source)).toString()),
  text: async (source) => (await whole(source)).toString(),
}
