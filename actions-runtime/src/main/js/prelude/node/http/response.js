// IncomingMessage: an answer, whose body is here as a whole when its head is.
import { Buffer } from '../buffer.js'
import { stream } from '../stream.js'
import { combine } from './headers.js'

/** What Node reads from a connection at once. */
const CHUNK = 65536

export class IncomingMessage extends stream.Readable {
  aborted = false
  complete = false
  httpVersion = '1.1'
  httpVersionMajor = 1
  httpVersionMinor = 1
  method = null
  trailers = {}
  rawTrailers = []
  url = ''
  #body
  #at = 0

  constructor(head, bytes, request) {
    super({ highWaterMark: CHUNK })
    this.statusCode = head.status
    this.statusMessage = head.statusText ?? ''
    this.rawHeaders = head.headers.flat()
    this.headers = combine(head.headers)
    this.req = request
    this.socket = request.socket
    this.connection = request.socket
    this.#body = bytes === null ? Buffer.alloc(0) : Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length)
  }

  get headersDistinct() {
    const distinct = { __proto__: null }
    for (let i = 0; i < this.rawHeaders.length; i += 2) {
      ;(distinct[this.rawHeaders[i].toLowerCase()] ??= []).push(this.rawHeaders[i + 1])
    }
    return distinct
  }

  _read() {
    if (this.#at < this.#body.length) {
      this.push(this.#body.subarray(this.#at, (this.#at += CHUNK)))
      return
    }
    this.complete = true
    this.push(null)
  }

  _destroy(error, done) {
    if (!this.complete) {
      this.aborted = true
      this.emit('aborted')
      this.req.destroy(error)
    }
    done(error)
  }

  setTimeout(_delay, callback) {
    if (callback) {
      this.on('timeout', callback)
    }
    return this
  }
}
