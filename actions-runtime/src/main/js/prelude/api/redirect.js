// api.redirect: nobody can be redirected here; only the token helper works.
import { hostCrypto, hostNow } from '../host/bridge.js'
import { ErrorIntrinsic, TypeErrorIntrinsic, Uint8ArrayIntrinsic, arrayBufferLength, floor, jsonStringify, member } from '../host/intrinsics.js'
import { encodeUtf8 } from '../text/utf8.js'
import { isObject, refuse, text } from './check.js'

const METHOD = 'redirect.encodeToken'
const DEFAULT_LIFETIME = 900

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'

function base64url(buffer) {
  const length = arrayBufferLength(buffer)
  const bytes = new Uint8ArrayIntrinsic(buffer)
  let text = ''
  for (let i = 0; i < length; i += 3) {
    const rest = length - i
    const bits = (bytes[i] << 16) | (rest > 1 ? bytes[i + 1] << 8 : 0) | (rest > 2 ? bytes[i + 2] : 0)
    text += ALPHABET[bits >> 18] + ALPHABET[(bits >> 12) & 63]
    text += (rest > 1 ? ALPHABET[(bits >> 6) & 63] : '') + (rest > 2 ? ALPHABET[bits & 63] : '')
  }
  return text
}

const part = (object) => base64url(encodeUtf8(jsonStringify(object)))
const toError = (_name, message) => new TypeErrorIntrinsic(message)

function encodeToken(event, options) {
  if (!isObject(options)) {
    refuse(METHOD, 'options must be an object')
  }
  const secret = text(METHOD, 'secret', member(options, 'secret'))
  const payload = member(options, 'payload') ?? {}
  const expiresInSeconds = member(options, 'expiresInSeconds') ?? DEFAULT_LIFETIME
  if (!isObject(payload)) {
    refuse(METHOD, 'payload must be an object')
  }
  if (typeof expiresInSeconds !== 'number' || !(expiresInSeconds > 0)) {
    refuse(METHOD, 'expiresInSeconds must be a positive number')
  }
  const now = floor(hostNow() / 1000)
  const claims = {
    __proto__: null,
    ...payload,
    iat: now,
    exp: now + floor(expiresInSeconds),
    iss: event.request?.hostname,
    sub: event.user?.user_id,
    ip: event.request?.ip,
  }
  const signed = `${part({ __proto__: null, typ: 'JWT', alg: 'HS256' })}.${part(claims)}`
  const signature = hostCrypto(toError, 'hmac.sign', 'SHA-256', encodeUtf8(secret), encodeUtf8(signed))
  return `${signed}.${base64url(signature)}`
}

export const redirectApi = (recorder, event, api) => ({
  sendUserTo(_url, _options) {
    recorder.unsupported('redirect.sendUserTo')
    return api
  },
  encodeToken: (options) => encodeToken(event, options),
  validateToken() {
    throw new ErrorIntrinsic('api.redirect.validateToken is only available in onContinuePostLogin')
  },
  canRedirect: () => false,
})
