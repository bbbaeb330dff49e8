// SubtleCrypto: finds the algorithm, checks the key, and leaves the work to the host. Nothing here
// waits, so every promise is settled when it is returned.
import {
  Uint8ArrayIntrinsic,
  arrayBufferLength,
  copyBytes,
  isBufferSource,
  jsonParse,
  jsonStringify,
} from '../host/intrinsics.js'
import { decodeUtf8, encodeUtf8 } from '../text/text-codec.js'
import { aes } from './aes.js'
import { derive } from './derive.js'
import { ec } from './ec.js'
import { dataError, invalidAccess, notSupported, operate, operationError } from './errors.js'
import { hashName } from './hash.js'
import { hmac } from './hmac.js'
import { facts, isCryptoKey, keyFor } from './key.js'
import { rsa } from './rsa.js'
import { webClass } from '../host/web-class.js'

const ALGORITHMS = { __proto__: null, ...hmac, ...rsa, ...ec, ...aes, ...derive }
const BY_LOWER_NAME = { __proto__: null }
for (const name of Object.keys(ALGORITHMS)) {
  BY_LOWER_NAME[name.toLowerCase()] = name
}

const MAKE = Symbol('make')

/** The algorithm's own name, its parameters, and its operations, if it has the one asked for. */
function find(algorithm, operation) {
  const params = typeof algorithm === 'object' && algorithm !== null ? algorithm : { name: algorithm }
  const given = params.name
  const name = BY_LOWER_NAME[`${given}`] ?? BY_LOWER_NAME[`${given}`.toLowerCase()]
  const methods = ALGORITHMS[name]
  if (methods?.[operation] === undefined) {
    throw notSupported(`Unrecognized algorithm name: ${given} does not support ${operation}`)
  }
  return { name, params, methods }
}

function input(data, what = 'data') {
  if (!isBufferSource(data)) {
    throw new TypeError(`The "${what}" argument must be an ArrayBuffer or a view of one`)
  }
  return copyBytes(data)
}

function usagesOf(usages) {
  if (!Array.isArray(usages)) {
    throw new TypeError('The key usages must be a list')
  }
  return [...usages]
}

function importAs(format, data, algorithm, extractable, usages) {
  const { params, methods } = find(algorithm, 'importKey')
  if (!['raw', 'spki', 'pkcs8', 'jwk'].includes(format)) {
    throw notSupported(`Unrecognized key format: ${format}`)
  }
  if (format !== 'jwk' && !isBufferSource(data)) {
    throw new TypeError('The key data must be an ArrayBuffer or a view of one')
  }
  return methods.importKey(format, data, params, Boolean(extractable), usagesOf(usages))
}

function exportAs(format, key) {
  const known = facts(key)
  if (!known.extractable) {
    throw invalidAccess('The key is not extractable')
  }
  const methods = ALGORITHMS[known.name]
  if (methods.exportKey === undefined) {
    throw notSupported(`${known.name} keys cannot be exported`)
  }
  const exported = methods.exportKey(format, key, known)
  return format === 'jwk' ? { ...exported, key_ops: [...known.usages], ext: true } : exported
}

function derived(algorithm, key, bits, usage) {
  const { name, params, methods } = find(algorithm, 'deriveBits')
  const known = keyFor(key, name, usage)
  if (name === 'PBKDF2' || name === 'HKDF') {
    if (!(Number.isInteger(bits) && bits > 0 && bits % 8 === 0)) {
      throw operationError('The length must be a multiple of 8')
    }
    return methods.deriveBits(params, key, known, bits)
  }
  const secret = methods.deriveBits(params, key, known)
  if (bits === null || bits === undefined) {
    return secret
  }
  if (bits > arrayBufferLength(secret) * 8) {
    throw operationError('The length is more than the shared secret has')
  }
  const bytes = new Uint8ArrayIntrinsic(secret).slice(0, Math.ceil(bits / 8))
  if (bits % 8 !== 0) {
    bytes[bytes.length - 1] &= 0xff << (8 - (bits % 8))
  }
  return copyBytes(bytes)
}

function wrapped(algorithm, key, bytes) {
  const direct = find(algorithm, ALGORITHMS[facts(key).name]?.wrap ? 'wrap' : 'encrypt')
  const known = keyFor(key, direct.name, 'wrapKey')
  return (direct.methods.wrap ?? direct.methods.encrypt)(direct.params, key, known, bytes)
}

function unwrapped(algorithm, key, bytes) {
  const direct = find(algorithm, ALGORITHMS[facts(key).name]?.unwrap ? 'unwrap' : 'decrypt')
  const known = keyFor(key, direct.name, 'unwrapKey')
  return (direct.methods.unwrap ?? direct.methods.decrypt)(direct.params, key, known, bytes)
}

function parseJwk(buffer) {
  try {
    return jsonParse(decodeUtf8(new Uint8ArrayIntrinsic(buffer)))
  } catch {
    throw dataError('The unwrapped key is not a JWK')
  }
}

export class SubtleCrypto {
  constructor(token) {
    if (token !== MAKE) {
      throw new TypeError('Illegal constructor')
    }
  }

  async digest(algorithm, data) {
    return operate('digest', hashName(algorithm), input(data))
  }

  async sign(algorithm, key, data) {
    const { name, params, methods } = find(algorithm, 'sign')
    return methods.sign(params, key, keyFor(key, name, 'sign'), input(data))
  }

  async verify(algorithm, key, signature, data) {
    const { name, params, methods } = find(algorithm, 'verify')
    const known = keyFor(key, name, 'verify')
    return methods.verify(params, key, known, input(signature, 'signature'), input(data))
  }

  async encrypt(algorithm, key, data) {
    const { name, params, methods } = find(algorithm, 'encrypt')
    return methods.encrypt(params, key, keyFor(key, name, 'encrypt'), input(data))
  }

  async decrypt(algorithm, key, data) {
    const { name, params, methods } = find(algorithm, 'decrypt')
    return methods.decrypt(params, key, keyFor(key, name, 'decrypt'), input(data))
  }

  async importKey(format, data, algorithm, extractable, usages) {
    return importAs(format, data, algorithm, extractable, usages)
  }

  async exportKey(format, key) {
    return exportAs(format, key)
  }

  async generateKey(algorithm, extractable, usages) {
    const { params, methods } = find(algorithm, 'generateKey')
    return methods.generateKey(params, Boolean(extractable), usagesOf(usages))
  }

  async deriveBits(algorithm, key, length) {
    return derived(algorithm, key, length, 'deriveBits')
  }

  async deriveKey(algorithm, key, derivedKeyType, extractable, usages) {
    const { params, methods } = find(derivedKeyType, 'keyLength')
    const bits = derived(algorithm, key, methods.keyLength(params), 'deriveKey')
    return importAs('raw', bits, derivedKeyType, extractable, usages)
  }

  async wrapKey(format, key, wrappingKey, algorithm) {
    const exported = exportAs(format, key)
    const bytes = format === 'jwk' ? copyBytes(encodeUtf8(jsonStringify(exported))) : exported
    return wrapped(algorithm, wrappingKey, bytes)
  }

  async unwrapKey(format, wrappedKey, unwrappingKey, algorithm, keyAlgorithm, extractable, usages) {
    const bytes = unwrapped(algorithm, unwrappingKey, input(wrappedKey, 'wrappedKey'))
    return importAs(format, format === 'jwk' ? parseJwk(bytes) : bytes, keyAlgorithm, extractable, usages)
  }
}

export const subtle = new SubtleCrypto(MAKE)

export { isCryptoKey }

webClass(SubtleCrypto, 'SubtleCrypto')
