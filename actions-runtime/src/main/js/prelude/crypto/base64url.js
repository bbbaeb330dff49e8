// base64url as JWK uses it.
import { Uint8ArrayIntrinsic } from '../host/intrinsics.js'
import { atob, binaryString, btoa } from '../text/base64.js'
import { dataError } from './errors.js'

export const toBase64Url = (bytes) =>
  btoa(binaryString(bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')

export function fromBase64Url(text) {
  if (typeof text !== 'string' || !/^[A-Za-z0-9_-]*$/.test(text)) {
    throw dataError('A JWK member is not base64url')
  }
  const binary = atob(text.replaceAll('-', '+').replaceAll('_', '/'))
  const bytes = new Uint8ArrayIntrinsic(binary.length)
  for (let i = 0; i < bytes.length; i++) {
    bytes[i] = binary.charCodeAt(i)
  }
  return bytes
}
