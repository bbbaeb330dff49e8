// setTimeout and its relatives, over the host's one-shot timers.
import { kept } from '../host/async-context.js'
import { hostClearTimer, hostTimer } from '../host/bridge.js'
import { ErrorIntrinsic, TypeErrorIntrinsic, coded, defineProperty } from '../host/intrinsics.js'
import { callBack, currentRun } from '../run/run.js'
import { TICKS } from './ticks.js'

const MAX_DELAY = 2 ** 31 - 1

/** Node's timer object; as a number it is the timer's id. */
class Timeout {
  #callback
  #args
  #delay
  #repeat
  #id = 0

  constructor(callback, args, delay, repeat) {
    this.#callback = callback
    this.#args = args
    this.#delay = delay
    this.#repeat = repeat
  }

  static start(timer) {
    const id = hostTimer(timer.#delay)
    if (!(id > 0)) {
      throw new ErrorIntrinsic('Too many timers')
    }
    timer.#id = id
    currentRun().addTimer(id, timer)
  }

  static stop(timer) {
    if (currentRun().takeTimer(timer.#id) !== undefined) {
      hostClearTimer(timer.#id)
    }
    timer.#repeat = false
  }

  static fire(timer) {
    const fired = timer.#id
    callBack(timer.#callback, timer.#args)
    // Unless the callback stopped it, or has started it anew.
    if (timer.#repeat && timer.#id === fired) {
      start(timer)
    }
  }

  static is = (value) => typeof value === 'object' && value !== null && #callback in value

  ref() {
    return this
  }
  unref() {
    return this
  }
  hasRef() {
    return true
  }
  refresh() {
    const repeat = this.#repeat
    stop(this)
    this.#repeat = repeat
    start(this)
    return this
  }
  close() {
    stop(this)
    return this
  }
  [Symbol.toPrimitive]() {
    return this.#id
  }
  [Symbol.for('Symbol.dispose')]() {
    stop(this)
  }
}

/** What an Action meets only as the prototype of a timer. */
export const timeoutPrototype = Timeout.prototype

const { start, stop, fire, is } = Timeout
for (const name of ['start', 'stop', 'fire', 'is']) {
  delete Timeout[name]
}

function schedule(callback, args, delay, repeat) {
  if (typeof callback !== 'function') {
    throw coded(new TypeErrorIntrinsic('The "callback" argument must be of type function'), 'ERR_INVALID_ARG_TYPE')
  }
  const timer = new Timeout(kept(callback), args, delay, repeat)
  start(timer)
  return timer
}

/** As in Node: no delay, a negative one or one that is no number becomes one millisecond. */
function delayOf(delay) {
  const ms = +delay
  return ms >= 1 && ms <= MAX_DELAY ? ms : 1
}

export const setTimeout = (callback, delay, ...args) => schedule(callback, args, delayOf(delay), false)
export const setInterval = (callback, delay, ...args) => schedule(callback, args, delayOf(delay), true)
export const setImmediate = (callback, ...args) => schedule(callback, args, 0, false)

// `util.promisify(setTimeout)` is how many wait.
const PROMISIFIED = Symbol.for('nodejs.util.promisify.custom')
for (const [name, timer] of [['setTimeout', setTimeout], ['setImmediate', setImmediate]]) {
  defineProperty(timer, PROMISIFIED, { get: () => require('./promises.js')[name], configurable: true })
}

export function clearTimeout(timer) {
  if (is(timer)) {
    stop(timer)
  } else if (typeof timer === 'number' || typeof timer === 'string') {
    const known = currentRun().takeTimer(timer)
    if (known !== undefined) {
      hostClearTimer(+timer)
      stop(known)
    }
  }
}

/** The host's timer is due. */
export function fireTimer(id) {
  const timer = currentRun().takeTimer(id)
  // The queue of ticks needs no call: it is worked off at the end of this turn.
  if (timer !== undefined && timer !== TICKS) {
    fire(timer)
  }
}

async function callSoon(callback) {
  await null
  callback()
}

// A callback that throws leaves a rejection that nobody handles, which is how it is reported.
export function queueMicrotask(callback) {
  if (typeof callback !== 'function') {
    throw new TypeErrorIntrinsic('The "callback" argument must be of type function')
  }
  void callSoon(callback)
}
