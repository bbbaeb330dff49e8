// One execution of an Action: its timers, its requests, and whether it is over.
import { hostCancel, hostClearTimer, hostUnhandled } from '../host/bridge.js'
import { describeFailure } from '../host/failure.js'
import { apply, create, keys } from '../host/intrinsics.js'

class Run {
  #over = false
  #timers = create(null)
  #calls = create(null)
  #pending = 0

  get over() {
    return this.#over
  }

  get pending() {
    return this.#pending
  }

  addTimer(id, timer) {
    this.#timers[id] = timer
    this.#pending++
  }

  takeTimer(id) {
    const timer = this.#timers[id]
    if (timer !== undefined) {
      delete this.#timers[id]
      this.#pending--
    }
    return timer
  }

  addCall(id, call) {
    this.#calls[id] = call
    this.#pending++
  }

  takeCall(id) {
    const call = this.#calls[id]
    if (call !== undefined) {
      delete this.#calls[id]
      this.#pending--
    }
    return call
  }

  /** The Action has answered, though the host ends the run only after this turn. */
  finish() {
    this.#over = true
  }

  /** Nothing that is still open may call back, delay the answer or count as an error. */
  end() {
    this.#over = true
    const timers = keys(this.#timers)
    for (let i = 0; i < timers.length; i++) {
      hostClearTimer(+timers[i])
    }
    const calls = keys(this.#calls)
    for (let i = 0; i < calls.length; i++) {
      hostCancel(+calls[i])
    }
    this.#timers = create(null)
    this.#calls = create(null)
    this.#pending = 0
  }
}

let run = new Run()

export const currentRun = () => run

/** Ends the current run; what happens from now on belongs to the next. */
export function nextRun() {
  run.end()
  run = new Run()
}

/** Calls back into guest code from the host's loop, where nobody is left to catch. */
export function callBack(callback, args) {
  try {
    apply(callback, undefined, args)
  } catch (thrown) {
    hostUnhandled(describeFailure(thrown))
  }
}
