// api.transaction.setMetadata (contract actions-runtime §7.3): seen at once in event.transaction.
import { ErrorIntrinsic, create, defineProperty, isFiniteNumber, isInteger, isSafeInteger, keys } from '../host/intrinsics.js'
import { encodeUtf8 } from '../text/text-codec.js'
import { refuse, text } from './check.js'

const METHOD = 'transaction.setMetadata'
const MAX_KEY = 64
const MAX_VALUE = 8 * 1024
const MAX_TOTAL = 16 * 1024

const size = (value) => encodeUtf8(`${value}`).length

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
  for (const key of keys(metadata)) {
    sizes[key] = size(key) + size(metadata[key])
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
    for (const other of keys(sizes)) {
      total += other === key ? 0 : sizes[other]
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
        defineProperty(metadata, key, { value, writable: true, enumerable: true, configurable: true })
      }
    },
  }
}
