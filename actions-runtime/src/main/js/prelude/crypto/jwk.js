// The checks on a JWK that do not depend on the algorithm.
import { dataError } from './errors.js'

/** Checks `kty`, `use`, `key_ops`, `ext` and `alg` against what the caller asks for. */
export function checkJwk(jwk, { kty, use, alg, extractable, usages }) {
  if (typeof jwk !== 'object' || jwk === null) {
    throw new TypeError('A JWK must be an object')
  }
  if (jwk.kty !== kty) {
    throw dataError(`JWK "kty" must be "${kty}"`)
  }
  if (usages.length > 0 && jwk.use !== undefined && jwk.use !== use) {
    throw dataError(`JWK "use" must be "${use}"`)
  }
  if (jwk.key_ops !== undefined) {
    if (!Array.isArray(jwk.key_ops) || new Set(jwk.key_ops).size !== jwk.key_ops.length) {
      throw dataError('JWK "key_ops" must be a list without duplicates')
    }
    if (!usages.every((usage) => jwk.key_ops.includes(usage))) {
      throw dataError('JWK "key_ops" does not allow the requested usages')
    }
  }
  if (jwk.ext === false && extractable) {
    throw dataError('JWK "ext" does not allow an extractable key')
  }
  if (alg !== undefined && jwk.alg !== undefined && jwk.alg !== alg) {
    throw dataError(`JWK "alg" must be "${alg}"`)
  }
}

/** Takes members that must be strings, in order. */
export const members = (jwk, names) =>
  names.map((name) => {
    if (typeof jwk[name] !== 'string') {
      throw dataError(`JWK "${name}" must be a string`)
    }
    return jwk[name]
  })

/** Pairs the dot-separated members of a host answer with their names. */
export function named(names, joined) {
  const parts = joined.split('.')
  return Object.fromEntries(names.map((name, i) => [name, parts[i]]))
}
