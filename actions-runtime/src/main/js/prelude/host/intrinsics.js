// What the prelude needs of the language after guest code has run, taken before it runs. A guest
// that replaces these in its realm breaks its own code only.

export const {
  Array: ArrayIntrinsic,
  ArrayBuffer: ArrayBufferIntrinsic,
  Error: ErrorIntrinsic,
  Promise: PromiseIntrinsic,
  String: StringIntrinsic,
  TypeError: TypeErrorIntrinsic,
  Uint8Array: Uint8ArrayIntrinsic,
} = globalThis

export const { parse: jsonParse, stringify: jsonStringify } = JSON
export const { apply, getOwnPropertyDescriptor, ownKeys } = Reflect
export const { create, defineProperty, getPrototypeOf, keys, prototype: objectPrototype } = Object
export const { isArray } = Array
export const { isInteger, isSafeInteger } = Number
export const { isFinite: isFiniteNumber } = Number
export const { isView } = ArrayBuffer
export const fromCharCode = String.fromCharCode

// `bind` turned round: a function that takes its `this` as first argument.
const uncurry = (method) => (self, ...args) => apply(method, self, args)

const typedArrayPrototype = getPrototypeOf(Uint8Array.prototype)
const getter = (prototype, name) => uncurry(getOwnPropertyDescriptor(prototype, name).get)

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
