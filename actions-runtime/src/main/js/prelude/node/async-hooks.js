// require('async_hooks'): stores that follow promises, timers and callbacks, over the engine's own means for it.
import { Snapshot, Variable, bound, followTimers } from '../host/async-context.js'
import { currentRun } from '../run/run.js'

followTimers()

class AsyncLocalStorage {
  #variable = new Variable()
  /** Entered outside of any `run`: holds for the rest of the execution. */
  #entered = { run: undefined, store: undefined }

  run(store, callback, ...args) {
    return this.#variable.run({ store }, callback, ...args)
  }
  exit(callback, ...args) {
    return this.run(undefined, callback, ...args)
  }
  getStore() {
    const held = this.#variable.get()
    if (held !== undefined) {
      return held.store
    }
    return this.#entered.run === currentRun() ? this.#entered.store : undefined
  }
  enterWith(store) {
    const held = this.#variable.get()
    if (held === undefined) {
      this.#entered = { run: currentRun(), store }
    } else {
      held.store = store
    }
  }
  disable() {
    this.#variable = new Variable()
    this.#entered = { run: undefined, store: undefined }
  }
  static bind(callback) {
    return bound(callback)
  }
  static snapshot() {
    const snapshot = new Snapshot()
    return (callback, ...args) => snapshot.run(callback, ...args)
  }
}

class AsyncResource {
  #snapshot = new Snapshot()

  constructor(type) {
    this.type = type
  }
  runInAsyncScope(callback, self, ...args) {
    return this.#snapshot.run(() => callback.apply(self, args))
  }
  bind(callback) {
    const resource = this
    return function (...args) {
      return resource.runInAsyncScope(callback, this, ...args)
    }
  }
  asyncId() {
    return 0
  }
  triggerAsyncId() {
    return 0
  }
  emitDestroy() {
    return this
  }
  static bind(callback, type) {
    return new AsyncResource(type).bind(callback)
  }
}

export const asyncHooks = {
  AsyncLocalStorage,
  AsyncResource,
  createHook() {
    const hook = { enable: () => hook, disable: () => hook }
    return hook
  },
  executionAsyncId: () => 0,
  executionAsyncResource: () => ({}),
  triggerAsyncId: () => 0,
}
