// createCipheriv and createDecipheriv for AES, publicEncrypt and privateDecrypt with OAEP. Output
// comes with `final`, for the host works on the whole message.
import { arrayBufferLength, copyBytes } from '../../host/intrinsics.js'
import { own } from '../../host/own.js'
import { Buffer } from '../buffer.js'
import { createPrivateKey, createPublicKey } from './keys.js'
import { KeyObject, keyMaterial } from './key-object.js'
import { Chunks, dataBuffer, hashOf, operate, output } from './support.js'

const TAG_BYTES = 16

function modeOf(name, key) {
  const match = /^(?:id-)?aes-?(128|192|256)-(gcm|cbc|ctr)$/i.exec(name)
  if (match === null) {
    throw Object.assign(new Error(`Unknown cipher: ${name}`), { code: 'ERR_CRYPTO_UNKNOWN_CIPHER' })
  }
  if (arrayBufferLength(key) * 8 !== Number(match[1])) {
    throw Object.assign(new RangeError('Invalid key length'), { code: 'ERR_CRYPTO_INVALID_KEYLEN' })
  }
  return `AES-${match[2].toUpperCase()}`
}

class Cipher {
  #mode
  #key
  #iv
  #encrypting
  #chunks = new Chunks()
  #additional
  #tag

  constructor(name, key, iv, encrypting) {
    this.#key = key instanceof KeyObject ? keyMaterial(key) : dataBuffer(key)
    this.#mode = modeOf(name, this.#key)
    this.#iv = dataBuffer(iv)
    this.#encrypting = encrypting
  }
  setAAD(data) {
    this.#additional = dataBuffer(data)
    return this
  }
  setAuthTag(tag) {
    this.#tag = Buffer.from(dataBuffer(tag))
    return this
  }
  getAuthTag() {
    if (!this.#encrypting || this.#tag === undefined) {
      throw Object.assign(new Error('Invalid state for operation getAuthTag'), { code: 'ERR_CRYPTO_INVALID_STATE' })
    }
    return this.#tag
  }
  setAutoPadding() {
    return this
  }
  update(data, inputEncoding, outputEncoding) {
    this.#chunks.add(data, inputEncoding)
    return output(new ArrayBuffer(0), outputEncoding)
  }
  final(encoding) {
    const gcm = this.#mode === 'AES-GCM'
    const number = gcm ? '128' : this.#mode === 'AES-CTR' ? '128' : '0'
    let data = this.#chunks.take()
    if (gcm && !this.#encrypting) {
      if (this.#tag?.length !== TAG_BYTES) {
        throw new Error('Unsupported state or unable to authenticate data')
      }
      data = copyBytes(Buffer.concat([Buffer.from(data), this.#tag]))
    }
    const op = this.#encrypting ? 'aes.encrypt' : 'aes.decrypt'
    const extra = gcm && this.#additional !== undefined ? [this.#additional] : []
    const result = Buffer.from(operate(op, this.#mode, number, this.#key, this.#iv, data, ...extra))
    if (!gcm || !this.#encrypting) {
      return output(result, encoding)
    }
    this.#tag = result.subarray(result.length - TAG_BYTES)
    return output(result.subarray(0, result.length - TAG_BYTES), encoding)
  }
}

// An Action meets it only behind what these return.
own(() => Cipher.prototype)

export const createCipheriv = (name, key, iv) => new Cipher(name, key, iv, true)
export const createDecipheriv = (name, key, iv) => new Cipher(name, key, iv, false)

function oaep(input) {
  if (input?.padding !== undefined && input.padding !== 4) {
    throw new Error('Only RSA_PKCS1_OAEP_PADDING is supported')
  }
  return [hashOf(input?.oaepHash ?? 'sha1'), dataBuffer(input?.oaepLabel ?? '')]
}

export function publicEncrypt(input, data) {
  const [hash, label] = oaep(input)
  return output(operate('rsa.encrypt', hash, keyMaterial(createPublicKey(input)), dataBuffer(data), label))
}

export function privateDecrypt(input, data) {
  const [hash, label] = oaep(input)
  return output(operate('rsa.decrypt', hash, keyMaterial(createPrivateKey(input)), dataBuffer(data), label))
}
