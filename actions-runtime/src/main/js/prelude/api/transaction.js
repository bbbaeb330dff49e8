// api.transaction.setMetadata (contract actions-runtime §7.3): seen at once in event.transaction.
import { ErrorIntrinsic, create, isFiniteNumber, isInteger, isSafeInteger, keys, put } from '../host/intrinsics.js'
import { utf8Length } from '../text/utf8.js'
import { refuse, text } from './check.js'

const METHOD = 'transaction.setMetadata'
const MAX_KEY = 64
const MAX_VALUE = 8 * 1024
const MAX_TOTAL = 16 * 1024

const size = (value) => utf8Length(`${value}`)

function checkValue(value) {
  if (typeof value === 'number') {
    if (!isFiniteNumber(value) || (isInteger(value) && !isSafeInteger(value))) {
      refuse(METHOD, 'value must be a safe number')
    }
  } else if (typeof value !== 'string' && typeof value !== 'boolean' && value !== null) {
    refuse(METHOD, 'value must be a string, a number, a boolean or null')
  }
}

/** @param metadata the live `event.transaction.metadata` */
export function transactionApi(recorder, metadata) {
  // Sizes are kept here because guest code may write to the live object.
  const sizes = create(null)
  const known = keys(metadata)
  for (let i = 0; i < known.length; i++) {
    sizes[known[i]] = size(known[i]) + size(metadata[known[i]])
  }

  function checkSize(key, value) {
    if (key.length > MAX_KEY) {
      throw new ErrorIntrinsic(`api.${METHOD}: key must not be longer than 64 characters`)
    }
    if (value === null) {
      return
    }
    if (size(value) > MAX_VALUE) {
      throw new ErrorIntrinsic(`api.${METHOD}: value must not be larger than 8 KB`)
    }
    let total = size(key) + size(value)
    const others = keys(sizes)
    for (let i = 0; i < others.length; i++) {
      total += others[i] === key ? 0 : sizes[others[i]]
    }
    if (total > MAX_TOTAL) {
      throw new ErrorIntrinsic(`api.${METHOD}: transaction metadata must not be larger than 16 KB`)
    }
  }

  return {
    setMetadata(key, value) {
      text(METHOD, 'key', key)
      checkValue(value)
      checkSize(key, value)
      if (!recorder.accepts(METHOD)) {
        return
      }
      recorder.record(METHOD, { key, value })
      if (value === null) {
        delete sizes[key]
        delete metadata[key]
      } else {
        sizes[key] = size(key) + size(value)
        put(metadata, key, value)
      }
    },
  }
}
