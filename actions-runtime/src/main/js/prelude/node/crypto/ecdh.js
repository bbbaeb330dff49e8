// createECDH and diffieHellman
import { splitPair } from '../../crypto/asymmetric.js'
import { Buffer } from '../buffer.js'
import { curveNamed } from './derive.js'
import { keyKind, keyMaterial } from './key-object.js'
import { createPrivateKey, createPublicKey } from './keys.js'
import { dataBuffer, operate, output } from './support.js'

/** A point in the form asked for: with both coordinates, or with one and the sign of the other. */
function pointAs(raw, form, encoding) {
  const point = Buffer.from(raw)
  if (form !== 'compressed') {
    return output(point, encoding)
  }
  const x = point.subarray(1, 1 + (point.length - 1) / 2)
  return output(Buffer.concat([Buffer.from([2 + (point[point.length - 1] & 1)]), x]), encoding)
}

export class ECDH {
  #curve
  #publicDer
  #privateDer

  constructor(curve) {
    this.#curve = curveNamed(curve)
  }

  static convertKey(key, curve, inputEncoding, outputEncoding, form) {
    const spki = operate('ec.fromRaw', curveNamed(curve), dataBuffer(key, inputEncoding))
    return pointAs(operate('ec.toRaw', spki), form, outputEncoding)
  }

  generateKeys(encoding, form) {
    const { publicDer, privateDer } = splitPair(operate('ec.generate', this.#curve))
    this.#publicDer = publicDer
    this.#privateDer = privateDer
    return this.getPublicKey(encoding, form)
  }
  setPrivateKey(key, encoding) {
    this.#privateDer = operate('ec.privateFromRaw', this.#curve, dataBuffer(key, encoding))
    this.#publicDer = operate('public.fromPrivate', this.#privateDer)
    return this
  }
  getPublicKey(encoding, form) {
    return pointAs(operate('ec.toRaw', this.#publicDer), form, encoding)
  }
  getPrivateKey(encoding) {
    const [, , d] = operate('ec.privateToJwk', this.#privateDer).split('.')
    return output(Buffer.from(d, 'base64url'), encoding)
  }
  computeSecret(other, inputEncoding, outputEncoding) {
    const spki = operate('ec.fromRaw', this.#curve, dataBuffer(other, inputEncoding))
    return output(operate('ec.derive', this.#privateDer, spki), outputEncoding)
  }
}

export const createECDH = (curve) => new ECDH(curve)

export function diffieHellman({ privateKey, publicKey }) {
  const [ours, theirs] = [createPrivateKey(privateKey), createPublicKey(publicKey)]
  const [family] = keyKind(ours)
  return output(operate(`${family.toLowerCase()}.derive`, keyMaterial(ours), keyMaterial(theirs)))
}
