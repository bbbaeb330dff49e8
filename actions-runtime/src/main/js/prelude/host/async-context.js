// What follows an execution from callback to callback (the language proposal AsyncContext), taken before guest code
// runs, for the engine's global of that name goes away. Promises carry it by themselves; timers and ticks once somebody
// uses it.

import { apply } from './intrinsics.js'

export const { Snapshot, Variable } = globalThis.AsyncContext

let followed = false

export function followTimers() {
  followed = true
}

/** A function that calls the callback, whenever that is, with what holds now. */
export function bound(callback) {
  const snapshot = new Snapshot()
  return function (...args) {
    return snapshot.run(() => apply(callback, this, args))
  }
}

/** The callback for a timer or a tick. */
export const kept = (callback) => (followed ? bound(callback) : callback)
