// require('crypto')
import { Crypto, CryptoKey, SubtleCrypto, crypto } from '../../crypto/webcrypto.js'
import { randomUUID } from '../../crypto/random.js'
import {
  cipherNames,
  createCipheriv,
  createDecipheriv,
  getCipherInfo,
  privateDecrypt,
  privateEncrypt,
  publicDecrypt,
  publicEncrypt,
} from './cipher.js'
import {
  generateKey,
  generateKeyPair,
  generateKeyPairSync,
  generateKeySync,
  hkdf,
  hkdfSync,
  pbkdf2,
  pbkdf2Sync,
  scrypt,
  scryptSync,
} from './derive.js'
import { ECDH, createECDH, diffieHellman } from './ecdh.js'
import { Hash, Hmac, createHash, createHmac, hash } from './hash.js'
import { KeyObject } from './key-object.js'
import { createPrivateKey, createPublicKey, createSecretKey } from './keys.js'
import { randomBytes, randomFill, randomFillSync, randomInt } from './random.js'
import { RSA_PKCS1_PADDING, RSA_PKCS1_PSS_PADDING, Sign, Verify, createSign, createVerify, sign, verify } from './sign.js'
import { dataBuffer, hashNames, invalidArgument, operate } from './support.js'
import { X509Certificate } from './x509.js'
import { isBufferSource } from '../../host/intrinsics.js'

function timingSafeEqual(a, b) {
  for (const [name, value] of [['buf1', a], ['buf2', b]]) {
    if (!isBufferSource(value)) {
      throw invalidArgument(`The "${name}" argument must be an instance of ArrayBuffer, Buffer, TypedArray, or DataView.`)
    }
  }
  const [first, second] = [dataBuffer(a), dataBuffer(b)]
  if (first.byteLength !== second.byteLength) {
    const error = new RangeError('Input buffers must have the same byte length')
    error.code = 'ERR_CRYPTO_TIMING_SAFE_EQUAL_LENGTH'
    throw error
  }
  return operate('equal', first, second)
}

export const nodeCrypto = {
  Crypto,
  CryptoKey,
  ECDH,
  Hash,
  Hmac,
  KeyObject,
  Sign,
  SubtleCrypto,
  Verify,
  X509Certificate,
  constants: {
    RSA_NO_PADDING: 3,
    RSA_PKCS1_PADDING,
    RSA_PKCS1_OAEP_PADDING: 4,
    RSA_PKCS1_PSS_PADDING,
    RSA_PSS_SALTLEN_DIGEST: -1,
    RSA_PSS_SALTLEN_MAX_SIGN: -2,
    RSA_PSS_SALTLEN_AUTO: -2,
  },
  createCipheriv,
  createDecipheriv,
  createECDH,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  createSign,
  createVerify,
  diffieHellman,
  generateKey,
  generateKeyPair,
  generateKeyPairSync,
  generateKeySync,
  getCipherInfo,
  getCiphers: () => [...cipherNames],
  getCurves: () => ['prime256v1', 'secp384r1', 'secp521r1'],
  getFips: () => 0,
  getHashes: () => [...hashNames],
  getRandomValues: (array) => crypto.getRandomValues(array),
  hash,
  hkdf,
  hkdfSync,
  pbkdf2,
  pbkdf2Sync,
  privateDecrypt,
  privateEncrypt,
  pseudoRandomBytes: randomBytes,
  publicDecrypt,
  publicEncrypt,
  randomBytes,
  randomFill,
  randomFillSync,
  randomInt,
  randomUUID,
  scrypt,
  scryptSync,
  sign,
  subtle: crypto.subtle,
  timingSafeEqual,
  verify,
  webcrypto: crypto,
}
