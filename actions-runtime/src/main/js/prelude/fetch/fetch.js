// fetch: the host connects; here requests become JSON and answers become Responses.
import { hostCancel, hostFetch } from '../host/bridge.js'
import { Uint8ArrayIntrinsic, copyBytes, jsonParse, jsonStringify } from '../host/intrinsics.js'
import { currentRun } from '../run/run.js'
import { isEmpty, take } from './body.js'
import { Request } from './request.js'
import { receivedResponse } from './response.js'

function failed(message, code) {
  const cause = new Error(message)
  if (code !== undefined) {
    cause.code = code
  }
  return new TypeError('fetch failed', { cause })
}

function start(request, bytes, signal) {
  const headJson = jsonStringify({
    url: request.url,
    method: request.method,
    headers: [...request.headers],
    redirect: request.redirect,
  })
  const run = currentRun()
  return new Promise((resolve, reject) => {
    const id = hostFetch(headJson, bytes === null ? null : copyBytes(bytes))
    if (!(id > 0)) {
      reject(failed('Too many requests at once'))
      return
    }
    const abort = () => {
      if (run.takeCall(id) !== undefined) {
        hostCancel(id)
        reject(signal.reason)
      }
    }
    signal?.addEventListener('abort', abort, { once: true })
    const done = () => signal?.removeEventListener('abort', abort)
    run.addCall(id, { resolve, reject, done })
  })
}

export async function fetch(input, init) {
  const request = new Request(input, init)
  // Not request.signal, which would make one where there is none.
  const signal = init?.signal ?? (input instanceof Request ? input.signal : null)
  signal?.throwIfAborted()
  if (!/^https?:/.test(request.url)) {
    throw failed(`URL scheme must be http or https: ${request.url}`)
  }
  const bytes = isEmpty(request) ? null : await take(request)
  signal?.throwIfAborted()
  return start(request, bytes, signal)
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
    call.resolve(receivedResponse(head, body === null ? null : new Uint8ArrayIntrinsic(body)))
  } else {
    call.reject(failed(head.message, head.code))
  }
}
