// Argument checks shared by api methods. Messages name the method and the argument.
import { StringIntrinsic, TypeErrorIntrinsic, isArray, jsonParse, jsonStringify } from '../host/intrinsics.js'

export function refuse(method, problem) {
  throw new TypeErrorIntrinsic(`api.${method}: ${problem}`)
}

export function text(method, name, value) {
  if (typeof value !== 'string' || value === '') {
    refuse(method, `${name} must be a non-empty string`)
  }
  return value
}

export const isObject = (value) => typeof value === 'object' && value !== null && !isArray(value)

/** A JSON copy of the value; undefined if JSON has no form for it. */
export function jsonCopy(method, name, value) {
  let json
  try {
    json = jsonStringify(value)
  } catch {
    refuse(method, `${name} must be serializable as JSON`)
  }
  return json === undefined ? undefined : jsonParse(json)
}

/** Text for the methods that must never throw. */
export function coerce(value) {
  try {
    return value === undefined || value === null ? '' : StringIntrinsic(value)
  } catch {
    return ''
  }
}
