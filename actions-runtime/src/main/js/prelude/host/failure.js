// How something that was thrown is told to the host: plain strings of bounded length.
import { jsonStringify, StringIntrinsic } from './intrinsics.js'

const MAX_LENGTH = 4096

// The methods used here are the guest's to replace, so what they give is looked at.
function cap(text) {
  const capped = text.length > MAX_LENGTH ? text.slice(0, MAX_LENGTH) : text
  return typeof capped === 'string' ? capped : ''
}

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
const withoutPrelude = (stack) =>
  stack
    .split('\n')
    .filter((line) => !line.includes('(prelude.js:') && !line.includes('at prelude.js:'))
    .join('\n')

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
    failure.code = cap(code)
  }
  const stack = object ? read(thrown, 'stack') : undefined
  failure.stack = cap(stack === undefined ? `${failure.name}: ${failure.message}` : withoutPrelude(stack))
  return jsonStringify(failure)
}
