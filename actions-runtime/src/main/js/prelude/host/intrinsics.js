// What the prelude needs of the language after guest code has run, taken before it runs. A guest
// that replaces these in its realm breaks its own code only. `captured.mjs` holds the rest of the
// prelude to it.
//
// Nothing is here that asks the realm for more by itself: String's `split`, `replace` and `match`
// look for a method on what they are given, Array's `map`, `filter` and `slice` for a constructor,
// RegExp's `test` for `exec`.

export const {
  Array: ArrayIntrinsic,
  ArrayBuffer: ArrayBufferIntrinsic,
  Error: ErrorIntrinsic,
  Promise: PromiseIntrinsic,
  RangeError: RangeErrorIntrinsic,
  Set: SetIntrinsic,
  String: StringIntrinsic,
  TypeError: TypeErrorIntrinsic,
  Uint8Array: Uint8ArrayIntrinsic,
} = globalThis

export const { parse: jsonParse, stringify: jsonStringify } = JSON
export const { apply, construct, getOwnPropertyDescriptor, ownKeys } = Reflect
export const { create, defineProperty, getPrototypeOf, hasOwn, keys, prototype: objectPrototype } = Object
export const { isArray } = Array
export const { isInteger, isSafeInteger } = Number
export const { isFinite: isFiniteNumber } = Number
export const { isView } = ArrayBuffer
export const { floor, trunc } = Math
export const fromCharCode = String.fromCharCode

// `bind` turned round: a function that takes its `this` as first argument.
const uncurry = (method) => (self, ...args) => apply(method, self, args)

export const includes = uncurry(String.prototype.includes)
export const indexOf = uncurry(String.prototype.indexOf)
export const isWellFormed = uncurry(String.prototype.isWellFormed)
export const slice = uncurry(String.prototype.slice)
export const startsWith = uncurry(String.prototype.startsWith)
export const toWellFormed = uncurry(String.prototype.toWellFormed)
export const setAdd = uncurry(Set.prototype.add)
export const setClear = uncurry(Set.prototype.clear)
export const setHas = uncurry(Set.prototype.has)

const { exec } = RegExp.prototype

/** Whether the expression, which is not global or sticky, is found in the text. */
export const matches = (expression, text) => apply(exec, expression, [text]) !== null

/** Sets an object's own member, whatever its prototypes have by that name. */
export const put = (object, name, value) =>
  defineProperty(object, name, { __proto__: null, value, writable: true, enumerable: true, configurable: true })

/** Puts a value behind the last one of an array. */
export const append = (array, value) => put(array, array.length, value)

/** A member of an object, but nothing that somebody has given to all objects. */
export const member = (object, name) =>
  hasOwn(object, name) || !hasOwn(objectPrototype, name) ? object[name] : undefined

/** Gives an error the code that Node's have. */
export const coded = (error, code) => put(error, 'code', code)

const typedArrayPrototype = getPrototypeOf(Uint8Array.prototype)
const getter = (prototype, name) => uncurry(getOwnPropertyDescriptor(prototype, name).get)

/** Length of an ArrayBuffer in bytes. */
export const arrayBufferLength = getter(ArrayBuffer.prototype, 'byteLength')
const typedArrayTag = getter(typedArrayPrototype, Symbol.toStringTag)
const typedArrayBuffer = getter(typedArrayPrototype, 'buffer')
const typedArrayOffset = getter(typedArrayPrototype, 'byteOffset')
const typedArrayLength = getter(typedArrayPrototype, 'byteLength')
const dataViewBuffer = getter(DataView.prototype, 'buffer')
const dataViewOffset = getter(DataView.prototype, 'byteOffset')
const dataViewLength = getter(DataView.prototype, 'byteLength')

export function isArrayBuffer(value) {
  try {
    arrayBufferLength(value)
    return true
  } catch {
    return false
  }
}

/** Whether the value is an ArrayBuffer or a view of one. */
export const isBufferSource = (value) => isView(value) || isArrayBuffer(value)

/** The bytes of an ArrayBuffer or view as a Uint8Array on the same memory. */
export function bytesOf(source) {
  if (!isView(source)) {
    return new Uint8ArrayIntrinsic(source, 0, arrayBufferLength(source))
  }
  return typedArrayTag(source) === undefined
    ? new Uint8ArrayIntrinsic(dataViewBuffer(source), dataViewOffset(source), dataViewLength(source))
    : new Uint8ArrayIntrinsic(
        typedArrayBuffer(source),
        typedArrayOffset(source),
        typedArrayLength(source),
      )
}

/** A fresh ArrayBuffer with a copy of the bytes of an ArrayBuffer or view. */
export function copyBytes(source) {
  return typedArrayBuffer(new Uint8ArrayIntrinsic(bytesOf(source)))
}
