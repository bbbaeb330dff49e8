// AbortController and AbortSignal
import { setTimeout } from '../timers/timers.js'
import { DOMException } from './dom-exception.js'
import { Event, EventTarget } from './event-target.js'
import { webClass } from '../host/web-class.js'

// Only this module makes signals.
const MAKE = Symbol('make')

const MAX_TIMEOUT = 2 ** 32 - 1

export class AbortSignal extends EventTarget {
  #aborted = false
  #reason = undefined
  onabort = null

  constructor(token) {
    if (token !== MAKE) {
      throw new TypeError('Illegal constructor')
    }
    super()
  }

  static trigger(signal, reason) {
    if (signal.#aborted) {
      return
    }
    signal.#aborted = true
    signal.#reason = reason === undefined ? new DOMException('This operation was aborted', 'AbortError') : reason
    signal.dispatchEvent(new Event('abort'))
  }

  static abort(reason) {
    const signal = new AbortSignal(MAKE)
    trigger(signal, reason)
    return signal
  }

  static timeout(delay) {
    if (!(delay >= 0 && delay <= MAX_TIMEOUT)) {
      const error = new RangeError(`The value of "delay" is out of range. It must be >= 0 && <= ${MAX_TIMEOUT}. Received ${delay}`)
      error.code = 'ERR_OUT_OF_RANGE'
      throw error
    }
    const signal = new AbortSignal(MAKE)
    const reason = () => new DOMException('The operation was aborted due to timeout', 'TimeoutError')
    setTimeout(() => trigger(signal, reason()), delay)
    return signal
  }

  static any(signals) {
    const sources = [...signals]
    const signal = new AbortSignal(MAKE)
    const aborted = sources.find((source) => source.aborted)
    if (aborted) {
      trigger(signal, aborted.reason)
    } else {
      for (const source of sources) {
        source.addEventListener('abort', () => trigger(signal, source.reason), { once: true })
      }
    }
    return signal
  }

  get aborted() {
    return this.#aborted
  }
  get reason() {
    return this.#reason
  }
  throwIfAborted() {
    if (this.#aborted) {
      throw this.#reason
    }
  }
}

const { trigger } = AbortSignal
delete AbortSignal.trigger

export class AbortController {
  #signal = new AbortSignal(MAKE)

  get signal() {
    return this.#signal
  }
  abort(reason) {
    trigger(this.#signal, reason)
  }
}

webClass(AbortController, 'AbortController', ({ signal }) => ({ signal }))
webClass(AbortSignal, 'AbortSignal', ({ aborted }) => ({ aborted }))
