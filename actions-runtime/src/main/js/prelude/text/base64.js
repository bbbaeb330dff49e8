// atob and btoa
import { DOMException } from '../events/dom-exception.js'
import { Uint8ArrayIntrinsic, apply, fromCharCode } from '../host/intrinsics.js'

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'
const VALUES = new Uint8ArrayIntrinsic(128).fill(255)
for (let i = 0; i < 64; i++) {
  VALUES[ALPHABET.charCodeAt(i)] = i
}

const CHUNK = 4096

/** A string with one character per byte. */
export function binaryString(bytes) {
  if (bytes.length <= CHUNK) {
    return apply(fromCharCode, null, bytes)
  }
  let text = ''
  for (let i = 0; i < bytes.length; i += CHUNK) {
    text += apply(fromCharCode, null, bytes.subarray(i, i + CHUNK))
  }
  return text
}

const refuse = () => {
  throw new DOMException('The string to be decoded is not correctly encoded.', 'InvalidCharacterError')
}

export function atob(input) {
  let text = `${input}`
  if (/[\t\n\f\r ]/.test(text)) {
    text = text.replace(/[\t\n\f\r ]+/g, '')
  }
  let length = text.length
  if (length % 4 === 0) {
    length -= text.endsWith('==') ? 2 : text.endsWith('=') ? 1 : 0
  }
  if (length % 4 === 1) {
    refuse()
  }
  const bytes = new Uint8ArrayIntrinsic((length * 3) >> 2)
  let bits = 0
  let held = 0
  let out = 0
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    const value = code < 128 ? VALUES[code] : 255
    if (value === 255) {
      refuse()
    }
    bits = ((bits << 6) | value) & 0xffffff
    held += 6
    if (held >= 8) {
      held -= 8
      bytes[out++] = bits >> held
    }
  }
  return binaryString(bytes)
}

export function btoa(input) {
  const text = `${input}`
  const length = text.length
  const codes = new Uint8ArrayIntrinsic(Math.ceil(length / 3) * 4)
  let out = 0
  for (let i = 0; i < length; i += 3) {
    const a = text.charCodeAt(i)
    const b = i + 1 < length ? text.charCodeAt(i + 1) : 0
    const c = i + 2 < length ? text.charCodeAt(i + 2) : 0
    if ((a | b | c) > 255) {
      throw new DOMException('The string contains characters outside of Latin-1.', 'InvalidCharacterError')
    }
    const bits = (a << 16) | (b << 8) | c
    codes[out++] = ALPHABET.charCodeAt(bits >> 18)
    codes[out++] = ALPHABET.charCodeAt((bits >> 12) & 63)
    codes[out++] = i + 1 < length ? ALPHABET.charCodeAt((bits >> 6) & 63) : 61
    codes[out++] = i + 2 < length ? ALPHABET.charCodeAt(bits & 63) : 61
  }
  return binaryString(codes)
}
