// api.cache (contract actions-runtime §9). Limits are answered, never thrown.
import { hostCache } from '../host/bridge.js'
import { isFiniteNumber, isWellFormed, jsonParse, jsonStringify, member } from '../host/intrinsics.js'
import { isObject } from './check.js'

const failure = (code) => ({ type: 'error', code })

// JSON has no infinity, so expiries are checked before they become JSON.
const isExpiry = (value) => isFiniteNumber(value) && value >= 0
const isGiven = (value) => value !== undefined && value !== null

function expiry(options) {
  const given = isObject(options) ? options : { __proto__: null }
  const ttl = member(given, 'ttl')
  const expires_at = member(given, 'expires_at')
  if ((isGiven(ttl) && !isExpiry(ttl)) || (isGiven(expires_at) && !isExpiry(expires_at))) {
    return undefined
  }
  return jsonStringify({ __proto__: null, ttl: ttl ?? undefined, expires_at: expires_at ?? undefined })
}

// Half a surrogate pair would become a question mark, so that several keys would be one.
const isText = (value) => typeof value === 'string' && isWellFormed(value)

const ask = (op, key, value, options) => {
  const json = hostCache(op, key, value, options)
  return typeof json === 'string' ? jsonParse(json) : undefined
}

export const cacheApi = (recorder) => ({
  get(key) {
    return isText(key) && recorder.accepts('cache.get') ? ask('get', key, null, null) : undefined
  },

  set(key, value, options) {
    if (!isText(key) || !isText(value) || !recorder.accepts('cache.set')) {
      return failure('FailedToSetCacheRecord')
    }
    const checked = expiry(options)
    return checked === undefined
      ? failure('InvalidExpiry')
      : ask('set', key, value, checked) ?? failure('FailedToSetCacheRecord')
  },

  delete(key) {
    if (!isText(key) || !recorder.accepts('cache.delete')) {
      return failure('FailedToDeleteCacheRecord')
    }
    return ask('delete', key, null, null) ?? failure('FailedToDeleteCacheRecord')
  },
})
