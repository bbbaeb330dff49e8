// createSign, createVerify, sign and verify
import { createPrivateKey, createPublicKey } from './keys.js'
import { keyKind, keyMaterial } from './key-object.js'
import { Chunks, dataBuffer, hashOf, hashSize, invalidArgument, operate, output } from './support.js'

export const RSA_PKCS1_PADDING = 1
export const RSA_PKCS1_PSS_PADDING = 6
const SALT_DIGEST = -1
const SALT_MAX = -2

const optionsOf = (key) => (typeof key === 'object' && key !== null && !('type' in key && 'export' in key) ? key : {})

/** Salt lengths to use or, when verifying, to try. */
function saltLengths(options, hash, bits, verifying) {
  const digest = hashSize(hash)
  const max = Math.ceil((bits - 1) / 8) - digest - 2
  const { saltLength = SALT_MAX } = options
  if (saltLength === SALT_DIGEST) {
    return [digest]
  }
  return saltLength !== SALT_MAX ? [saltLength] : verifying ? [digest, max, 0] : [max]
}

const ecForm = (options) => (options.dsaEncoding === 'ieee-p1363' ? 'p1363' : 'der')

function hashFor(family, algorithm) {
  if (family !== 'OKP') {
    return hashOf(algorithm ?? 'sha256')
  }
  if (algorithm !== null && algorithm !== undefined) {
    throw invalidArgument('Ed25519 takes no digest')
  }
  return ''
}

function signBuffer(algorithm, data, input) {
  const key = createPrivateKey(input)
  const options = optionsOf(input)
  const [family, detail] = keyKind(key)
  const hash = hashFor(family, algorithm)
  const der = keyMaterial(key)
  if (family === 'OKP') {
    return operate('okp.sign', der, data)
  }
  if (family === 'EC') {
    return operate('ec.sign', hash, ecForm(options), der, data)
  }
  return options.padding === RSA_PKCS1_PSS_PADDING
    ? operate('rsa.sign', 'pss', hash, `${saltLengths(options, hash, Number(detail), false)[0]}`, der, data)
    : operate('rsa.sign', 'pkcs1', hash, '0', der, data)
}

function verifyBuffer(algorithm, data, input, signature) {
  const key = createPublicKey(input)
  const options = optionsOf(input)
  const [family, detail] = keyKind(key)
  const hash = hashFor(family, algorithm)
  const der = keyMaterial(key)
  if (family === 'OKP') {
    return operate('okp.verify', der, signature, data)
  }
  if (family === 'EC') {
    return operate('ec.verify', hash, ecForm(options), der, signature, data)
  }
  if (options.padding !== RSA_PKCS1_PSS_PADDING) {
    return operate('rsa.verify', 'pkcs1', hash, '0', der, signature, data)
  }
  return saltLengths(options, hash, Number(detail), true).some((salt) =>
    operate('rsa.verify', 'pss', hash, `${salt}`, der, signature, data),
  )
}

export class Sign {
  #algorithm
  #chunks = new Chunks()

  constructor(algorithm) {
    hashOf(algorithm)
    this.#algorithm = algorithm
  }
  update(data, encoding) {
    this.#chunks.add(data, encoding)
    return this
  }
  end(data, encoding) {
    return data === undefined ? this : this.update(data, encoding)
  }
  write(data, encoding) {
    this.update(data, encoding)
    return true
  }
  sign(key, encoding) {
    return output(signBuffer(this.#algorithm, this.#chunks.take(), key), encoding)
  }
}

export class Verify {
  #algorithm
  #chunks = new Chunks()

  constructor(algorithm) {
    hashOf(algorithm)
    this.#algorithm = algorithm
  }
  update(data, encoding) {
    this.#chunks.add(data, encoding)
    return this
  }
  end(data, encoding) {
    return data === undefined ? this : this.update(data, encoding)
  }
  write(data, encoding) {
    this.update(data, encoding)
    return true
  }
  verify(key, signature, encoding) {
    return verifyBuffer(this.#algorithm, this.#chunks.take(), key, dataBuffer(signature, encoding))
  }
}

/** Gives the result, or hands it to the callback if there is one. */
export function answer(callback, compute) {
  if (typeof callback !== 'function') {
    return compute()
  }
  Promise.resolve().then(compute).then((result) => callback(null, result), callback)
  return undefined
}

export const createSign = (algorithm) => new Sign(algorithm)
export const createVerify = (algorithm) => new Verify(algorithm)

export const sign = (algorithm, data, key, callback) =>
  answer(callback, () => output(signBuffer(algorithm, dataBuffer(data), key)))

export const verify = (algorithm, data, key, signature, callback) =>
  answer(callback, () => verifyBuffer(algorithm, dataBuffer(data), key, dataBuffer(signature)))
