// What Request and Response have in common: a body that is read once. Bodies are held whole, since
// the host exchanges them whole; streams exist for code that insists on them.
import { copyBytes, bytesOf, isBufferSource, jsonParse, Uint8ArrayIntrinsic } from '../host/intrinsics.js'
import { decodeUtf8, encodeUtf8 } from '../text/text-codec.js'
import { Blob, blobBytes, streams } from './blob.js'
import { FormData, decodeMultipart, encodeMultipart } from './form-data.js'

// Asked before the stream polyfill is loaded, so by shape.
const looksLikeStream = (value) =>
  typeof value === 'object' && value !== null && typeof value.getReader === 'function'

/** Reads a body argument: `{bytes, type}`, or `{stream}`. */
function extract(init) {
  if (typeof init === 'string') {
    return { bytes: encodeUtf8(init), type: 'text/plain;charset=UTF-8' }
  }
  if (isBufferSource(init)) {
    return { bytes: new Uint8ArrayIntrinsic(bytesOf(init)) }
  }
  if (init instanceof Blob) {
    return { bytes: blobBytes(init), type: init.type || undefined }
  }
  if (init instanceof FormData) {
    return encodeMultipart(init)
  }
  if (init instanceof globalThis.URLSearchParams) {
    return { bytes: encodeUtf8(`${init}`), type: 'application/x-www-form-urlencoded;charset=UTF-8' }
  }
  if (looksLikeStream(init)) {
    return { stream: init }
  }
  // Like Node, and unlike browsers: a stream of Node's, or any other list that is made while it is read.
  if (typeof init === 'object' && typeof init[Symbol.asyncIterator] === 'function') {
    return { stream: streams().ReadableStream.from(init) }
  }
  return { bytes: encodeUtf8(`${init}`), type: 'text/plain;charset=UTF-8' }
}

export class Body {
  #bytes = null
  #stream = null
  #used = false

  /** Sets the body and, unless the headers name one, its content type. */
  static fill(body, init, headers) {
    if (init === null || init === undefined) {
      return
    }
    const { bytes = null, stream = null, type } = extract(init)
    body.#bytes = bytes
    body.#stream = stream
    if (type !== undefined && !headers.has('content-type')) {
      headers.set('content-type', type)
    }
  }

  /** Takes the bytes that came from the host, without a copy. */
  static fillBytes(body, bytes) {
    body.#bytes = bytes
  }

  static async take(body) {
    if (body.bodyUsed || body.#stream?.locked) {
      throw new TypeError('Body is unusable: Body has already been read')
    }
    body.#used = body.#bytes !== null || body.#stream !== null
    return body.#stream === null ? body.#bytes ?? new Uint8ArrayIntrinsic(0) : streams().drain(body.#stream)
  }

  static copy(from, to) {
    if (from.bodyUsed || from.#stream?.locked) {
      throw new TypeError('Body is unusable: Body has already been read')
    }
    to.#bytes = from.#bytes
    if (from.#stream !== null) {
      ;[from.#stream, to.#stream] = from.#stream.tee()
      from.#bytes = null
      to.#bytes = null
    }
  }

  static isEmpty = (body) => body.#bytes === null && body.#stream === null

  get body() {
    if (this.#stream === null && this.#bytes !== null) {
      this.#stream = streams().streamOf(this.#used ? new Uint8ArrayIntrinsic(0) : this.#bytes)
    }
    return this.#stream
  }
  get bodyUsed() {
    return this.#used || Boolean(this.#stream?._disturbed)
  }

  async arrayBuffer() {
    return copyBytes(await take(this))
  }
  async bytes() {
    return new Uint8ArrayIntrinsic(await take(this))
  }
  async blob() {
    return new Blob([await take(this)], { type: this.headers.get('content-type') ?? '' })
  }
  async text() {
    const text = decodeUtf8(await take(this))
    return text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  }
  async json() {
    return jsonParse(await this.text())
  }
  async formData() {
    const type = this.headers.get('content-type') ?? ''
    if (/^multipart\/form-data/i.test(type)) {
      return decodeMultipart(await take(this), type)
    }
    if (!/^application\/x-www-form-urlencoded/i.test(type)) {
      throw new TypeError('The body is not form data')
    }
    const form = new FormData()
    for (const [name, value] of new globalThis.URLSearchParams(await this.text())) {
      form.append(name, value)
    }
    return form
  }
}

// For the prelude only: guest code finds none of these on the classes it sees.
export const { fill, fillBytes, take, copy, isEmpty } = Body
for (const name of ['fill', 'fillBytes', 'take', 'copy', 'isEmpty']) {
  delete Body[name]
}
