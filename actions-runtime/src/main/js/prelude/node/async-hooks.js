// require('async_hooks'): a storage that lasts for the synchronous part of a call, and a resource
// class that only runs what it is given.

class AsyncLocalStorage {
  #store = undefined

  run(store, callback, ...args) {
    const before = this.#store
    this.#store = store
    try {
      return callback(...args)
    } finally {
      this.#store = before
    }
  }
  exit(callback, ...args) {
    return this.run(undefined, callback, ...args)
  }
  getStore() {
    return this.#store
  }
  enterWith(store) {
    this.#store = store
  }
  disable() {
    this.#store = undefined
  }
}

class AsyncResource {
  runInAsyncScope(callback, self, ...args) {
    return callback.apply(self, args)
  }
  bind(callback) {
    return callback
  }
  emitDestroy() {
    return this
  }
  static bind(callback) {
    return callback
  }
}

export const asyncHooks = { AsyncLocalStorage, AsyncResource, executionAsyncId: () => 0, triggerAsyncId: () => 0 }
