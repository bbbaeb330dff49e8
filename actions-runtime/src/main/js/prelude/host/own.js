// After a run the host compares globals, intrinsics and modules with what they were before guest
// code ran. What is made only when it is first touched has to be announced.
import { hostLoaded, hostLoading } from './bridge.js'
import {
  SetIntrinsic,
  append,
  getOwnPropertyDescriptor,
  getPrototypeOf,
  isBufferSource,
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

const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function'

/** What is met behind the members of an object: data all the way, functions and prototypes up to themselves. */
function behind(object) {
  const seen = new SetIntrinsic()
  const met = []
  const open = [object]
  const meet = (value) => {
    if (!isObject(value) || setHas(seen, value)) {
      return
    }
    setAdd(seen, value)
    append(met, value)
    if (typeof value !== 'function' && !isBufferSource(value)) {
      append(open, value)
    }
  }
  for (let i = 0; i < open.length; i++) {
    const prototype = getPrototypeOf(open[i])
    if (prototype !== null && !setHas(seen, prototype)) {
      setAdd(seen, prototype)
      append(met, prototype)
    }
    const names = ownKeys(open[i])
    for (let j = 0; j < names.length; j++) {
      const own = getOwnPropertyDescriptor(open[i], names[j])
      meet(own.value)
      meet(own.get)
      meet(own.set)
    }
  }
  return { seen, met }
}

/** Announces what instances have in common behind their members; a second one tells what that is. */
export function ownShared(make) {
  const { seen } = behind(make())
  const { met } = behind(make())
  const shared = []
  for (let i = 0; i < met.length; i++) {
    if (setHas(seen, met[i])) {
      append(shared, met[i])
    }
  }
  own(() => shared)
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
