// Web Streams, and the step between them and bytes. Loaded only when a stream is asked for.
import * as streams from 'web-streams-polyfill'
import { Uint8ArrayIntrinsic, bytesOf, getPrototypeOf, isBufferSource } from '../host/intrinsics.js'
import { own } from '../host/own.js'
import { TextDecoder, encodeUtf8 } from '../text/text-codec.js'
import { concat } from './blob.js'
import { webClass } from '../host/web-class.js'

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

// Met only by `for await` over a stream.
own(() => getPrototypeOf(new ReadableStream().values()))

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

export class TextDecoderStream {
  #decoder
  #transform

  constructor(label, options) {
    const decoder = new TextDecoder(label, options)
    this.#decoder = decoder
    this.#transform = new TransformStream({
      transform: (chunk, controller) => controller.enqueue(decoder.decode(chunk, { stream: true })),
      flush: (controller) => controller.enqueue(decoder.decode()),
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

webClass(TextDecoderStream, 'TextDecoderStream')
webClass(TextEncoderStream, 'TextEncoderStream')
