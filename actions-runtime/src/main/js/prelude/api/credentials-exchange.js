// api of the credentials-exchange trigger, v2: a client gets a token of its own. Auth0's early-access methods for scopes
// are not here.
import { cacheApi } from './cache.js'
import { coerce } from './check.js'
import { accessTokenApi } from './tokens.js'

export function credentialsExchangeApi(recorder) {
  const { setCustomClaim } = accessTokenApi(recorder, undefined)
  return {
    access: {
      deny(code, reason) {
        recorder.record('access.deny', { code: coerce(code) || 'invalid_request', reason: coerce(reason) })
      },
    },
    accessToken: { setCustomClaim },
    cache: cacheApi(recorder),
  }
}
