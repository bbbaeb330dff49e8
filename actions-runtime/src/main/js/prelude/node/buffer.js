// The buffer polyfill, with base64url, which it lacks.
import { Blob, File } from '../fetch/blob.js'
import { bytesOf } from '../host/intrinsics.js'
import { atob, btoa } from '../text/base64.js'

const polyfill = require('buffer/')

const { Buffer } = polyfill
const isBase64Url = (encoding) => typeof encoding === 'string' && encoding.toLowerCase() === 'base64url'
// The decoder reads both alphabets under the one name.
const known = (encoding) => (isBase64Url(encoding) ? 'base64' : encoding)

const { from, isEncoding, byteLength, alloc } = Buffer
const { equals, toString, write, fill, indexOf } = Buffer.prototype

/** Calls the polyfill, whose errors have no codes. */
function coded(code, call) {
  try {
    return call()
  } catch (error) {
    error.code ??= code
    throw error
  }
}

Buffer.from = (value, encodingOrOffset, length) =>
  coded('ERR_INVALID_ARG_TYPE', () => from(value, known(encodingOrOffset), length))
Buffer.alloc = (size, value, encoding) => coded('ERR_OUT_OF_RANGE', () => alloc(size, value, known(encoding)))
Buffer.copyBytesFrom = (view, offset = 0, length = view.length - offset) => {
  const part = view.subarray(offset, offset + length)
  return Buffer.from(bytesOf(part))
}
Buffer.isEncoding = (encoding) => isBase64Url(encoding) || isEncoding(encoding)
Buffer.byteLength = (value, encoding) =>
  typeof value === 'string' && isBase64Url(encoding)
    ? Math.floor((value.replace(/=+$/, '').length * 3) / 4)
    : byteLength(value, encoding)

Buffer.prototype.toString = function (encoding, start, end) {
  return isBase64Url(encoding)
    ? toString.call(this, 'base64', start, end).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
    : toString.call(this, encoding, start, end)
}
Buffer.prototype.equals = function (other) {
  return equals.call(this, other instanceof Uint8Array && !(other instanceof Buffer) ? from(other) : other)
}
Buffer.prototype.write = function (...args) {
  return write.apply(this, args.map(known))
}
Buffer.prototype.fill = function (value, offset, end, encoding) {
  return fill.call(this, value, known(offset), known(end), known(encoding))
}
Buffer.prototype.indexOf = function (value, offset, encoding) {
  return indexOf.call(this, value, known(offset), known(encoding))
}

// Methods of Node's that are not in its documentation and yet in use.
for (const encoding of ['ascii', 'base64', 'base64url', 'hex', 'latin1', 'ucs2', 'utf8']) {
  Buffer.prototype[`${encoding}Slice`] = function (start, end) {
    return this.toString(encoding, start, end)
  }
  Buffer.prototype[`${encoding}Write`] = function (text, offset = 0, length = this.length - offset) {
    return this.write(text, offset, length, encoding)
  }
}
for (const name of ['readBigUInt64BE', 'readBigUInt64LE', 'writeBigUInt64BE', 'writeBigUInt64LE']) {
  Buffer.prototype[name.replace('UInt', 'Uint')] = Buffer.prototype[name]
}

const MAX_STRING_LENGTH = 2 ** 29 - 24

function isUtf8(bytes) {
  try {
    new globalThis.TextDecoder('utf-8', { fatal: true }).decode(bytes)
    return true
  } catch {
    return false
  }
}

export { Buffer }

export const bufferModule = {
  ...polyfill,
  Blob,
  Buffer,
  File,
  atob,
  btoa,
  constants: { MAX_LENGTH: polyfill.kMaxLength, MAX_STRING_LENGTH },
  isAscii: (bytes) => bytesOf(bytes).every((byte) => byte < 0x80),
  isUtf8,
  kStringMaxLength: MAX_STRING_LENGTH,
  transcode: (bytes, from, to) => Buffer.from(Buffer.from(bytes).toString(from), to),
}
