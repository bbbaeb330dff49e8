// pbkdf2, scrypt, hkdf, generateKey and generateKeyPair
import { copyBytes } from '../../host/intrinsics.js'
import { splitPair } from '../../crypto/asymmetric.js'
import { randomArray } from '../../crypto/random.js'
import { KeyObject, keyMaterial, makeKeyObject } from './key-object.js'
import { answer } from './sign.js'
import { dataBuffer, hashOf, invalidArgument, operate, output } from './support.js'

export const pbkdf2Sync = (password, salt, iterations, length, digest) =>
  output(operate('pbkdf2', hashOf(digest), `${iterations}`, `${length * 8}`, dataBuffer(password), dataBuffer(salt)))

export const pbkdf2 = (password, salt, iterations, length, digest, callback) =>
  answer(callback, () => pbkdf2Sync(password, salt, iterations, length, digest))

const SCRYPT_MEMORY = 32 * 1024 * 1024

export function scryptSync(password, salt, length, options = {}) {
  const cost = options.N ?? options.cost ?? 16384
  const blockSize = options.r ?? options.blockSize ?? 8
  const parallel = options.p ?? options.parallelization ?? 1
  const invalid = (message) =>
    Object.assign(new RangeError(`Invalid scrypt params: ${message}`), { code: 'ERR_CRYPTO_INVALID_SCRYPT_PARAMS' })
  if (!(cost > 1 && Number.isInteger(Math.log2(cost)))) {
    throw invalid('the cost must be a power of two')
  }
  if (128 * cost * blockSize > (options.maxmem ?? SCRYPT_MEMORY)) {
    throw invalid('memory limit exceeded')
  }
  return length === 0
    ? output(new ArrayBuffer(0))
    : output(operate('scrypt', `${cost}`, `${blockSize}`, `${parallel}`, `${length}`, dataBuffer(password), dataBuffer(salt)))
}

export function scrypt(password, salt, length, ...rest) {
  const callback = rest.pop()
  answer(callback, () => scryptSync(password, salt, length, rest[0]))
}

const keyBytes = (key) => (key instanceof KeyObject ? keyMaterial(key) : dataBuffer(key))

export const hkdfSync = (digest, key, salt, info, length) =>
  operate('hkdf', hashOf(digest), `${length * 8}`, keyBytes(key), dataBuffer(salt), dataBuffer(info))

export const hkdf = (digest, key, salt, info, length, callback) =>
  answer(callback, () => hkdfSync(digest, key, salt, info, length))

const CURVES = {
  __proto__: null,
  prime256v1: 'P-256',
  'P-256': 'P-256',
  secp384r1: 'P-384',
  'P-384': 'P-384',
  secp521r1: 'P-521',
  'P-521': 'P-521',
}
/** The host's name of a curve; its own if there is no other. */
export const curveNamed = (name) => CURVES[name] ?? `${name}`

const OKP = { __proto__: null, ed25519: 'Ed25519', x25519: 'X25519' }

function generate(type, options) {
  if (type === 'rsa' || type === 'rsa-pss') {
    return operate('rsa.generate', `${options.modulusLength}`, 'AQAB')
  }
  if (type === 'ec') {
    return operate('ec.generate', curveNamed(options.namedCurve))
  }
  if (OKP[type] === undefined) {
    throw invalidArgument(`Unknown key type '${type}'`)
  }
  return operate('okp.generate', OKP[type])
}

export function generateKeyPairSync(type, options = {}) {
  const { publicDer, privateDer } = splitPair(generate(type, options))
  const form = (key, encoding) => (encoding === undefined ? key : key.export(encoding))
  return {
    publicKey: form(makeKeyObject('public', publicDer), options.publicKeyEncoding),
    privateKey: form(makeKeyObject('private', privateDer), options.privateKeyEncoding),
  }
}

export function generateKeySync(type, { length } = {}) {
  if (type !== 'hmac' && type !== 'aes') {
    throw invalidArgument(`Unknown key type '${type}'`)
  }
  if (!(type === 'aes' ? [128, 192, 256].includes(length) : length >= 8 && length <= 1 << 20)) {
    throw Object.assign(new RangeError('The length of the key is out of range'), { code: 'ERR_OUT_OF_RANGE' })
  }
  return makeKeyObject('secret', copyBytes(randomArray(Math.floor(length / 8))))
}

export const generateKey = (type, options, callback) => answer(callback, () => generateKeySync(type, options))

export function generateKeyPair(type, options, callback) {
  answer(
    (error, pair) => (error ? callback(error) : callback(null, pair.publicKey, pair.privateKey)),
    () => generateKeyPairSync(type, options),
  )
}

// What `util.promisify` makes of it gives both keys.
const PROMISIFIED = Symbol.for('nodejs.util.promisify.custom')
const promisedKeyPair = async (type, options) => generateKeyPairSync(type, options)
for (const callable of [generateKeyPair, promisedKeyPair]) {
  Object.defineProperty(callable, PROMISIFIED, { value: promisedKeyPair, configurable: true })
}
