// pbkdf2, hkdf and generateKeyPair
import { splitPair } from '../../crypto/asymmetric.js'
import { KeyObject, keyMaterial, makeKeyObject } from './key-object.js'
import { answer } from './sign.js'
import { dataBuffer, hashOf, invalidArgument, operate, output } from './support.js'

export const pbkdf2Sync = (password, salt, iterations, length, digest) =>
  output(operate('pbkdf2', hashOf(digest), `${iterations}`, `${length * 8}`, dataBuffer(password), dataBuffer(salt)))

export const pbkdf2 = (password, salt, iterations, length, digest, callback) =>
  answer(callback, () => pbkdf2Sync(password, salt, iterations, length, digest))

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
const OKP = { __proto__: null, ed25519: 'Ed25519', x25519: 'X25519' }

function generate(type, options) {
  if (type === 'rsa' || type === 'rsa-pss') {
    return operate('rsa.generate', `${options.modulusLength}`, 'AQAB')
  }
  if (type === 'ec') {
    return operate('ec.generate', CURVES[options.namedCurve] ?? `${options.namedCurve}`)
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

export function generateKeyPair(type, options, callback) {
  answer(
    (error, pair) => (error ? callback(error) : callback(null, pair.publicKey, pair.privateKey)),
    () => generateKeyPairSync(type, options),
  )
}
