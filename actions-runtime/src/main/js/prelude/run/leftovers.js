// State of the runtime's own that the check of the realm does not see, being behind functions and in Maps. After a run it
// is again as the Action's top level has left it: what a handler adds to it is gone like its timers and requests.
import { append, matches, put } from '../host/intrinsics.js'

const states = []
let topLevel = true

/**
 * Has a state come back after each run.
 *
 * @param save copies the state, and gives a function that makes it so again
 */
export function comesBack(save) {
  append(states, { __proto__: null, save, restore: save() })
}

/** What there is now is the Action's for all its runs. */
export function keepTopLevel() {
  topLevel = false
  for (let i = 0; i < states.length; i++) {
    put(states[i], 'restore', states[i].save())
  }
}

/** Whether no handler has been called yet. */
export const isTopLevel = () => topLevel

const NOTHING = /^/

export function dropLeftovers() {
  for (let i = 0; i < states.length; i++) {
    const { restore } = states[i]
    restore()
  }
  // RegExp.$1 and its relatives tell of the last match, whoever's that was.
  matches(NOTHING, '')
}
