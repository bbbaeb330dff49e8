// RSASSA-PKCS1-v1_5, RSA-PSS and RSA-OAEP.
import { Uint8ArrayIntrinsic, bytesOf, copyBytes, isBufferSource } from '../host/intrinsics.js'
import { readDer, splitPair, writeDer } from './asymmetric.js'
import { fromBase64Url, toBase64Url } from './base64url.js'
import { notSupported, operate, operationError } from './errors.js'
import { hashName, hashSize } from './hash.js'
import { checkJwk, members, named } from './jwk.js'
import { makeKey, material } from './key.js'

const PUBLIC_MEMBERS = ['n', 'e']
const PRIVATE_MEMBERS = ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi']

const SIGNING = { public: ['verify'], private: ['sign'], use: 'sig' }
const ENCRYPTING = { public: ['encrypt', 'wrapKey'], private: ['decrypt', 'unwrapKey'], use: 'enc' }

const jwkAlg = {
  'RSASSA-PKCS1-v1_5': (size) => `RS${size}`,
  'RSA-PSS': (size) => `PS${size}`,
  'RSA-OAEP': (size) => (size === '1' ? 'RSA-OAEP' : `RSA-OAEP-${size}`),
}

/** Keys of one RSA algorithm. */
function rsaKeys(name, role) {
  const fromDer = (type, der, [, bits, exponent], hash, extractable, usages) => {
    const algorithm = {
      name,
      modulusLength: +bits,
      publicExponent: fromBase64Url(exponent),
      hash: { name: hash },
    }
    return makeKey(type, algorithm, extractable, usages, role[type], der)
  }
  const fromJwk = (jwk) => {
    if (jwk.oth !== undefined) {
      throw notSupported('RSA keys with more than two primes are not supported')
    }
    const type = jwk.d === undefined ? 'public' : 'private'
    const parts = members(jwk, type === 'public' ? PUBLIC_MEMBERS : PRIVATE_MEMBERS)
    const der = operate(`rsa.${type}FromJwk`, ...parts)
    return { type, der, described: operate(`${type}.describe`, der).split(' ') }
  }

  return {
    importKey(format, data, algorithm, extractable, usages) {
      const hash = hashName(algorithm.hash)
      if (format !== 'spki' && format !== 'pkcs8' && format !== 'jwk') {
        throw notSupported(`RSA keys cannot be imported as ${format}`)
      }
      if (format === 'jwk') {
        checkJwk(data, { kty: 'RSA', use: role.use, alg: jwkAlg[name](hashSize(hash)), extractable, usages })
      }
      const { type, der, described } = format === 'jwk' ? fromJwk(data) : readDer(format, data, 'RSA')
      return fromDer(type, der, described, hash, extractable, usages)
    },

    exportKey(format, key, facts) {
      if (format === 'spki' || format === 'pkcs8') {
        return writeDer(format, key, facts)
      }
      if (format !== 'jwk') {
        throw notSupported(`RSA keys cannot be exported as ${format}`)
      }
      const names = facts.type === 'public' ? PUBLIC_MEMBERS : PRIVATE_MEMBERS
      const alg = jwkAlg[name](hashSize(facts.hash))
      return { kty: 'RSA', alg, ...named(names, operate(`rsa.${facts.type}ToJwk`, material(key))) }
    },

    generateKey(algorithm, extractable, usages) {
      const hash = hashName(algorithm.hash)
      if (!isBufferSource(algorithm.publicExponent)) {
        throw new TypeError('algorithm.publicExponent must be a Uint8Array')
      }
      const exponent = toBase64Url(bytesOf(algorithm.publicExponent))
      const bits = `${algorithm.modulusLength}`
      const { publicDer, privateDer } = splitPair(operate('rsa.generate', bits, exponent))
      const described = ['RSA', bits, exponent]
      const usable = (type) => usages.filter((usage) => role[type].includes(usage))
      for (const usage of usages) {
        if (!role.public.includes(usage) && !role.private.includes(usage)) {
          makeKey('private', { name }, extractable, usages, role.private, null)
        }
      }
      return {
        publicKey: fromDer('public', publicDer, described, hash, true, usable('public')),
        privateKey: fromDer('private', privateDer, described, hash, extractable, usable('private')),
      }
    },
  }
}

const PKCS1 = 'pkcs1'
const PSS = 'pss'

function saltLength(algorithm) {
  const length = Number(algorithm.saltLength)
  if (!Number.isInteger(length) || length < 0) {
    throw operationError('algorithm.saltLength must be a length in bytes')
  }
  return `${length}`
}

const label = (algorithm) => copyBytes(algorithm.label ?? new Uint8ArrayIntrinsic(0))

export const rsa = {
  'RSASSA-PKCS1-v1_5': {
    ...rsaKeys('RSASSA-PKCS1-v1_5', SIGNING),
    sign: (_algorithm, key, facts, data) => operate('rsa.sign', PKCS1, facts.hash, '0', material(key), data),
    verify: (_algorithm, key, facts, signature, data) =>
      operate('rsa.verify', PKCS1, facts.hash, '0', material(key), signature, data),
  },
  'RSA-PSS': {
    ...rsaKeys('RSA-PSS', SIGNING),
    sign: (algorithm, key, facts, data) =>
      operate('rsa.sign', PSS, facts.hash, saltLength(algorithm), material(key), data),
    verify: (algorithm, key, facts, signature, data) =>
      operate('rsa.verify', PSS, facts.hash, saltLength(algorithm), material(key), signature, data),
  },
  'RSA-OAEP': {
    ...rsaKeys('RSA-OAEP', ENCRYPTING),
    encrypt: (algorithm, key, facts, data) =>
      operate('rsa.encrypt', facts.hash, material(key), data, label(algorithm)),
    decrypt: (algorithm, key, facts, data) =>
      operate('rsa.decrypt', facts.hash, material(key), data, label(algorithm)),
  },
}
