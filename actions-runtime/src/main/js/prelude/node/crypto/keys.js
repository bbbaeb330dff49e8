// createPublicKey, createPrivateKey, createSecretKey: reads PEM, DER and JWK.
import { isBufferSource } from '../../host/intrinsics.js'
import { Buffer } from '../buffer.js'
import { KeyObject, keyMaterial, makeKeyObject } from './key-object.js'
import { dataBuffer, invalidArgument, operate } from './support.js'
import { isCryptoKey } from '../../crypto/key.js'

const PEM = /-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/
const FROM_LABEL = {
  __proto__: null,
  'PUBLIC KEY': ['public', 'normalize'],
  'RSA PUBLIC KEY': ['public', 'fromPkcs1'],
  CERTIFICATE: ['public', 'fromCertificate'],
  'PRIVATE KEY': ['private', 'normalize'],
  'RSA PRIVATE KEY': ['private', 'fromPkcs1'],
  'EC PRIVATE KEY': ['private', 'fromSec1'],
}
const FROM_TYPE = {
  __proto__: null,
  spki: ['public', 'normalize'],
  pkcs8: ['private', 'normalize'],
  sec1: ['private', 'fromSec1'],
}

const unsupported = (message) => Object.assign(new Error(message), { code: 'ERR_OSSL_UNSUPPORTED' })

const read = ([type, form], der) => makeKeyObject(type, operate(`${type}.${form}`, der))

/** The key in an encrypted PKCS #8. */
function decrypted(der, passphrase) {
  if (passphrase === undefined || passphrase === null) {
    throw Object.assign(new TypeError('Passphrase required for encrypted key'), { code: 'ERR_MISSING_PASSPHRASE' })
  }
  const text = typeof passphrase === 'string' ? passphrase : Buffer.from(dataBuffer(passphrase)).toString()
  return makeKeyObject('private', operate('private.decrypt', text, der))
}

function fromPem(text, passphrase) {
  const match = PEM.exec(text)
  if (match === null) {
    throw unsupported('error:1E08010C:DECODER routines::unsupported')
  }
  if (match[1] === 'ENCRYPTED PRIVATE KEY') {
    return decrypted(dataBuffer(match[2], 'base64'), passphrase)
  }
  const form = FROM_LABEL[match[1]]
  if (form === undefined || /ENCRYPTED/.test(match[2])) {
    throw unsupported(`Keys in the form "${match[1]}" are not supported`)
  }
  return read(form, dataBuffer(match[2].replace(/\s+/g, ''), 'base64'))
}

function fromDer(bytes, type, wanted) {
  const form = type === 'pkcs1' ? [wanted, 'fromPkcs1'] : FROM_TYPE[type ?? (wanted === 'public' ? 'spki' : 'pkcs8')]
  if (form === undefined) {
    throw invalidArgument(`Unknown key type '${type}'`)
  }
  return read(form, dataBuffer(bytes))
}

const JWK_MEMBERS = {
  RSA: { public: ['n', 'e'], private: ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'] },
  EC: { public: ['x', 'y'], private: ['x', 'y', 'd'] },
  OKP: { public: ['x'], private: ['x', 'd'] },
}

function fromJwk(jwk) {
  const names = JWK_MEMBERS[jwk?.kty]
  if (names === undefined) {
    throw unsupported('Unsupported JWK key type')
  }
  const type = jwk.d === undefined ? 'public' : 'private'
  const values = names[type].map((name) => `${jwk[name]}`)
  const curve = jwk.kty === 'RSA' ? [] : [`${jwk.crv}`]
  return makeKeyObject(type, operate(`${jwk.kty.toLowerCase()}.${type}FromJwk`, ...curve, ...values))
}

/** Reads any form of a key pair's half; `wanted` decides how headless DER is read. */
export function readKey(input, wanted, passphrase) {
  if (input instanceof KeyObject) {
    return input
  }
  if (isCryptoKey(input)) {
    return KeyObject.from(input)
  }
  if (typeof input === 'string') {
    return fromPem(input, passphrase)
  }
  if (isBufferSource(input)) {
    return fromPem(Buffer.from(dataBuffer(input)).toString('latin1'), passphrase)
  }
  if (typeof input !== 'object' || input === null || input.key === undefined) {
    throw invalidArgument('The key must be PEM text, a Buffer, a KeyObject, a CryptoKey or an object with a key')
  }
  if (input.format === 'jwk') {
    return fromJwk(input.key)
  }
  if (input.format === 'der') {
    return fromDer(input.key, input.type, wanted)
  }
  const { key, encoding } = input
  return readKey(typeof key === 'string' && encoding ? Buffer.from(key, encoding) : key, wanted, input.passphrase)
}

export function createPublicKey(input) {
  const key = readKey(input, 'public')
  if (key.type === 'secret') {
    throw invalidArgument('A secret key has no public key')
  }
  return key.type === 'public' ? key : makeKeyObject('public', operate('public.fromPrivate', keyMaterial(key)))
}

export function createPrivateKey(input) {
  const key = readKey(input, 'private')
  if (key.type !== 'private') {
    throw unsupported('The key is not a private key')
  }
  return key
}

export const createSecretKey = (key, encoding) => makeKeyObject('secret', dataBuffer(key, encoding))
