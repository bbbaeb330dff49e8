// Event and EventTarget: one flat target, no tree to bubble through.
import { hostMonotonic } from '../host/bridge.js'
import { callBack } from '../run/run.js'
import { webClass } from '../host/web-class.js'

export class Event {
  #type
  #cancelable
  #bubbles
  #prevented = false
  #stopped = false
  #target = null
  timeStamp = hostMonotonic()

  constructor(type, options) {
    this.#type = `${type}`
    this.#bubbles = Boolean(options?.bubbles)
    this.#cancelable = Boolean(options?.cancelable)
  }

  static aim(event, target) {
    event.#target = target
  }
  static isStopped = (event) => event.#stopped

  get type() {
    return this.#type
  }
  get target() {
    return this.#target
  }
  get currentTarget() {
    return this.#target
  }
  get srcElement() {
    return this.#target
  }
  get bubbles() {
    return this.#bubbles
  }
  get cancelable() {
    return this.#cancelable
  }
  get defaultPrevented() {
    return this.#prevented
  }
  get isTrusted() {
    return false
  }
  get eventPhase() {
    return this.#target === null ? 0 : 2
  }
  composedPath() {
    return this.#target === null ? [] : [this.#target]
  }
  preventDefault() {
    this.#prevented ||= this.#cancelable
  }
  stopPropagation() {}
  stopImmediatePropagation() {
    this.#stopped = true
  }
}

const { aim, isStopped } = Event
delete Event.aim
delete Event.isStopped

export class CustomEvent extends Event {
  #detail

  constructor(type, options) {
    super(type, options)
    this.#detail = options?.detail ?? null
  }

  get detail() {
    return this.#detail
  }
}

export class EventTarget {
  #listeners = []

  addEventListener(type, listener, options) {
    const signal = options?.signal
    if (listener === null || listener === undefined || signal?.aborted) {
      return
    }
    const name = `${type}`
    if (!this.#listeners.some((known) => known.name === name && known.listener === listener)) {
      this.#listeners.push({ name, listener, once: Boolean(options?.once), removed: false })
      signal?.addEventListener('abort', () => this.removeEventListener(name, listener))
    }
  }

  removeEventListener(type, listener) {
    const name = `${type}`
    this.#listeners = this.#listeners.filter((known) => {
      const keep = known.name !== name || known.listener !== listener
      known.removed ||= !keep
      return keep
    })
  }

  dispatchEvent(event) {
    aim(event, this)
    const handler = this[`on${event.type}`]
    if (typeof handler === 'function') {
      callBack(() => handler.call(this, event), [])
    }
    // A copy, for a listener that is added meanwhile is not called.
    for (const known of [...this.#listeners]) {
      if (known.name !== event.type || known.removed || isStopped(event)) {
        continue
      }
      if (known.once) {
        this.removeEventListener(known.name, known.listener)
      }
      const { listener } = known
      callBack(
        () => (typeof listener === 'function' ? listener.call(this, event) : listener.handleEvent(event)),
        [],
      )
    }
    return !event.defaultPrevented
  }
}

webClass(CustomEvent, 'CustomEvent')
webClass(Event, 'Event')
webClass(EventTarget, 'EventTarget')
