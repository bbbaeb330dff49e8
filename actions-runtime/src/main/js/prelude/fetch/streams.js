// Web Streams, and the step between them and bytes. Loaded only when a stream is asked for.
import * as streams from 'web-streams-polyfill'
import { Uint8ArrayIntrinsic, bytesOf, isBufferSource } from '../host/intrinsics.js'
import { ownShared } from '../host/own.js'
import { TextDecoder, encodeUtf8 } from '../text/text-codec.js'
import { concat } from './blob.js'
import { inspectAs, webClass } from '../host/web-class.js'

export const {
  ByteLengthQueuingStrategy,
  CountQueuingStrategy,
  ReadableByteStreamController,
  ReadableStream,
  ReadableStreamBYOBReader,
  ReadableStreamBYOBRequest,
  ReadableStreamDefaultController,
  ReadableStreamDefaultReader,
  TransformStream,
  TransformStreamDefaultController,
  WritableStream,
  WritableStreamDefaultController,
  WritableStreamDefaultWriter,
} = streams

// Met only behind streams, and by `for await` over one.
ownShared(() => [
  new ReadableStream().values(),
  new ReadableStream().getReader(),
  new ReadableStream({ type: 'bytes' }).getReader({ mode: 'byob' }),
  new TransformStream(),
  new WritableStream().getWriter(),
])

/** A stream with these bytes as its only chunk. */
export function streamOf(bytes) {
  return new ReadableStream({
    type: 'bytes',
    start(controller) {
      if (bytes.length > 0) {
        controller.enqueue(new Uint8ArrayIntrinsic(bytes))
      }
      controller.close()
    },
  })
}

export const isStream = (value) => value instanceof ReadableStream

export async function drain(stream) {
  const reader = stream.getReader()
  const chunks = []
  for (;;) {
    const { done, value } = await reader.read()
    if (done) {
      return concat(chunks)
    }
    if (!isBufferSource(value)) {
      throw new TypeError('A chunk of a body must be bytes')
    }
    chunks.push(bytesOf(value))
  }
}

export class TextEncoderStream {
  #transform = new TransformStream({
    transform: (chunk, controller) => controller.enqueue(encodeUtf8(`${chunk}`)),
  })
  get encoding() {
    return 'utf-8'
  }
  get readable() {
    return this.#transform.readable
  }
  get writable() {
    return this.#transform.writable
  }
}

/** Hands on text, if there is any. */
function enqueue(controller, text) {
  if (text !== '') {
    controller.enqueue(text)
  }
}

export class TextDecoderStream {
  #decoder
  #transform

  constructor(label, options) {
    const decoder = new TextDecoder(label, options)
    this.#decoder = decoder
    this.#transform = new TransformStream({
      transform: (chunk, controller) => enqueue(controller, decoder.decode(chunk, { stream: true })),
      flush: (controller) => enqueue(controller, decoder.decode()),
    })
  }
  get encoding() {
    return this.#decoder.encoding
  }
  get readable() {
    return this.#transform.readable
  }
  get writable() {
    return this.#transform.writable
  }
}

/** Bytes through one of zlib's streams; nothing comes out before the end. */
function zipped(formats, format) {
  const transform = formats[`${format}`]
  if (transform === undefined) {
    throw new TypeError(`Unsupported compression format: '${format}'`)
  }
  const chunks = []
  return new TransformStream({
    transform(chunk) {
      if (!isBufferSource(chunk)) {
        throw new TypeError('A chunk must be bytes')
      }
      chunks.push(new Uint8ArrayIntrinsic(bytesOf(chunk)))
    },
    flush(controller) {
      try {
        controller.enqueue(new Uint8ArrayIntrinsic(transform(concat(chunks))))
      } catch (cause) {
        throw new TypeError('The compressed data is not valid', { cause })
      }
    },
  })
}

const zlib = () => require('../node/zlib.js').zlib

/** A class whose instances are a pair of streams made by `make`. */
const streamPair = (make) =>
  class {
    #pair
    constructor(format) {
      this.#pair = make(format)
    }
    get readable() {
      return this.#pair.readable
    }
    get writable() {
      return this.#pair.writable
    }
  }

export const CompressionStream = streamPair((format) =>
  zipped({ __proto__: null, gzip: zlib().gzipSync, deflate: zlib().deflateSync, 'deflate-raw': zlib().deflateRawSync }, format),
)
export const DecompressionStream = streamPair((format) =>
  zipped({ __proto__: null, gzip: zlib().gunzipSync, deflate: zlib().inflateSync, 'deflate-raw': zlib().inflateRawSync }, format),
)

webClass(CompressionStream, 'CompressionStream')
webClass(DecompressionStream, 'DecompressionStream')
inspectAs(ReadableStream, 'ReadableStream', ({ locked, _state: state }) => ({ locked, state }))
inspectAs(WritableStream, 'WritableStream', ({ locked, _state: state }) => ({ locked, state }))
inspectAs(TransformStream, 'TransformStream', ({ readable, writable }) => ({ readable, writable }))
webClass(TextDecoderStream, 'TextDecoderStream')
webClass(TextEncoderStream, 'TextEncoderStream')
