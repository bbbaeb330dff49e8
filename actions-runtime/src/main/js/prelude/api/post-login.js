// api of the post-login trigger, v3 (contract actions-runtime §7.1). Many methods return the api
// itself, so that calls can be chained.
import { ErrorIntrinsic, keys, put } from '../host/intrinsics.js'
import { cacheApi } from './cache.js'
import { coerce, isObject, jsonCopy, refuse, text } from './check.js'
import { groupsApi, rolesApi } from './memberships.js'
import { redirectApi } from './redirect.js'
import { refreshTokenApi } from './refresh-token.js'
import { accessTokenApi, idTokenApi } from './tokens.js'
import { transactionApi } from './transaction.js'
import { userApi } from './user-metadata.js'
import { samlResponseApi, sessionApi } from './without-effect.js'

const MFA_PROVIDERS = { __proto__: null, none: 1, guardian: 1, 'google-authenticator': 1, duo: 1, any: 1 }
const MFA_PROVIDER_NAMES = Object.keys(MFA_PROVIDERS).join(', ')
const MAX_USER_ID = 128

function authenticationApi(recorder) {
  let primarySet = false
  const unsupported = (name) => () => recorder.unsupported(`authentication.${name}`)
  return {
    challengeWith: unsupported('challengeWith'),
    challengeWithAny: unsupported('challengeWithAny'),
    enrollWith: unsupported('enrollWith'),
    enrollWithAny: unsupported('enrollWithAny'),
    recordMethod() {
      throw new ErrorIntrinsic('api.authentication.recordMethod is only available in onContinuePostLogin')
    },
    setPrimaryUser(userId) {
      const method = 'authentication.setPrimaryUser'
      text(method, 'user_id', userId)
      if (userId.length > MAX_USER_ID) {
        refuse(method, `user_id must not be longer than ${MAX_USER_ID} characters`)
      }
      if (primarySet) {
        throw new ErrorIntrinsic(`api.${method} may be called only once in a transaction`)
      }
      recorder.record(method, { user_id: userId })
      primarySet = true
    },
  }
}

function multifactorApi(recorder, api) {
  const method = 'multifactor.enable'
  return {
    enable(provider, options) {
      if (typeof provider !== 'string' || MFA_PROVIDERS[provider] === undefined) {
        refuse(method, `provider must be one of ${MFA_PROVIDER_NAMES}`)
      }
      const given = options ?? {}
      if (!isObject(given)) {
        refuse(method, 'options must be an object')
      }
      recorder.record(method, { provider, options: jsonCopy(method, 'options', given) })
      return api
    },
  }
}

/** @param roles the user's effective roles */
export function postLoginApi(recorder, event, roles) {
  const api = {}
  const namespaces = {
    access: {
      deny(reason) {
        recorder.record('access.deny', { reason: coerce(reason) })
        return api
      },
    },
    accessToken: accessTokenApi(recorder, api),
    authentication: authenticationApi(recorder),
    cache: cacheApi(recorder),
    groups: groupsApi(),
    idToken: idTokenApi(recorder, api),
    multifactor: multifactorApi(recorder, api),
    prompt: { render: () => recorder.unsupported('prompt.render') },
    redirect: redirectApi(recorder, event, api),
    refreshToken: refreshTokenApi(recorder, event),
    roles: rolesApi(roles),
    rules: { wasExecuted: () => false },
    samlResponse: samlResponseApi(),
    session: sessionApi(recorder),
    transaction: transactionApi(recorder, event.transaction.metadata),
    user: userApi(recorder, api),
    validation: {
      error(code, message) {
        recorder.record('validation.error', { code: coerce(code) || 'invalid_request', message: coerce(message) })
        return api
      },
    },
  }
  const names = keys(namespaces)
  for (let i = 0; i < names.length; i++) {
    put(api, names[i], namespaces[names[i]])
  }
  return api
}
