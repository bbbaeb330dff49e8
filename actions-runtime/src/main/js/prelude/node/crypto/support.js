// What the parts of require('crypto') share.
import { hostCrypto } from '../../host/bridge.js'
import { copyBytes, isBufferSource } from '../../host/intrinsics.js'
import { Buffer } from '../buffer.js'

function toError(name, message) {
  const error = name === 'TypeError' ? new TypeError(message) : new Error(message)
  error.code = name === 'NotSupportedError' ? 'ERR_CRYPTO_UNSUPPORTED_OPERATION' : 'ERR_CRYPTO_OPERATION_FAILED'
  return error
}

export const operate = (op, ...args) => hostCrypto(toError, op, ...args)

export function invalidArgument(message) {
  const error = new TypeError(message)
  error.code = 'ERR_INVALID_ARG_TYPE'
  return error
}

/** A copy of text or bytes, for the host. */
export function dataBuffer(data, encoding) {
  if (typeof data === 'string') {
    return copyBytes(Buffer.from(data, encoding === 'buffer' ? 'utf8' : encoding))
  }
  if (!isBufferSource(data)) {
    throw invalidArgument('The data must be a string, a Buffer, a TypedArray or a DataView')
  }
  return copyBytes(data)
}

/** Bytes from the host as a Buffer, or as text in the encoding. */
export function output(buffer, encoding) {
  const bytes = Buffer.from(buffer)
  return encoding === undefined || encoding === null || encoding === 'buffer' ? bytes : bytes.toString(encoding)
}

const HASHES = {
  __proto__: null,
  md5: 'MD5',
  sha1: 'SHA-1',
  sha224: 'SHA-224',
  sha256: 'SHA-256',
  sha384: 'SHA-384',
  sha512: 'SHA-512',
  'sha512-224': 'SHA-512/224',
  'sha512-256': 'SHA-512/256',
  'sha3-224': 'SHA3-224',
  'sha3-256': 'SHA3-256',
  'sha3-384': 'SHA3-384',
  'sha3-512': 'SHA3-512',
}

export const hashNames = Object.keys(HASHES).flatMap((name) => [
  `RSA-${name.startsWith('sha3') ? name.toUpperCase() : name.toUpperCase().replace('-', '/')}`,
  name,
])

/** The host's name of a hash that may be written `sha256`, `SHA-256` or `RSA-SHA256`. */
export function hashOf(name, refusal = `Invalid digest: ${name}`) {
  const plain = `${name}`
    .toLowerCase()
    .replace(/^rsa-|^ssl3-|^ecdsa-with-|withrsaencryption$/, '')
    .replace(/^sha-/, 'sha')
    .replace('/', '-')
  const hash = HASHES[plain]
  if (hash === undefined) {
    throw Object.assign(new Error(refusal), { code: 'ERR_CRYPTO_INVALID_DIGEST' })
  }
  return hash
}

const SIZES = { MD5: 16, 'SHA-1': 20 }
/** Bytes of a digest; most names end in its bits. */
export const hashSize = (hash) => SIZES[hash] ?? Number(/\d+$/.exec(hash)[0]) / 8

/** Collects what `update` is given, for the host takes it in one piece. */
export class Chunks {
  #chunks = []

  add(data, encoding) {
    this.#chunks.push(Buffer.from(dataBuffer(data, encoding)))
  }
  take() {
    return copyBytes(this.#chunks.length === 1 ? this.#chunks[0] : Buffer.concat(this.#chunks))
  }
  copy() {
    const copy = new Chunks()
    copy.#chunks = [...this.#chunks]
    return copy
  }
}
