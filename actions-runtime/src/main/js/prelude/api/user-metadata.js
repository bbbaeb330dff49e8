// api.user: metadata of the user, written when the Action has succeeded.
import { warn } from '../console/warn.js'
import { ErrorIntrinsic, create, jsonStringify, keys } from '../host/intrinsics.js'
import { utf8Length } from '../text/utf8.js'
import { jsonCopy, refuse, text } from './check.js'

const MAX_TOTAL = 32 * 1024

/** One of the two setters; `result` is what it returns. */
function setter(recorder, method, result) {
  const sizes = create(null)

  function checkSize(key, value) {
    sizes[key] = utf8Length(key + jsonStringify(value))
    let total = 0
    const known = keys(sizes)
    for (let i = 0; i < known.length; i++) {
      total += sizes[known[i]]
    }
    if (total > MAX_TOTAL) {
      delete sizes[key]
      throw new ErrorIntrinsic(`api.${method}: metadata must not be larger than 32 kB`)
    }
  }

  return (key, value) => {
    text(method, 'key', key)
    if (value === undefined) {
      // Claims that may be absent are passed on as they are in common samples.
      warn(`api.${method}: the value of '${key}' is undefined and is ignored`)
      return result
    }
    const copy = jsonCopy(method, 'value', value)
    if (copy === undefined) {
      refuse(method, 'value must be serializable as JSON')
    }
    checkSize(key, copy)
    recorder.record(method, { key, value: copy })
    return result
  }
}

export const userApi = (recorder, result) => ({
  setAppMetadata: setter(recorder, 'user.setAppMetadata', result),
  setUserMetadata: setter(recorder, 'user.setUserMetadata', result),
})
