// structuredClone for the types of the language. Hand-written, because polyfills bring a Map and a
// Set of their own along, which are no instances of the realm's.
import { DOMException } from './events/dom-exception.js'

const ERRORS = ['EvalError', 'RangeError', 'ReferenceError', 'SyntaxError', 'TypeError', 'URIError']

const tagOf = (value) => Object.prototype.toString.call(value).slice(8, -1)

function refuse(value) {
  const what = typeof value === 'symbol' ? value.toString() : typeof value === 'function' ? `${value}` : `#<${tagOf(value)}>`
  throw new DOMException(`${what} could not be cloned.`, 'DataCloneError')
}

function cloneError(error, clone) {
  const name = ERRORS.includes(error.name) ? error.name : 'Error'
  const copy = Object.create(globalThis[name].prototype)
  const set = (key, value) => Object.defineProperty(copy, key, { value, writable: true, configurable: true })
  set('stack', `${error.stack}`)
  set('message', `${error.message}`)
  if ('cause' in error) {
    set('cause', clone(error.cause))
  }
  return copy
}

/** A copy of an object that is not a container; undefined for what is one. */
function cloneLeaf(value, clone) {
  if (value instanceof Date) {
    return new Date(value.getTime())
  }
  if (value instanceof RegExp) {
    return new RegExp(value.source, value.flags)
  }
  if (value instanceof Boolean || value instanceof Number || value instanceof String || value instanceof BigInt) {
    return Object(value.valueOf())
  }
  if (value instanceof ArrayBuffer) {
    return value.slice(0)
  }
  if (ArrayBuffer.isView(value)) {
    // Views of one buffer stay views of one buffer.
    const buffer = clone(value.buffer)
    // A Buffer is cloned as what it is underneath.
    const type = globalThis[value instanceof DataView ? 'DataView' : value[Symbol.toStringTag]]
    return new type(buffer, value.byteOffset, value instanceof DataView ? value.byteLength : value.length)
  }
  if (value instanceof Error) {
    return cloneError(value, clone)
  }
  if (value instanceof WeakMap || value instanceof WeakSet || value instanceof WeakRef || value instanceof Promise) {
    refuse(value)
  }
  return undefined
}

function fill(copy, value, clone) {
  if (value instanceof Map) {
    for (const [key, item] of [...value]) {
      copy.set(clone(key), clone(item))
    }
  } else if (value instanceof Set) {
    for (const item of [...value]) {
      copy.add(clone(item))
    }
  } else {
    for (const key of Object.keys(value)) {
      Object.defineProperty(copy, key, {
        value: clone(value[key]),
        writable: true,
        enumerable: true,
        configurable: true,
      })
    }
  }
}

const containerFor = (value) =>
  Array.isArray(value) ? new Array(value.length) : value instanceof Map ? new Map() : value instanceof Set ? new Set() : {}

export function structuredClone(value, options) {
  if (arguments.length === 0) {
    throw new TypeError("The 'value' argument must be specified")
  }
  const seen = new Map()
  const clone = (original) => {
    if (typeof original === 'symbol' || typeof original === 'function') {
      refuse(original)
    }
    if (typeof original !== 'object' || original === null) {
      return original
    }
    if (seen.has(original)) {
      return seen.get(original)
    }
    const leaf = cloneLeaf(original, clone)
    const copy = leaf ?? containerFor(original)
    seen.set(original, copy)
    if (leaf === undefined) {
      fill(copy, original, clone)
    }
    return copy
  }
  const copy = clone(value)
  // What is handed over is emptied here.
  for (const buffer of options?.transfer ?? []) {
    if (!(buffer instanceof ArrayBuffer)) {
      refuse(buffer)
    }
    buffer.transfer()
  }
  return copy
}
