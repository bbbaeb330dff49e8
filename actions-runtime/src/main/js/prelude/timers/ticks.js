// process.nextTick: what is queued runs when the code at hand has returned to the host's loop, before promises go on;
// what promises queue runs when no promise has anything left to do, before anything else gets a turn.
import { kept } from '../host/async-context.js'
import { hostTimer } from '../host/bridge.js'
import { TypeErrorIntrinsic, append, apply, coded } from '../host/intrinsics.js'
import { callBack, currentRun } from '../run/run.js'

/** Due before every timer of an Action. */
const FIRST = -1

/** Stands for the queue among the timers of a run. */
export const TICKS = { __proto__: null }

let queue = []
let inTurn = false

function drain() {
  while (queue.length > 0) {
    const due = queue
    queue = []
    for (let i = 0; i < due.length; i++) {
      callBack(due[i].callback, due[i].args)
    }
  }
}

// Without a promise's `then`, which guest code may have replaced.
async function afterThisOne(callback) {
  await null
  callback()
}

function wakeAfterPromises() {
  const id = hostTimer(FIRST)
  if (id > 0) {
    currentRun().addTimer(id, TICKS)
  } else {
    // Too many timers: sooner than in Node, but not lost.
    void afterThisOne(drain)
  }
}

export function nextTick(callback, ...args) {
  if (typeof callback !== 'function') {
    throw coded(new TypeErrorIntrinsic('The "callback" argument must be of type function'), 'ERR_INVALID_ARG_TYPE')
  }
  append(queue, { callback: kept(callback), args })
  if (queue.length === 1 && !inTurn) {
    wakeAfterPromises()
  }
}

/** Makes a function that the host calls one turn of the loop, at whose end the queue is worked off. */
export const turn =
  (enter) =>
  (...args) => {
    inTurn = true
    try {
      apply(enter, undefined, args)
      drain()
    } finally {
      inTurn = false
    }
  }

/** What a run leaves in the queue is not for the next one. */
export function dropTicks() {
  queue = []
}
