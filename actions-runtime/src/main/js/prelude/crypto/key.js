// CryptoKey. The key itself travels as raw bytes (secret), SPKI (public) or PKCS #8 (private), in an
// ArrayBuffer that only this part of the prelude can reach.
import { invalidAccess, syntaxError } from './errors.js'
import { webClass } from '../host/web-class.js'

const MAKE = Symbol('make')

export class CryptoKey {
  #type
  #algorithm
  #extractable
  #usages
  #material
  #facts

  constructor(token, type, algorithm, extractable, usages, material) {
    if (token !== MAKE) {
      throw new TypeError('Illegal constructor')
    }
    this.#type = type
    this.#algorithm = algorithm
    this.#extractable = extractable
    this.#usages = usages
    this.#material = material
    // What operations go by, for guest code may write to the objects it is given.
    this.#facts = {
      name: algorithm.name,
      type,
      extractable,
      usages: [...usages],
      hash: algorithm.hash?.name,
      namedCurve: algorithm.namedCurve,
      length: algorithm.length,
    }
  }

  static material = (key) => key.#material
  static facts(key) {
    if (typeof key !== 'object' || key === null || !(#facts in key)) {
      throw new TypeError('The key must be a CryptoKey')
    }
    return key.#facts
  }
  static is = (value) => typeof value === 'object' && value !== null && #facts in value

  get type() {
    return this.#type
  }
  get algorithm() {
    return this.#algorithm
  }
  get extractable() {
    return this.#extractable
  }
  get usages() {
    return this.#usages
  }
}

export const { material, facts, is: isCryptoKey } = CryptoKey
for (const name of ['material', 'facts', 'is']) {
  delete CryptoKey[name]
}

const ALL_USAGES = ['encrypt', 'decrypt', 'sign', 'verify', 'deriveKey', 'deriveBits', 'wrapKey', 'unwrapKey']

/** Makes a key; `allowed` are the usages that a key of this type and algorithm may have. */
export function makeKey(type, algorithm, extractable, usages, allowed, buffer) {
  for (const usage of usages) {
    if (!allowed.includes(usage)) {
      throw syntaxError(`Unsupported key usage for ${algorithm.name}: ${usage}`)
    }
  }
  if (usages.length === 0 && type !== 'public') {
    throw syntaxError('Usages cannot be empty when importing or generating a key')
  }
  const ordered = ALL_USAGES.filter((usage) => usages.includes(usage))
  return new CryptoKey(MAKE, type, algorithm, Boolean(extractable), ordered, buffer)
}

/** The facts of a key, if it may be used for `usage` with the algorithm of that name. */
export function keyFor(key, name, usage) {
  const known = facts(key)
  if (known.name !== name) {
    throw invalidAccess(`The key is for ${known.name}, not ${name}`)
  }
  if (!known.usages.includes(usage)) {
    throw invalidAccess(`The key may not be used to ${usage}`)
  }
  return known
}

webClass(CryptoKey, 'CryptoKey', ({ type, extractable, algorithm, usages }) => ({ type, extractable, algorithm, usages }))
