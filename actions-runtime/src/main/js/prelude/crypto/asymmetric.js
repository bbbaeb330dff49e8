// What key pairs have in common: SPKI and PKCS #8, and telling what is in them.
import { Uint8ArrayIntrinsic, copyBytes } from '../host/intrinsics.js'
import { dataError, invalidAccess, operate } from './errors.js'
import { material } from './key.js'

/**
 * Reads SPKI or PKCS #8 into the form that keys are kept in.
 *
 * @returns the type, the DER, and the words that describe it: `RSA 2048 AQAB`, `EC P-256`, `OKP Ed25519`
 */
export function readDer(format, data, expected) {
  const type = format === 'spki' ? 'public' : 'private'
  const der = operate(`${type}.normalize`, copyBytes(data))
  const described = operate(`${type}.describe`, der).split(' ')
  if (described[0] !== expected) {
    throw dataError(`The key is not a key for this algorithm`)
  }
  return { type, der, described }
}

/** A key's DER if the key is of the type that the format holds. */
export function writeDer(format, key, facts) {
  const type = format === 'pkcs8' ? 'private' : 'public'
  if (facts.type !== type) {
    throw invalidAccess(`A ${facts.type} key cannot be exported as ${format}`)
  }
  return copyBytes(material(key))
}

/** Splits what the host's generators answer: a length, the SPKI, the PKCS #8. */
export function splitPair(buffer) {
  const length = new DataView(buffer).getUint32(0)
  const bytes = new Uint8ArrayIntrinsic(buffer)
  return {
    publicDer: copyBytes(bytes.subarray(4, 4 + length)),
    privateDer: copyBytes(bytes.subarray(4 + length)),
  }
}
