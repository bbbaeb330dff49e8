// require('crypto')
import { Crypto, CryptoKey, SubtleCrypto, crypto } from '../../crypto/webcrypto.js'
import { randomUUID } from '../../crypto/random.js'
import { createCipheriv, createDecipheriv, privateDecrypt, publicEncrypt } from './cipher.js'
import { generateKeyPair, generateKeyPairSync, hkdf, hkdfSync, pbkdf2, pbkdf2Sync } from './derive.js'
import { Hash, Hmac, createHash, createHmac, hash } from './hash.js'
import { KeyObject } from './key-object.js'
import { createPrivateKey, createPublicKey, createSecretKey } from './keys.js'
import { randomBytes, randomFill, randomFillSync, randomInt } from './random.js'
import { RSA_PKCS1_PADDING, RSA_PKCS1_PSS_PADDING, Sign, Verify, createSign, createVerify, sign, verify } from './sign.js'
import { dataBuffer, hashNames, operate } from './support.js'

function timingSafeEqual(a, b) {
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
  Hash,
  Hmac,
  KeyObject,
  Sign,
  SubtleCrypto,
  Verify,
  constants: {
    RSA_PKCS1_PADDING,
    RSA_PKCS1_OAEP_PADDING: 4,
    RSA_PKCS1_PSS_PADDING,
    RSA_PSS_SALTLEN_DIGEST: -1,
    RSA_PSS_SALTLEN_MAX_SIGN: -2,
    RSA_PSS_SALTLEN_AUTO: -2,
  },
  createCipheriv,
  createDecipheriv,
  createHash,
  createHmac,
  createPrivateKey,
  createPublicKey,
  createSecretKey,
  createSign,
  createVerify,
  generateKeyPair,
  generateKeyPairSync,
  getCiphers: () =>
    ['gcm', 'cbc', 'ctr'].flatMap((mode) => [128, 192, 256].map((bits) => `aes-${bits}-${mode}`)),
  getCurves: () => ['prime256v1', 'secp384r1', 'secp521r1'],
  getHashes: () => [...hashNames],
  getRandomValues: (array) => crypto.getRandomValues(array),
  hash,
  hkdf,
  hkdfSync,
  pbkdf2,
  pbkdf2Sync,
  privateDecrypt,
  publicEncrypt,
  randomBytes,
  randomFill,
  randomFillSync,
  randomInt,
  randomUUID,
  sign,
  subtle: crypto.subtle,
  timingSafeEqual,
  verify,
  webcrypto: crypto,
}
