// How something that was thrown is told to the host: plain strings of bounded length.
import { StringIntrinsic, indexOf, includes, jsonStringify, put, slice } from './intrinsics.js'

const MAX_LENGTH = 4096

/** More of a stack is not looked at. */
const MAX_STACK = 16 * MAX_LENGTH

const cap = (text, length = MAX_LENGTH) => (text.length > length ? slice(text, 0, length) : text)

// Thrown values belong to the guest: getters may throw.
function read(value, key) {
  try {
    const member = value[key]
    return typeof member === 'string' ? member : undefined
  } catch {
    return undefined
  }
}

// Frames of the prelude say nothing to whoever wrote the Action.
function withoutPrelude(stack) {
  let kept = ''
  for (let from = 0; from <= stack.length; ) {
    const end = indexOf(stack, '\n', from)
    const to = end < 0 ? stack.length : end
    const line = slice(stack, from, to)
    if (!includes(line, '(prelude.js:') && !includes(line, 'at prelude.js:')) {
      kept += from === 0 ? line : `\n${line}`
    }
    from = to + 1
  }
  return kept
}

function text(value) {
  try {
    return typeof value === 'object' && value !== null
      ? jsonStringify(value) ?? 'object'
      : StringIntrinsic(value)
  } catch {
    return 'A value that cannot be printed'
  }
}

export function describeFailure(thrown) {
  const object = (typeof thrown === 'object' && thrown !== null) || typeof thrown === 'function'
  const message = object ? read(thrown, 'message') : undefined
  const failure = {
    __proto__: null,
    name: cap((object && read(thrown, 'name')) || 'Error'),
    message: cap(message ?? text(thrown)),
    stack: '',
  }
  const code = object ? read(thrown, 'code') : undefined
  if (code !== undefined) {
    put(failure, 'code', cap(code))
  }
  const stack = object ? read(thrown, 'stack') : undefined
  put(
    failure,
    'stack',
    cap(stack === undefined ? `${failure.name}: ${failure.message}` : withoutPrelude(cap(stack, MAX_STACK))),
  )
  return jsonStringify(failure)
}
