// createCipheriv and createDecipheriv, publicEncrypt and its relatives.
import { arrayBufferLength } from '../../host/intrinsics.js'
import { own } from '../../host/own.js'
import { Buffer } from '../buffer.js'
import { Blocks, Counter, Gcm, KeyWrap } from './block-ciphers.js'
import { createPrivateKey, createPublicKey } from './keys.js'
import { KeyObject, keyMaterial } from './key-object.js'
import { streaming } from './streaming.js'
import { dataBuffer, hashOf, operate, output } from './support.js'

const coded = (error, code) => Object.assign(error, { code })

/** Mode, block size, and lengths of key and IV in bytes. */
function cipherNamed(name) {
  const lower = `${name}`.toLowerCase()
  const wrap = /^(?:id-)?aes-?(128|192|256)-wrap$/.exec(lower)
  if (wrap !== null) {
    return { mode: 'wrap', block: 8, key: wrap[1] / 8, iv: 8 }
  }
  if (/^(des-ede3-cbc|des3)$/.test(lower)) {
    return { mode: 'DESede/CBC', block: 8, key: 24, iv: 8 }
  }
  const aes = /^(?:id-)?aes-?(128|192|256)(?:-(gcm|cbc|ctr|ecb))?$/.exec(lower)
  if (aes === null) {
    throw coded(new Error('Unknown cipher'), 'ERR_CRYPTO_UNKNOWN_CIPHER')
  }
  const kind = aes[2] ?? 'cbc'
  const mode = kind === 'cbc' || kind === 'ecb' ? `AES/${kind.toUpperCase()}` : kind
  return {
    mode,
    block: kind === 'cbc' || kind === 'ecb' ? 16 : 1,
    key: aes[1] / 8,
    iv: kind === 'ecb' ? 0 : kind === 'gcm' ? 12 : 16,
  }
}

function engine(name, key, iv, encrypting, options) {
  const { mode, block, key: keyLength, iv: ivLength } = cipherNamed(name)
  if (arrayBufferLength(key) !== keyLength) {
    throw coded(new RangeError('Invalid key length'), 'ERR_CRYPTO_INVALID_KEYLEN')
  }
  const given = iv === undefined ? 0 : arrayBufferLength(iv)
  if (mode === 'gcm' ? given === 0 : given !== ivLength) {
    throw coded(new TypeError('Invalid initialization vector'), 'ERR_CRYPTO_INVALID_IV')
  }
  switch (mode) {
    case 'gcm':
      return new Gcm(key, iv, encrypting, options?.authTagLength)
    case 'ctr':
      return new Counter(key, iv, 128)
    case 'wrap':
      return new KeyWrap(key, iv, encrypting)
    default:
      return new Blocks(mode, block, key, iv, encrypting)
  }
}

class Cipher {
  #engine
  #encrypting
  #finished = false

  constructor(name, key, iv, encrypting, options) {
    const bytes = key instanceof KeyObject ? keyMaterial(key) : dataBuffer(key)
    this.#engine = engine(
      name,
      bytes,
      iv === null || iv === undefined ? undefined : dataBuffer(iv),
      encrypting,
      options,
    )
    this.#encrypting = encrypting
  }
  setAAD(data) {
    this.#engine.additional = Buffer.from(dataBuffer(data))
    return this
  }
  setAuthTag(tag, encoding) {
    if (this.#encrypting || this.#engine.expect === undefined || this.#engine.tag !== undefined) {
      throw coded(new Error('Invalid state for operation setAuthTag'), 'ERR_CRYPTO_INVALID_STATE')
    }
    this.#engine.expect(Buffer.from(dataBuffer(tag, encoding)))
    return this
  }
  getAuthTag() {
    if (!this.#encrypting || !this.#finished || this.#engine.tag === undefined) {
      throw coded(new Error('Invalid state for operation getAuthTag'), 'ERR_CRYPTO_INVALID_STATE')
    }
    return this.#engine.tag
  }
  setAutoPadding(padded = true) {
    this.#engine.padded = Boolean(padded)
    return this
  }
  update(data, inputEncoding, outputEncoding) {
    this.#expectOpen('update')
    return output(this.#engine.update(Buffer.from(dataBuffer(data, inputEncoding))), outputEncoding)
  }
  final(encoding) {
    this.#expectOpen('final')
    const last = this.#engine.final()
    this.#finished = true
    return output(last, encoding)
  }
  #expectOpen(operation) {
    if (this.#finished) {
      throw coded(new Error(`Invalid state for operation ${operation}`), 'ERR_CRYPTO_INVALID_STATE')
    }
  }
}

streaming(
  Cipher,
  (cipher, chunk) => cipher.update(chunk),
  (cipher) => cipher.final(),
)
// An Action meets it only behind what these return.
own(() => Cipher.prototype)

export const createCipheriv = (name, key, iv, options) => new Cipher(name, key, iv, true, options)
export const createDecipheriv = (name, key, iv, options) => new Cipher(name, key, iv, false, options)

export const cipherNames = [128, 192, 256]
  .flatMap((bits) => [
    ...['cbc', 'ctr', 'ecb', 'gcm'].map((mode) => `aes-${bits}-${mode}`),
    `aes${bits}`,
    `aes${bits}-wrap`,
    `id-aes${bits}-GCM`,
    `id-aes${bits}-wrap`,
  ])
  .concat('des-ede3-cbc', 'des3')
  .sort()

export function getCipherInfo(name) {
  try {
    const { mode, block, key, iv } = cipherNamed(name)
    const kind = mode.includes('/') ? mode.slice(mode.indexOf('/') + 1).toLowerCase() : mode
    return {
      mode: kind,
      name: `${name}`.toLowerCase(),
      ...(block > 1 ? { blockSize: block } : {}),
      ...(iv > 0 ? { ivLength: iv } : {}),
      keyLength: key,
    }
  } catch {
    return undefined
  }
}

const RSA_PKCS1 = 1
const RSA_NONE = 3
const RSA_OAEP = 4
const OLDER = { [RSA_PKCS1]: 'PKCS1Padding', [RSA_NONE]: 'NoPadding' }

function paddingOf(input, usual) {
  const padding = input?.padding ?? usual
  if (padding !== RSA_OAEP && OLDER[padding] === undefined) {
    throw coded(new Error('illegal or unsupported padding mode'), 'ERR_OSSL_RSA_ILLEGAL_OR_UNSUPPORTED_PADDING_MODE')
  }
  return padding
}

function oaep(operation, input, key, data) {
  const [hash, label] = [hashOf(input?.oaepHash ?? 'sha1'), dataBuffer(input?.oaepLabel ?? '')]
  return output(operate(operation, hash, keyMaterial(key), dataBuffer(data), label))
}

const older = (padding, direction, kind, key, data) =>
  output(operate('rsa.crypt', OLDER[padding], direction, kind, keyMaterial(key), dataBuffer(data)))

export function publicEncrypt(input, data) {
  const padding = paddingOf(input, RSA_OAEP)
  const key = createPublicKey(input)
  return padding === RSA_OAEP ? oaep('rsa.encrypt', input, key, data) : older(padding, 'encrypt', 'public', key, data)
}

export function privateDecrypt(input, data) {
  const padding = paddingOf(input, RSA_OAEP)
  const key = createPrivateKey(input)
  return padding === RSA_OAEP ? oaep('rsa.decrypt', input, key, data) : older(padding, 'decrypt', 'private', key, data)
}

export const privateEncrypt = (input, data) =>
  older(paddingOf(input, RSA_PKCS1), 'encrypt', 'private', createPrivateKey(input), data)

export const publicDecrypt = (input, data) =>
  older(paddingOf(input, RSA_PKCS1), 'decrypt', 'public', createPublicKey(input), data)
