// Blob and File: bytes that do not change, with a type.
import { Uint8ArrayIntrinsic, bytesOf, copyBytes, isBufferSource } from '../host/intrinsics.js'
import { decodeUtf8, encodeUtf8 } from '../text/text-codec.js'
import { webClass } from '../host/web-class.js'
import { ownOnce } from '../host/own.js'

function partBytes(part) {
  if (part instanceof Blob) {
    return blobBytes(part)
  }
  return isBufferSource(part) ? bytesOf(part) : encodeUtf8(`${part}`)
}

/** One array with the bytes of all. */
export function concat(arrays) {
  const all = new Uint8ArrayIntrinsic(arrays.reduce((sum, bytes) => sum + bytes.length, 0))
  let offset = 0
  for (const bytes of arrays) {
    all.set(bytes, offset)
    offset += bytes.length
  }
  return all
}

const bound = (index, size, fallback) => {
  const at = index === undefined ? fallback : Math.trunc(Number(index)) || 0
  return at < 0 ? Math.max(size + at, 0) : Math.min(at, size)
}

/** The streams, loaded when they are first asked for. */
export const streams = ownOnce(() => require('./streams.js'))

export class Blob {
  #bytes
  #type

  constructor(parts = [], options) {
    if (parts === null || typeof parts !== 'object' || typeof parts[Symbol.iterator] !== 'function') {
      throw new TypeError('The "parts" argument must be a list')
    }
    this.#bytes = concat([...parts].map(partBytes))
    const type = `${options?.type ?? ''}`
    this.#type = /[^\x20-\x7e]/.test(type) ? '' : type.toLowerCase()
  }

  static bytes = (blob) => blob.#bytes

  get size() {
    return this.#bytes.length
  }
  get type() {
    return this.#type
  }
  slice(start, end, type) {
    const { length } = this.#bytes
    const from = bound(start, length, 0)
    const to = Math.max(bound(end, length, length), from)
    return new Blob([this.#bytes.subarray(from, to)], { type })
  }
  async arrayBuffer() {
    return copyBytes(this.#bytes)
  }
  async bytes() {
    return new Uint8ArrayIntrinsic(this.#bytes)
  }
  async text() {
    return decodeUtf8(this.#bytes).replace(/^\ufeff/, '')
  }
  stream() {
    return streams().streamOf(this.#bytes)
  }
}

/** The blob's own bytes: to be read, not written. */
export const blobBytes = Blob.bytes
delete Blob.bytes

export class File extends Blob {
  #name
  #lastModified

  constructor(parts, name, options) {
    super(parts, options)
    this.#name = `${name}`
    this.#lastModified = options?.lastModified ?? Date.now()
  }

  get name() {
    return this.#name
  }
  get lastModified() {
    return this.#lastModified
  }
}

webClass(Blob, 'Blob', ({ size, type }) => ({ size, type }))
webClass(File, 'File', ({ size, type, name, lastModified }) => ({ size, type, name, lastModified }))
