// PBKDF2 and HKDF.
import { copyBytes } from '../host/intrinsics.js'
import { notSupported, operate, syntaxError } from './errors.js'
import { hashName } from './hash.js'
import { makeKey, material } from './key.js'

const USAGES = ['deriveKey', 'deriveBits']

const secrets = (name) => ({
  importKey(format, data, _algorithm, extractable, usages) {
    if (format !== 'raw') {
      throw notSupported(`${name} keys cannot be imported as ${format}`)
    }
    if (extractable) {
      throw syntaxError(`${name} keys cannot be extractable`)
    }
    return makeKey('secret', { name }, false, usages, USAGES, copyBytes(data))
  },
  keyLength: () => null,
})

export const derive = {
  PBKDF2: {
    ...secrets('PBKDF2'),
    deriveBits: (algorithm, key, _facts, bits) =>
      operate(
        'pbkdf2',
        hashName(algorithm.hash),
        `${algorithm.iterations}`,
        `${bits}`,
        material(key),
        copyBytes(algorithm.salt),
      ),
  },
  HKDF: {
    ...secrets('HKDF'),
    deriveBits: (algorithm, key, _facts, bits) =>
      operate(
        'hkdf',
        hashName(algorithm.hash),
        `${bits}`,
        material(key),
        copyBytes(algorithm.salt),
        copyBytes(algorithm.info),
      ),
  },
}
