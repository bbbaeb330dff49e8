// HMAC keys and signatures.
import { Uint8ArrayIntrinsic, arrayBufferLength, copyBytes } from '../host/intrinsics.js'
import { fromBase64Url, toBase64Url } from './base64url.js'
import { dataError, notSupported, operate } from './errors.js'
import { blockBits, hashName, hashSize } from './hash.js'
import { checkJwk } from './jwk.js'
import { makeKey, material } from './key.js'
import { randomArray } from './random.js'

const USAGES = ['sign', 'verify']

function secretKey(buffer, hash, length, extractable, usages) {
  const bits = arrayBufferLength(buffer) * 8
  const wanted = length ?? bits
  if (bits === 0 || wanted > bits || wanted <= bits - 8) {
    throw dataError('The length of the HMAC key is not what was asked for')
  }
  return makeKey('secret', { name: 'HMAC', hash: { name: hash }, length: wanted }, extractable, usages, USAGES, buffer)
}

export const hmac = {
  HMAC: {
    importKey(format, data, algorithm, extractable, usages) {
      const hash = hashName(algorithm.hash)
      if (format === 'raw') {
        return secretKey(copyBytes(data), hash, algorithm.length, extractable, usages)
      }
      if (format !== 'jwk') {
        throw notSupported(`HMAC keys cannot be imported as ${format}`)
      }
      checkJwk(data, { kty: 'oct', use: 'sig', alg: `HS${hashSize(hash)}`, extractable, usages })
      return secretKey(copyBytes(fromBase64Url(data.k)), hash, algorithm.length, extractable, usages)
    },

    exportKey(format, key, facts) {
      if (format === 'raw') {
        return copyBytes(material(key))
      }
      if (format !== 'jwk') {
        throw notSupported(`HMAC keys cannot be exported as ${format}`)
      }
      return { kty: 'oct', alg: `HS${hashSize(facts.hash)}`, k: toBase64Url(new Uint8ArrayIntrinsic(material(key))) }
    },

    generateKey(algorithm, extractable, usages) {
      const hash = hashName(algorithm.hash)
      const length = algorithm.length ?? blockBits(hash)
      if (!(length > 0 && length <= 1 << 16)) {
        throw notSupported('The length of an HMAC key must be between 1 and 65536 bits')
      }
      return secretKey(copyBytes(randomArray(Math.ceil(length / 8))), hash, length, extractable, usages)
    },

    keyLength: (algorithm) => algorithm.length ?? blockBits(hashName(algorithm.hash)),

    sign: (_algorithm, key, facts, data) => operate('hmac.sign', facts.hash, material(key), data),

    verify: (_algorithm, key, facts, signature, data) =>
      operate('hmac.verify', facts.hash, material(key), signature, data),
  },
}
