// Random bytes from the host.
import { DOMException } from '../events/dom-exception.js'
import { hostRandom } from '../host/bridge.js'
import { ArrayBufferIntrinsic, Uint8ArrayIntrinsic, bytesOf, isView } from '../host/intrinsics.js'

const MAX_BYTES = 65536

export function randomArray(size) {
  const buffer = new ArrayBufferIntrinsic(size)
  for (let offset = 0; offset < size; offset += MAX_BYTES) {
    // The host fills a buffer whole, so a large one is made of several.
    const part = size <= MAX_BYTES ? buffer : new ArrayBufferIntrinsic(Math.min(MAX_BYTES, size - offset))
    hostRandom(part)
    if (part !== buffer) {
      new Uint8ArrayIntrinsic(buffer).set(new Uint8ArrayIntrinsic(part), offset)
    }
  }
  return new Uint8ArrayIntrinsic(buffer)
}

export function getRandomValues(array) {
  if (!isView(array) || array instanceof DataView || array instanceof Float64Array || array instanceof Float32Array) {
    throw new DOMException('The array must be an integer-typed TypedArray', 'TypeMismatchError')
  }
  const bytes = bytesOf(array)
  if (bytes.length > MAX_BYTES) {
    throw new DOMException(`At most ${MAX_BYTES} bytes of randomness at once`, 'QuotaExceededError')
  }
  bytes.set(randomArray(bytes.length))
  return array
}

const HEX = Array.from({ length: 256 }, (_, byte) => byte.toString(16).padStart(2, '0'))

export function randomUUID() {
  const bytes = randomArray(16)
  bytes[6] = (bytes[6] & 0x0f) | 0x40
  bytes[8] = (bytes[8] & 0x3f) | 0x80
  let text = ''
  for (let i = 0; i < 16; i++) {
    text += HEX[bytes[i]]
    if (i === 3 || i === 5 || i === 7 || i === 9) {
      text += '-'
    }
  }
  return text
}
