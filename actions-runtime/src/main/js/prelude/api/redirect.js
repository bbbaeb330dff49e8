// api.redirect: nobody can be redirected here; only the token helper works.
import { hostCrypto, hostNow } from '../host/bridge.js'
import { ErrorIntrinsic, TypeErrorIntrinsic, Uint8ArrayIntrinsic, copyBytes, jsonStringify } from '../host/intrinsics.js'
import { binaryString, btoa } from '../text/base64.js'
import { encodeUtf8 } from '../text/text-codec.js'
import { isObject, refuse, text } from './check.js'

const METHOD = 'redirect.encodeToken'
const DEFAULT_LIFETIME = 900

const base64url = (bytes) =>
  btoa(binaryString(bytes)).replaceAll('+', '-').replaceAll('/', '_').replaceAll('=', '')
const part = (object) => base64url(encodeUtf8(jsonStringify(object)))
const toError = (_name, message) => new TypeErrorIntrinsic(message)

function encodeToken(event, options) {
  if (!isObject(options)) {
    refuse(METHOD, 'options must be an object')
  }
  const { secret, payload = {}, expiresInSeconds = DEFAULT_LIFETIME } = options
  text(METHOD, 'secret', secret)
  if (!isObject(payload)) {
    refuse(METHOD, 'payload must be an object')
  }
  if (typeof expiresInSeconds !== 'number' || !(expiresInSeconds > 0)) {
    refuse(METHOD, 'expiresInSeconds must be a positive number')
  }
  const now = Math.floor(hostNow() / 1000)
  const claims = {
    ...payload,
    iat: now,
    exp: now + Math.floor(expiresInSeconds),
    iss: event.request?.hostname,
    sub: event.user?.user_id,
    ip: event.request?.ip,
  }
  const signed = `${part({ typ: 'JWT', alg: 'HS256' })}.${part(claims)}`
  const signature = hostCrypto(toError, 'hmac.sign', 'SHA-256', copyBytes(encodeUtf8(secret)), copyBytes(encodeUtf8(signed)))
  return `${signed}.${base64url(new Uint8ArrayIntrinsic(signature))}`
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
