// createHash and createHmac
import { Chunks, dataBuffer, hashOf, operate, output } from './support.js'
import { isCryptoKey } from '../../crypto/key.js'
import { KeyObject, keyMaterial } from './key-object.js'
import { streaming } from './streaming.js'

function alreadyCalled() {
  return Object.assign(new Error('Digest already called'), { code: 'ERR_CRYPTO_HASH_FINALIZED' })
}

export class Hash {
  #hash
  #chunks = new Chunks()
  #done = false

  constructor(algorithm) {
    this.#hash = hashOf(algorithm, 'Digest method not supported')
  }

  update(data, encoding) {
    if (this.#done) {
      throw alreadyCalled()
    }
    this.#chunks.add(data, encoding)
    return this
  }
  digest(encoding) {
    if (this.#done) {
      throw alreadyCalled()
    }
    this.#done = true
    return output(operate('digest', this.#hash, this.#chunks.take()), encoding)
  }
  copy() {
    const copy = new Hash(this.#hash)
    copy.#chunks = this.#chunks.copy()
    return copy
  }
}

export class Hmac {
  #hash
  #key
  #chunks = new Chunks()

  constructor(algorithm, key) {
    this.#hash = hashOf(algorithm)
    const secret = isCryptoKey(key) ? KeyObject.from(key) : key
    this.#key = secret instanceof KeyObject ? keyMaterial(secret) : dataBuffer(secret)
  }
  update(data, encoding) {
    this.#chunks.add(data, encoding)
    return this
  }
  digest(encoding) {
    return output(operate('hmac.sign', this.#hash, this.#key, this.#chunks.take()), encoding)
  }
}

streaming(Hash, (hash, chunk) => void hash.update(chunk), (hash) => hash.digest())
streaming(Hmac, (hmac, chunk) => void hmac.update(chunk), (hmac) => hmac.digest())

export const createHash = (algorithm) => new Hash(algorithm)
export const createHmac = (algorithm, key) => new Hmac(algorithm, key)
export const hash = (algorithm, data, encoding = 'hex') => new Hash(algorithm).update(data).digest(encoding)
