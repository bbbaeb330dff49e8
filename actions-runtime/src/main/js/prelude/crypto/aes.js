// AES-GCM, AES-CBC, AES-CTR and AES-KW.
import { Uint8ArrayIntrinsic, arrayBufferLength, copyBytes, isBufferSource } from '../host/intrinsics.js'
import { fromBase64Url, toBase64Url } from './base64url.js'
import { dataError, notSupported, operate, operationError } from './errors.js'
import { checkJwk } from './jwk.js'
import { makeKey, material } from './key.js'
import { randomArray } from './random.js'

const CIPHER = ['encrypt', 'decrypt', 'wrapKey', 'unwrapKey']
const LENGTHS = [128, 192, 256]

function aesKeys(name, usagesAllowed) {
  const suffix = name.slice(4)
  const make = (buffer, extractable, usages) => {
    const length = arrayBufferLength(buffer) * 8
    if (!LENGTHS.includes(length)) {
      throw dataError('An AES key has 128, 192 or 256 bits')
    }
    return makeKey('secret', { name, length }, extractable, usages, usagesAllowed, buffer)
  }
  const keyLength = ({ length }) => {
    if (!LENGTHS.includes(length)) {
      throw operationError('An AES key has 128, 192 or 256 bits')
    }
    return length
  }

  return {
    keyLength,
    importKey(format, data, _algorithm, extractable, usages) {
      if (format === 'raw') {
        return make(copyBytes(data), extractable, usages)
      }
      if (format !== 'jwk') {
        throw notSupported(`AES keys cannot be imported as ${format}`)
      }
      const bytes = fromBase64Url(data?.k)
      checkJwk(data, { kty: 'oct', use: 'enc', alg: `A${bytes.length * 8}${suffix}`, extractable, usages })
      return make(copyBytes(bytes), extractable, usages)
    },
    exportKey(format, key, facts) {
      if (format === 'raw') {
        return copyBytes(material(key))
      }
      if (format !== 'jwk') {
        throw notSupported(`AES keys cannot be exported as ${format}`)
      }
      return { kty: 'oct', alg: `A${facts.length}${suffix}`, k: toBase64Url(new Uint8ArrayIntrinsic(material(key))) }
    },
    generateKey: (algorithm, extractable, usages) =>
      make(copyBytes(randomArray(keyLength(algorithm) / 8)), extractable, usages),
  }
}

function parameter(value, name) {
  if (!isBufferSource(value)) {
    throw new TypeError(`algorithm.${name} must be an ArrayBuffer or a view of one`)
  }
  return copyBytes(value)
}

/** A cipher whose host operation takes a number and a nonce. */
const cipher = (name, number, nonce, extra) => ({
  ...aesKeys(name, CIPHER),
  encrypt: (algorithm, key, _facts, data) =>
    operate('aes.encrypt', name, number(algorithm), material(key), nonce(algorithm), data, ...extra(algorithm)),
  decrypt: (algorithm, key, _facts, data) =>
    operate('aes.decrypt', name, number(algorithm), material(key), nonce(algorithm), data, ...extra(algorithm)),
})

const iv = (algorithm) => parameter(algorithm.iv, 'iv')
const none = () => []

export const aes = {
  'AES-GCM': cipher(
    'AES-GCM',
    (algorithm) => `${algorithm.tagLength ?? 128}`,
    iv,
    (algorithm) =>
      algorithm.additionalData === undefined ? [] : [parameter(algorithm.additionalData, 'additionalData')],
  ),
  'AES-CBC': cipher('AES-CBC', () => '0', iv, none),
  'AES-CTR': cipher(
    'AES-CTR',
    (algorithm) => `${algorithm.length}`,
    (algorithm) => parameter(algorithm.counter, 'counter'),
    none,
  ),
  'AES-KW': {
    ...aesKeys('AES-KW', ['wrapKey', 'unwrapKey']),
    wrap: (_algorithm, key, _facts, data) => operate('aes.wrap', material(key), data),
    unwrap: (_algorithm, key, _facts, data) => operate('aes.unwrap', material(key), data),
  },
}
