// ECDSA and ECDH on the NIST curves, Ed25519 and X25519: keys on curves.
import { copyBytes } from '../host/intrinsics.js'
import { readDer, splitPair, writeDer } from './asymmetric.js'
import { dataError, invalidAccess, notSupported, operate } from './errors.js'
import { hashName } from './hash.js'
import { checkJwk, members, named } from './jwk.js'
import { facts as factsOf, makeKey, material } from './key.js'

const NIST = ['P-256', 'P-384', 'P-521']
const SIGNING = { public: ['verify'], private: ['sign'], use: 'sig' }
const AGREEING = { public: [], private: ['deriveKey', 'deriveBits'], use: 'enc' }

/** JWK type, host operations, and members of a public and a private key. */
const EC = { kty: 'EC', host: 'ec', public: ['x', 'y'], private: ['x', 'y', 'd'] }
const OKP = { kty: 'OKP', host: 'okp', public: ['x'], private: ['x', 'd'] }

const JWK_ALG = { 'P-256': 'ES256', 'P-384': 'ES384', 'P-521': 'ES512' }

/** Keys of one algorithm on curves; `fixedCurve` where the algorithm's name says the curve. */
function curveKeys(name, family, role, fixedCurve) {
  const make = (type, der, curve, extractable, usages) =>
    makeKey(type, fixedCurve ? { name } : { name, namedCurve: curve }, extractable, usages, role[type], der)

  const curveOf = (algorithm) => {
    const curve = fixedCurve ?? `${algorithm.namedCurve}`
    if (!fixedCurve && !NIST.includes(curve)) {
      throw notSupported(`Unrecognized namedCurve: ${curve}`)
    }
    return curve
  }

  const fromJwk = (jwk, curve, extractable, usages) => {
    const alg = name === 'ECDSA' ? JWK_ALG[curve] : undefined
    checkJwk(jwk, { kty: family.kty, use: role.use, alg, extractable, usages })
    if (name === 'Ed25519' && jwk.alg !== undefined && jwk.alg !== 'EdDSA' && jwk.alg !== 'Ed25519') {
      throw dataError('JWK "alg" must be "Ed25519" or "EdDSA"')
    }
    if (jwk.crv !== curve) {
      throw dataError(`JWK "crv" must be "${curve}"`)
    }
    const type = jwk.d === undefined ? 'public' : 'private'
    return { type, der: operate(`${family.host}.${type}FromJwk`, curve, ...members(jwk, family[type])) }
  }

  return {
    importKey(format, data, algorithm, extractable, usages) {
      const curve = curveOf(algorithm)
      if (format === 'jwk') {
        const { type, der } = fromJwk(data, curve, extractable, usages)
        return make(type, der, curve, extractable, usages)
      }
      if (format === 'raw') {
        const der = operate(`${family.host}.fromRaw`, curve, copyBytes(data))
        return make('public', der, curve, extractable, usages)
      }
      if (format !== 'spki' && format !== 'pkcs8') {
        throw notSupported(`${name} keys cannot be imported as ${format}`)
      }
      const { type, der, described } = readDer(format, data, family.kty)
      if (described[1] !== curve) {
        throw dataError(`The key is on ${described[1]}, not ${curve}`)
      }
      return make(type, der, curve, extractable, usages)
    },

    exportKey(format, key, facts) {
      if (format === 'spki' || format === 'pkcs8') {
        return writeDer(format, key, facts)
      }
      if (format === 'raw') {
        return operate(`${family.host}.toRaw`, writeDer('raw', key, facts))
      }
      const crv = fixedCurve ?? facts.namedCurve
      const parts = operate(`${family.host}.${facts.type}ToJwk`, material(key))
      return { kty: family.kty, crv, ...named(family[facts.type], parts) }
    },

    generateKey(algorithm, extractable, usages) {
      const curve = curveOf(algorithm)
      const { publicDer, privateDer } = splitPair(operate(`${family.host}.generate`, curve))
      const publicUsages = usages.filter((usage) => role.public.includes(usage))
      const privateUsages = usages.filter((usage) => !publicUsages.includes(usage))
      return {
        publicKey: make('public', publicDer, curve, true, publicUsages),
        privateKey: make('private', privateDer, curve, extractable, privateUsages),
      }
    },
  }
}

/** Key agreement: the shared secret of our private and their public key. */
function agree(host) {
  return (algorithm, key, facts) => {
    const theirs = factsOf(algorithm.public)
    if (theirs.type !== 'public' || theirs.name !== facts.name || theirs.namedCurve !== facts.namedCurve) {
      throw invalidAccess('algorithm.public must be a public key on the same curve')
    }
    return operate(`${host}.derive`, material(key), material(algorithm.public))
  }
}

const P1363 = 'p1363'

export const ec = {
  ECDSA: {
    ...curveKeys('ECDSA', EC, SIGNING),
    sign: (algorithm, key, _facts, data) =>
      operate('ec.sign', hashName(algorithm.hash), P1363, material(key), data),
    verify: (algorithm, key, _facts, signature, data) =>
      operate('ec.verify', hashName(algorithm.hash), P1363, material(key), signature, data),
  },
  ECDH: { ...curveKeys('ECDH', EC, AGREEING), deriveBits: agree('ec') },
  Ed25519: {
    ...curveKeys('Ed25519', OKP, SIGNING, 'Ed25519'),
    sign: (_algorithm, key, _facts, data) => operate('okp.sign', material(key), data),
    verify: (_algorithm, key, _facts, signature, data) =>
      operate('okp.verify', material(key), signature, data),
  },
  X25519: { ...curveKeys('X25519', OKP, AGREEING, 'X25519'), deriveBits: agree('okp') },
}
