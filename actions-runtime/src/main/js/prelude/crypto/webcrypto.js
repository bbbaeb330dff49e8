// The global crypto.
import { CryptoKey } from './key.js'
import { getRandomValues, randomUUID } from './random.js'
import { SubtleCrypto, subtle } from './subtle.js'
import { own } from '../host/own.js'
import { webClass } from '../host/web-class.js'

const MAKE = Symbol('make')

export class Crypto {
  constructor(token) {
    if (token !== MAKE) {
      throw new TypeError('Illegal constructor')
    }
  }
  get subtle() {
    return subtle
  }
  getRandomValues(array) {
    return getRandomValues(array)
  }
  randomUUID() {
    return randomUUID()
  }
}

export const crypto = new Crypto(MAKE)

// An Action meets it only behind a getter.
own(() => subtle)

export { CryptoKey, SubtleCrypto }

webClass(Crypto, 'Crypto')
