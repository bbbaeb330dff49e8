// After a run the host compares globals, intrinsics and modules with what they were before guest
// code ran. What is made only when it is first touched has to be announced.
import { hostLoaded, hostLoading } from './bridge.js'
import {
  SetIntrinsic,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  objectPrototype,
  ownKeys,
  setAdd,
  setHas,
} from './intrinsics.js'

/** Makes something that is the prelude's own. */
export function own(make) {
  let made
  let whole = false
  hostLoading()
  try {
    made = make()
    whole = true
    return made
  } finally {
    hostLoaded(made, whole)
  }
}

/**
 * What an exports object keeps behind getters, as bundlers write it: announced as well, for the
 * host follows properties only.
 */
export function ownExports(exports, seen = new SetIntrinsic()) {
  if (!isPlain(exports) || setHas(seen, exports)) {
    return
  }
  setAdd(seen, exports)
  const members = ownKeys(exports)
  for (let i = 0; i < members.length; i++) {
    const key = members[i]
    if (getOwnPropertyDescriptor(exports, key).get !== undefined) {
      const value = own(() => exports[key])
      ownExports(value, seen)
    }
  }
}

const isPlain = (value) => {
  const prototype = typeof value === 'object' && value !== null ? getPrototypeOf(value) : undefined
  return prototype === null || prototype === objectPrototype
}

/** A function that makes it when it is first called. */
export function ownOnce(make) {
  let made
  return () => (made ??= own(make))
}
