// fetch: the host connects; here requests become JSON and answers become Responses.
import { encodeUtf8 } from '../text/text-codec.js'
import { isEmpty, take } from './body.js'
import { exchange } from './exchange.js'
import { inOrder } from './headers.js'
import { Request } from './request.js'
import { Response, receivedResponse } from './response.js'

const failed = (cause) => new TypeError('fetch failed', { cause })

/** What a data: URL holds (Fetch standard, section 6). */
function dataResponse(url) {
  const [, type, isBase64, text] = /^data:([^,]*?)(;\s*base64)?,([^#]*)/i.exec(url) ?? []
  if (text === undefined) {
    throw failed(new Error('The data: URL is not valid'))
  }
  const plain = decodeURIComponent(text)
  const { Buffer } = require('../node/buffer.js')
  const body = isBase64 ? Buffer.from(plain, 'base64') : encodeUtf8(plain)
  return new Response(body, { headers: { 'content-type': type || 'text/plain;charset=US-ASCII' } })
}

export async function fetch(input, init) {
  const request = new Request(input, init)
  // Not request.signal, which would make one where there is none.
  const signal = init?.signal ?? (input instanceof Request ? input.signal : null)
  signal?.throwIfAborted()
  if (/^data:/.test(request.url)) {
    return dataResponse(request.url)
  }
  if (!/^https?:/.test(request.url)) {
    throw failed(new Error('unknown scheme'))
  }
  const bytes = isEmpty(request) ? null : await take(request)
  signal?.throwIfAborted()
  const { url, method, redirect } = request
  return answer({ url, method, headers: inOrder(request.headers), redirect }, bytes, signal)
}

async function answer(head, bytes, signal) {
  let received
  try {
    received = await exchange(head, bytes, signal)
  } catch (cause) {
    throw signal?.aborted ? cause : failed(cause)
  }
  return receivedResponse(received.head, received.bytes)
}
