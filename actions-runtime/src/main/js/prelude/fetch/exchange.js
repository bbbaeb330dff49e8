// One request of the host and its answer, for fetch and for the http modules.
import { hostCancel, hostFetch } from '../host/bridge.js'
import { ErrorIntrinsic, PromiseIntrinsic, Uint8ArrayIntrinsic, coded, copyBytes, jsonParse, jsonStringify } from '../host/intrinsics.js'
import { currentRun } from '../run/run.js'

/** Why there is no answer, as a system error of Node's. */
function failure({ message, code }) {
  const error = new ErrorIntrinsic(message)
  return code === undefined ? error : coded(error, code)
}

/**
 * Sends a request; aborting drops it.
 *
 * @param head `{url, method, headers: [[name, value]], redirect}`
 * @param bytes the body, or null
 * @param signal an AbortSignal, or nothing
 * @returns a promise of `{head: {status, statusText, url, redirected, headers}, bytes}`
 */
export function exchange(head, bytes, signal) {
  const run = currentRun()
  return new PromiseIntrinsic((resolve, reject) => {
    const id = hostFetch(jsonStringify(head), bytes === null ? null : copyBytes(bytes))
    if (!(id > 0)) {
      reject(failure({ message: 'Too many requests at once' }))
      return
    }
    const abort = () => {
      if (run.takeCall(id) !== undefined) {
        hostCancel(id)
        reject(signal.reason)
      }
    }
    signal?.addEventListener('abort', abort, { __proto__: null, once: true })
    const done = () => signal?.removeEventListener('abort', abort)
    run.addCall(id, { succeed: resolve, fail: reject, done })
  })
}

/** The host has the answer, or gave up. */
export function completeCall(id, ok, headJson, body) {
  const call = currentRun().takeCall(id)
  if (call === undefined) {
    return
  }
  call.done()
  const head = jsonParse(headJson)
  if (ok) {
    call.succeed({ head, bytes: body === null ? null : new Uint8ArrayIntrinsic(body) })
  } else {
    call.fail(failure(head))
  }
}
