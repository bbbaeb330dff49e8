// The host functions, kept in variables of this module only. They are called directly, with
// strings, numbers, booleans and fresh ArrayBuffers; none is ever a property of an object that
// guest code can see, nor passed on as a value.

import { TypeErrorIntrinsic, apply, indexOf, isArrayBuffer, slice } from './intrinsics.js'

let print, command, cache, fetch, cancel, timer, clearTimer, load, random, crypto, now, monotonic
let settled, unhandled, loading, loaded

export function install(host) {
  print = host.print
  command = host.command
  cache = host.cache
  fetch = host.fetch
  cancel = host.cancel
  timer = host.timer
  clearTimer = host.clearTimer
  load = host.require
  random = host.random
  crypto = host.crypto
  now = host.now
  monotonic = host.monotonic
  settled = host.settled
  unhandled = host.unhandled
  loading = host.loading
  loaded = host.loaded
}

// Interpolated, so that whatever guest code did to the functions behind it, what arrives is text.
export const hostPrint = (level, text) => void print(level, `${text}`)
export const hostCommand = (json) => command(`${json}`)
export const hostCache = (op, key, value, options) => cache(op, key, value, options)
export const hostFetch = (headJson, body) => fetch(headJson, body)
export const hostCancel = (callId) => void cancel(callId)
export const hostTimer = (delayMs) => timer(delayMs)
export const hostClearTimer = (id) => void clearTimer(id)
export const hostRequire = (name) => load(name)
export const hostRandom = (buffer) => void random(buffer)
export const hostNow = () => now()
export const hostMonotonic = () => monotonic()
export const hostSettled = (ok, errorJson) => void settled(ok, errorJson)
export const hostLoading = () => void loading()
export const hostLoaded = (made, whole) => void loaded(made, whole)
export const hostUnhandled = (errorJson) => void unhandled(`${errorJson}`)

/**
 * One cryptographic operation. Java answers an error as text that starts with NUL and reads
 * `ErrorName:message`; here it becomes an exception made by `toError(name, message)`.
 */
export function hostCrypto(toError, ...args) {
  for (let i = 0; i < args.length; i++) {
    if (typeof args[i] !== 'string' && !isArrayBuffer(args[i])) {
      throw new TypeErrorIntrinsic('Invalid argument')
    }
  }
  // Not spread, which would ask an iterator that guest code may have replaced.
  const answer = apply(crypto, undefined, args)
  if (typeof answer === 'string' && answer[0] === '\0') {
    const colon = indexOf(answer, ':')
    throw toError(slice(answer, 1, colon), slice(answer, colon + 1))
  }
  if (answer === null || answer === undefined) {
    throw toError('OperationError', 'The operation failed')
  }
  return answer
}
