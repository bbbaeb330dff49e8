// randomBytes and its relatives
import { bytesOf } from '../../host/intrinsics.js'
import { randomArray } from '../../crypto/random.js'
import { Buffer } from '../buffer.js'
import { answer } from './sign.js'
import { invalidArgument } from './support.js'

const MAX_RANGE = 2 ** 48

const bytes = (size) => {
  if (!Number.isInteger(size) || size < 0) {
    throw invalidArgument('The "size" argument must be a length in bytes')
  }
  return Buffer.from(randomArray(size).buffer)
}

export const randomBytes = (size, callback) => answer(callback, () => bytes(size))

export function randomFillSync(target, offset = 0, size = undefined) {
  const view = bytesOf(target).subarray(offset, size === undefined ? undefined : offset + size)
  view.set(randomArray(view.length))
  return target
}

export function randomFill(target, ...rest) {
  const callback = rest.pop()
  answer(callback, () => randomFillSync(target, ...rest))
}

function integer(min, max) {
  const range = max - min
  if (!Number.isSafeInteger(min) || !Number.isSafeInteger(max) || range <= 0 || range > MAX_RANGE) {
    throw Object.assign(new RangeError('The range of randomInt is not valid'), { code: 'ERR_OUT_OF_RANGE' })
  }
  // Values past the last whole multiple of the range would favour small results.
  const limit = MAX_RANGE - (MAX_RANGE % range)
  for (;;) {
    const value = bytes(6).readUIntBE(0, 6)
    if (value < limit) {
      return min + (value % range)
    }
  }
}

export function randomInt(min, max, callback) {
  return typeof max === 'number' ? answer(callback, () => integer(min, max)) : answer(max, () => integer(0, min))
}
