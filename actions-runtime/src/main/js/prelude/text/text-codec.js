// TextEncoder and TextDecoder. Short ASCII, which is most of what tokens consist of, is done here;
// the rest goes to the host in one piece.
import { hostCrypto } from '../host/bridge.js'
import {
  Uint8ArrayIntrinsic,
  apply,
  bytesOf,
  copyBytes,
  fromCharCode,
  isBufferSource,
} from '../host/intrinsics.js'
import { webClass } from '../host/web-class.js'

const MAX_ASCII = 2048

const toTypeError = (_name, message) => new TypeError(message)

/** The text as UTF-8; undefined unless it is short and ASCII. */
function encodeAscii(text) {
  const length = text.length
  if (length > MAX_ASCII) {
    return undefined
  }
  const bytes = new Uint8ArrayIntrinsic(length)
  for (let i = 0; i < length; i++) {
    const code = text.charCodeAt(i)
    if (code > 0x7f) {
      return undefined
    }
    bytes[i] = code
  }
  return bytes
}

export function encodeUtf8(text) {
  return (
    encodeAscii(text) ??
    new Uint8ArrayIntrinsic(hostCrypto(toTypeError, 'text.encode', text.toWellFormed()))
  )
}

function decodeAscii(bytes) {
  const length = bytes.length
  if (length > MAX_ASCII) {
    return undefined
  }
  for (let i = 0; i < length; i++) {
    if (bytes[i] > 0x7f) {
      return undefined
    }
  }
  return apply(fromCharCode, null, bytes)
}

const decodeWith = (charset, bytes, fatal) =>
  hostCrypto(toTypeError, 'text.decode', charset, fatal ? 'fatal' : 'replace', copyBytes(bytes)).slice(1)

export const decodeUtf8 = (bytes) => decodeAscii(bytes) ?? decodeWith('utf-8', bytes, false)

export class TextEncoder {
  get encoding() {
    return 'utf-8'
  }

  encode(text = '') {
    return encodeUtf8(`${text}`)
  }

  encodeInto(text, target) {
    let read = 0
    let written = 0
    for (const character of `${text}`) {
      const bytes = encodeUtf8(character)
      if (written + bytes.length > target.length) {
        break
      }
      target.set(bytes, written)
      written += bytes.length
      read += character.length
    }
    return { read, written }
  }
}

const LABELS = {
  'utf-8': ['utf-8', 'utf8', 'unicode-1-1-utf-8', 'unicode11utf8', 'unicode20utf8', 'x-unicode20utf8'],
  'utf-16le': ['utf-16le', 'utf-16', 'ucs-2', 'unicode', 'csunicode', 'iso-10646-ucs-2', 'unicodefeff'],
  'utf-16be': ['utf-16be', 'unicodefffe'],
  // The Encoding Standard reads every Latin-1 and ASCII label as windows-1252.
  'windows-1252': ['windows-1252', 'latin1', 'iso-8859-1', 'iso8859-1', 'iso88591', 'ascii', 'us-ascii', 'l1', 'cp1252', 'x-cp1252', 'iso_8859-1', 'ansi_x3.4-1968', 'cp819', 'ibm819', 'csisolatin1'],
}

function encodingOf(label) {
  const wanted = `${label}`.trim().toLowerCase()
  for (const name in LABELS) {
    if (LABELS[name].includes(wanted)) {
      return name
    }
  }
  const error = new RangeError(`The "${label}" encoding is not supported`)
  error.code = 'ERR_ENCODING_NOT_SUPPORTED'
  throw error
}

/** How many bytes at the end begin a character that goes on in the next chunk. */
function incompleteTail(encoding, bytes) {
  const length = bytes.length
  if (encoding === 'windows-1252') {
    return 0
  }
  if (encoding !== 'utf-8') {
    const odd = length % 2
    const high = bytes[length - odd - (encoding === 'utf-16le' ? 1 : 2)]
    return length >= 2 && high >= 0xd8 && high <= 0xdb ? odd + 2 : odd
  }
  for (let back = 1; back <= Math.min(3, length); back++) {
    const byte = bytes[length - back]
    if (byte >= 0xc0) {
      return back < (byte >= 0xf0 ? 4 : byte >= 0xe0 ? 3 : 2) ? back : 0
    }
    if (byte < 0x80) {
      return 0
    }
  }
  return 0
}

function join(first, second) {
  const all = new Uint8ArrayIntrinsic(first.length + second.length)
  all.set(first)
  all.set(second, first.length)
  return all
}

export class TextDecoder {
  #encoding
  #fatal
  #ignoreBOM
  #pending = null
  #started = false

  constructor(label = 'utf-8', options) {
    this.#encoding = encodingOf(label)
    this.#fatal = Boolean(options?.fatal)
    this.#ignoreBOM = Boolean(options?.ignoreBOM)
  }

  get encoding() {
    return this.#encoding
  }
  get fatal() {
    return this.#fatal
  }
  get ignoreBOM() {
    return this.#ignoreBOM
  }

  decode(input, options) {
    if (input !== undefined && !isBufferSource(input)) {
      throw new TypeError('The "input" argument must be an ArrayBuffer or a view of one')
    }
    let bytes = input === undefined ? new Uint8ArrayIntrinsic(0) : bytesOf(input)
    if (this.#pending !== null) {
      bytes = join(this.#pending, bytes)
      this.#pending = null
    }
    const more = Boolean(options?.stream)
    if (more) {
      const tail = incompleteTail(this.#encoding, bytes)
      this.#pending = tail > 0 ? bytes.slice(bytes.length - tail) : null
      bytes = bytes.subarray(0, bytes.length - tail)
    }
    const first = !this.#started
    this.#started = more && (this.#started || bytes.length > 0)
    const text = this.#decodeWhole(bytes)
    return first && !this.#ignoreBOM && text.charCodeAt(0) === 0xfeff ? text.slice(1) : text
  }

  #decodeWhole(bytes) {
    const ascii = this.#encoding.startsWith('utf-16') ? undefined : decodeAscii(bytes)
    return ascii ?? decodeWith(this.#encoding, bytes, this.#fatal)
  }
}

webClass(TextDecoder, 'TextDecoder')
webClass(TextEncoder, 'TextEncoder')
