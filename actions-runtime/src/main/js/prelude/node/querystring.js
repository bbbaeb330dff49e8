// require('querystring')
import { Buffer } from './buffer.js'

function toText(value) {
  switch (typeof value) {
    case 'string':
      return value
    case 'number':
      return Number.isFinite(value) ? `${value}` : ''
    case 'bigint':
    case 'boolean':
      return `${value}`
    default:
      return ''
  }
}

const escape = (text) => encodeURIComponent(`${text}`.toWellFormed())

/** Bytes of percent-encoded text, in which what is no encoding stands for itself. */
function unescapeBuffer(text) {
  return Buffer.from(
    text.replace(/%([0-9a-f]{2})|([^\0-\x7f]+)/gi, (_, hex, other) =>
      hex === undefined ? Buffer.from(other).toString('latin1') : String.fromCharCode(Number.parseInt(hex, 16)),
    ),
    'latin1',
  )
}

function unescape(text) {
  try {
    return decodeURIComponent(text)
  } catch {
    return unescapeBuffer(text).toString()
  }
}

function stringify(object, sep, eq, options) {
  const encode = options?.encodeURIComponent ?? querystring.escape
  if (object === null || typeof object !== 'object') {
    return ''
  }
  return Object.keys(object)
    .flatMap((key) => [object[key]].flat(1).map((value) => encode(toText(key)) + (eq || '=') + encode(toText(value))))
    .join(sep || '&')
}

function parse(text, sep, eq, options) {
  const parsed = { __proto__: null }
  if (typeof text !== 'string' || text === '') {
    return parsed
  }
  const decode = options?.decodeURIComponent ?? querystring.unescape
  const maxKeys = options?.maxKeys ?? 1000
  const pairs = text.split(sep || '&')
  for (const pair of maxKeys > 0 ? pairs.slice(0, maxKeys) : pairs) {
    if (pair === '') {
      continue
    }
    const at = pair.indexOf(eq || '=')
    const read = (part) => decode(part.replaceAll('+', ' '))
    const key = read(at < 0 ? pair : pair.slice(0, at))
    const value = at < 0 ? '' : read(pair.slice(at + (eq || '=').length))
    parsed[key] = key in parsed ? [parsed[key], value].flat() : value
  }
  return parsed
}

export const querystring = { decode: parse, encode: stringify, escape, parse, stringify, unescape, unescapeBuffer }
