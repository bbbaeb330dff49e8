// Error.captureStackTrace, which V8 has and the language does not: many packages call it in their errors.
import { ErrorIntrinsic, TypeErrorIntrinsic, apply, defineProperty } from '../host/intrinsics.js'

const { toString } = ErrorIntrinsic.prototype

/** Where a function of that name was called from; everything if it is not on the stack. */
function above(frames, name) {
  const last =
    name === undefined || name === ''
      ? -1
      : frames.findLastIndex(
          (frame) => frame.startsWith(`    at ${name} (`) || frame.startsWith(`    at new ${name} (`),
        )
  return frames.slice(last + 1)
}

export function captureStackTrace(target, until) {
  if ((typeof target !== 'object' && typeof target !== 'function') || target === null) {
    throw new TypeErrorIntrinsic('Invalid argument')
  }
  // The first line is the error's own, the second this function.
  const frames = new ErrorIntrinsic().stack.split('\n').slice(2)
  const value = [apply(toString, target, []), ...above(frames, until?.name)].join('\n')
  defineProperty(target, 'stack', { value, writable: true, configurable: true })
}

export function installStackTraces() {
  if (ErrorIntrinsic.captureStackTrace === undefined) {
    defineProperty(ErrorIntrinsic, 'captureStackTrace', {
      value: captureStackTrace,
      writable: true,
      configurable: true,
    })
  }
}
