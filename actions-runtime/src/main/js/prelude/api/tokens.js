// api.accessToken and api.idToken
import { matches } from '../host/intrinsics.js'
import { jsonCopy, refuse, text } from './check.js'

const SCOPE = /^[\x21\x23-\x5b\x5d-\x7e]+$/

function scope(method, value) {
  if (typeof value !== 'string' || !matches(SCOPE, value)) {
    refuse(method, 'scope must be a non-empty string without whitespace, quotes or backslashes')
  }
  return value
}

const claimSetter = (recorder, method, api) => (name, value) => {
  text(method, 'claim name', name)
  recorder.record(method, { name, value: jsonCopy(method, 'value', value) ?? null })
  return api
}

export const idTokenApi = (recorder, api) => ({
  setCustomClaim: claimSetter(recorder, 'idToken.setCustomClaim', api),
})

export const accessTokenApi = (recorder, api) => ({
  setCustomClaim: claimSetter(recorder, 'accessToken.setCustomClaim', api),
  addScope(value) {
    recorder.record('accessToken.addScope', { scope: scope('accessToken.addScope', value) })
    return api
  },
  removeScope(value) {
    recorder.record('accessToken.removeScope', { scope: scope('accessToken.removeScope', value) })
    return api
  },
})
