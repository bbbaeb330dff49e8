// The buffer polyfill, with base64url, which it lacks.
import { Blob, File } from '../fetch/blob.js'
import { atob, btoa } from '../text/base64.js'

const polyfill = require('buffer/')

const { Buffer } = polyfill
const isBase64Url = (encoding) => typeof encoding === 'string' && encoding.toLowerCase() === 'base64url'
// The decoder reads both alphabets under the one name.
const known = (encoding) => (isBase64Url(encoding) ? 'base64' : encoding)

const { from, isEncoding, byteLength, alloc } = Buffer
const { toString, write, fill, indexOf } = Buffer.prototype

Buffer.from = (value, encodingOrOffset, length) => from(value, known(encodingOrOffset), length)
Buffer.alloc = (size, value, encoding) => alloc(size, value, known(encoding))
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
Buffer.prototype.write = function (...args) {
  return write.apply(this, args.map(known))
}
Buffer.prototype.fill = function (value, offset, end, encoding) {
  return fill.call(this, value, known(offset), known(end), known(encoding))
}
Buffer.prototype.indexOf = function (value, offset, encoding) {
  return indexOf.call(this, value, known(offset), known(encoding))
}

export { Buffer }

export const bufferModule = {
  ...polyfill,
  Blob,
  Buffer,
  File,
  atob,
  btoa,
  constants: { MAX_LENGTH: polyfill.kMaxLength, MAX_STRING_LENGTH: 2 ** 29 - 24 },
}
