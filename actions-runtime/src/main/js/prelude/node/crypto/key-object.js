// KeyObject: secret bytes, SPKI or PKCS #8, with what Node tells of them.
import { arrayBufferLength, copyBytes } from '../../host/intrinsics.js'
import { facts, isCryptoKey, material } from '../../crypto/key.js'
import { Buffer } from '../buffer.js'
import { operate, output } from './support.js'
import { webClass } from '../../host/web-class.js'

const MAKE = Symbol('make')
const CURVES = { 'P-256': 'prime256v1', 'P-384': 'secp384r1', 'P-521': 'secp521r1' }
const JWK_MEMBERS = {
  'RSA public': ['n', 'e'],
  'RSA private': ['n', 'e', 'd', 'p', 'q', 'dp', 'dq', 'qi'],
  'EC public': ['x', 'y'],
  'EC private': ['x', 'y', 'd'],
  'OKP public': ['x'],
  'OKP private': ['x', 'd'],
}

const pem = (label, der) =>
  `-----BEGIN ${label}-----\n${Buffer.from(der).toString('base64').replace(/.{64}(?=.)/g, '$&\n')}\n-----END ${label}-----\n`

export class KeyObject {
  #type
  #material
  #family
  #detail
  #exponent

  constructor(token, type, buffer) {
    if (token !== MAKE) {
      throw new TypeError('Illegal constructor')
    }
    this.#type = type
    this.#material = buffer
    if (type !== 'secret') {
      ;[this.#family, this.#detail, this.#exponent] = operate(`${type}.describe`, buffer).split(' ')
    }
  }

  static from(key) {
    if (!isCryptoKey(key)) {
      throw new TypeError('The "key" argument must be an instance of CryptoKey')
    }
    return makeKeyObject(facts(key).type, material(key))
  }
  static material = (key) => key.#material
  /** `RSA`, `EC` or `OKP`, with the size or curve. */
  static kind = (key) => [key.#family, key.#detail]

  get type() {
    return this.#type
  }
  get asymmetricKeyType() {
    return this.#type === 'secret' ? undefined : this.#family === 'OKP' ? this.#detail.toLowerCase() : this.#family.toLowerCase()
  }
  get asymmetricKeyDetails() {
    if (this.#family === 'RSA') {
      const exponent = Buffer.from(this.#exponent, 'base64url').toString('hex')
      return { modulusLength: Number(this.#detail), publicExponent: BigInt(`0x${exponent}`) }
    }
    return this.#family === 'EC' ? { namedCurve: CURVES[this.#detail] } : this.#type === 'secret' ? undefined : {}
  }
  get symmetricKeySize() {
    return this.#type === 'secret' ? arrayBufferLength(this.#material) : undefined
  }

  equals(other) {
    return other instanceof KeyObject && other.#type === this.#type && Buffer.from(this.#material).equals(Buffer.from(other.#material))
  }

  export(options = {}) {
    if (this.#type === 'secret') {
      const bytes = Buffer.from(copyBytes(this.#material))
      return options.format === 'jwk' ? { kty: 'oct', k: bytes.toString('base64url') } : bytes
    }
    if (options.format === 'jwk') {
      return this.#jwk()
    }
    const form = this.#type === 'public' ? 'spki' : 'pkcs8'
    const traditional = options.type !== undefined && options.type !== form
    const der = traditional ? operate(`${this.#type}.to`, `${options.type}`, this.#material) : this.#material
    const labels = { spki: 'PUBLIC KEY', pkcs8: 'PRIVATE KEY', sec1: 'EC PRIVATE KEY' }
    const label = labels[options.type ?? form] ?? `RSA ${this.#type.toUpperCase()} KEY`
    return options.format === 'der' ? output(copyBytes(der)) : pem(label, der)
  }

  #jwk() {
    const parts = operate(`${this.#family.toLowerCase()}.${this.#type}ToJwk`, this.#material).split('.')
    const jwk = { kty: this.#family, ...(this.#family === 'RSA' ? {} : { crv: this.#detail }) }
    JWK_MEMBERS[`${this.#family} ${this.#type}`].forEach((name, i) => (jwk[name] = parts[i]))
    return jwk
  }
}

export const { material: keyMaterial, kind: keyKind } = KeyObject
delete KeyObject.material
delete KeyObject.kind

export const makeKeyObject = (type, buffer) => new KeyObject(MAKE, type, buffer)

webClass(KeyObject, 'KeyObject')
