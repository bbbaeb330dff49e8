// After a run the host compares globals, intrinsics and modules with what they were before guest
// code ran. What is made only when it is first touched has to be announced.
import { hostLoaded, hostLoading } from './bridge.js'

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

/** A function that makes it when it is first called. */
export function ownOnce(make) {
  let made
  return () => (made ??= own(make))
}
