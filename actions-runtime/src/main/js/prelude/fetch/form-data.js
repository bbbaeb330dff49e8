// FormData and its multipart/form-data form (RFC 7578).
import { encodeUtf8 } from '../text/text-codec.js'
import { randomUUID } from '../crypto/random.js'
import { Blob, File, blobBytes, concat } from './blob.js'
import { webClass } from '../host/web-class.js'

function entryValue(value, filename) {
  if (!(value instanceof Blob)) {
    return `${value}`
  }
  const name = filename ?? (value instanceof File ? value.name : 'blob')
  return value instanceof File && value.name === name ? value : new File([value], name, { type: value.type })
}

export class FormData {
  #entries = []

  append(name, value, filename) {
    this.#entries.push([`${name}`, entryValue(value, filename)])
  }
  set(name, value, filename) {
    const entry = [`${name}`, entryValue(value, filename)]
    const at = this.#entries.findIndex(([known]) => known === entry[0])
    this.delete(entry[0])
    this.#entries.splice(at < 0 ? this.#entries.length : at, 0, entry)
  }
  delete(name) {
    this.#entries = this.#entries.filter(([known]) => known !== `${name}`)
  }
  get(name) {
    return this.getAll(name)[0] ?? null
  }
  getAll(name) {
    return this.#entries.filter(([known]) => known === `${name}`).map(([, value]) => value)
  }
  has(name) {
    return this.#entries.some(([known]) => known === `${name}`)
  }
  forEach(callback, self) {
    for (const [name, value] of this) {
      callback.call(self, value, name, this)
    }
  }
  *entries() {
    for (const [name, value] of this.#entries) {
      yield [name, value]
    }
  }
  *keys() {
    for (const [name] of this) {
      yield name
    }
  }
  *values() {
    for (const [, value] of this) {
      yield value
    }
  }
  [Symbol.iterator]() {
    return this.entries()
  }
}

const escape = (name) => name.replace(/\r\n|\r|\n/g, '%0D%0A').replaceAll('"', '%22')

export function encodeMultipart(form) {
  const boundary = `----formdata-${randomUUID()}`
  const parts = []
  for (const [name, value] of form) {
    const head = `--${boundary}\r\nContent-Disposition: form-data; name="${escape(name)}"`
    if (typeof value === 'string') {
      parts.push(encodeUtf8(`${head}\r\n\r\n${value.replace(/\r\n|\r|\n/g, '\r\n')}\r\n`))
    } else {
      const type = value.type || 'application/octet-stream'
      parts.push(
        encodeUtf8(`${head}; filename="${escape(value.name)}"\r\nContent-Type: ${type}\r\n\r\n`),
        blobBytes(value),
        encodeUtf8('\r\n'),
      )
    }
  }
  parts.push(encodeUtf8(`--${boundary}--\r\n`))
  return { bytes: concat(parts), type: `multipart/form-data; boundary=${boundary}` }
}

const latin1 = (bytes) => {
  const { binaryString } = require('../text/base64.js')
  return binaryString(bytes)
}

const unescape = (name) => name.replaceAll('%22', '"').replaceAll('%0D%0A', '\r\n')

export function decodeMultipart(bytes, contentType) {
  const { decodeUtf8 } = require('../text/text-codec.js')
  const boundary = /boundary=(?:"([^"]+)"|([^;\s]+))/i.exec(contentType)
  if (boundary === null) {
    throw new TypeError('The multipart body has no boundary')
  }
  const form = new FormData()
  // One character per byte, so that positions in the text are positions in the bytes.
  const text = latin1(bytes)
  const mark = `--${boundary[1] ?? boundary[2]}`
  let at = text.indexOf(mark)
  while (at >= 0 && !text.startsWith('--', at + mark.length)) {
    const start = at + mark.length + 2
    const headEnd = text.indexOf('\r\n\r\n', start)
    const next = text.indexOf(`\r\n${mark}`, headEnd + 2)
    if (headEnd < 0 || next < 0) {
      throw new TypeError('The multipart body is broken')
    }
    const head = decodeUtf8(bytes.subarray(start, headEnd))
    const body = bytes.subarray(headEnd + 4, next)
    const name = /[; ]name="([^"]*)"/i.exec(head)
    const filename = /filename="([^"]*)"/i.exec(head)
    const type = /^content-type:\s*(.+)$/im.exec(head)
    if (name === null) {
      throw new TypeError('A part of the multipart body has no name')
    }
    form.append(
      unescape(name[1]),
      filename === null ? decodeUtf8(body) : new File([body], unescape(filename[1]), { type: type?.[1].trim() ?? 'text/plain' }),
    )
    at = next + 2
  }
  return form
}

webClass(FormData, 'FormData', (form) => {
  const shown = {}
  for (const name of new Set(form.keys())) {
    const values = form.getAll(name)
    shown[name] = values.length === 1 ? values[0] : values
  }
  return shown
})
