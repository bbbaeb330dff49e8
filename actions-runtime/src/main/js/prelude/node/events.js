// require('events'): the polyfill, with what Node added to it since.
import { Event, EventTarget } from '../events/event-target.js'
import { comesBack } from '../run/leftovers.js'

const EventEmitter = require('events/')

comesBack(() => {
  const { defaultMaxListeners } = EventEmitter
  return () => {
    if (EventEmitter.defaultMaxListeners !== defaultMaxListeners) {
      EventEmitter.defaultMaxListeners = defaultMaxListeners
    }
  }
})

const isTarget = (emitter) => typeof emitter.addEventListener === 'function'

function abortError(signal) {
  const error = new Error('The operation was aborted', { cause: signal.reason })
  error.name = 'AbortError'
  error.code = 'ABORT_ERR'
  return error
}

function listen(emitter, name, listener) {
  if (isTarget(emitter)) {
    emitter.addEventListener(name, listener)
    return () => emitter.removeEventListener(name, listener)
  }
  emitter.on(name, listener)
  return () => emitter.removeListener(name, listener)
}

/** Calls the listener when the signal is aborted, at once if it is; answers how to stop that. */
function addAbortListener(signal, listener) {
  if (signal.aborted) {
    queueMicrotask(() => listener())
    return { [Symbol.for('Symbol.dispose')]() {} }
  }
  signal.addEventListener('abort', listener, { once: true })
  return { [Symbol.for('Symbol.dispose')]: () => signal.removeEventListener('abort', listener) }
}

function once(emitter, name, options) {
  const signal = options?.signal
  return new Promise((resolve, reject) => {
    if (signal?.aborted) {
      reject(abortError(signal))
      return
    }
    const stops = []
    const settle =
      (how) =>
      (...args) => {
        for (const stop of stops) {
          stop()
        }
        how(args)
      }
    stops.push(listen(emitter, name, settle(resolve)))
    if (name !== 'error' && !isTarget(emitter)) {
      stops.push(
        listen(
          emitter,
          'error',
          settle(([error]) => reject(error)),
        ),
      )
    }
    if (signal) {
      stops.push(
        listen(
          signal,
          'abort',
          settle(() => reject(abortError(signal))),
        ),
      )
    }
  })
}

/** Events as they come, for `for await`; listens from now on. */
function on(emitter, name, options) {
  const arrived = []
  let wake = () => {}
  let ended = false
  let failure
  const told =
    (note) =>
    (...args) => {
      note(args)
      wake()
    }
  const signal = options?.signal
  if (signal?.aborted) {
    throw abortError(signal)
  }
  const stops = [
    listen(
      emitter,
      name,
      told((args) => arrived.push(args)),
    ),
  ]
  if (name !== 'error' && !isTarget(emitter)) {
    stops.push(
      listen(
        emitter,
        'error',
        told(([error]) => (failure = { error })),
      ),
    )
  }
  for (const closing of options?.close ?? []) {
    stops.push(
      listen(
        emitter,
        closing,
        told(() => (ended = true)),
      ),
    )
  }
  if (signal) {
    stops.push(
      listen(
        signal,
        'abort',
        told(() => (failure = { error: abortError(signal) })),
      ),
    )
  }
  async function* iterate() {
    try {
      for (;;) {
        while (arrived.length > 0) {
          yield arrived.shift()
        }
        if (failure) {
          throw failure.error
        }
        if (ended) {
          return
        }
        await new Promise((resolve) => (wake = resolve))
      }
    } finally {
      for (const stop of stops) {
        stop()
      }
    }
  }
  return iterate()
}

const errorMonitor = Symbol('events.errorMonitor')
const { emit } = EventEmitter.prototype

EventEmitter.prototype.emit = function (name, ...args) {
  if (name === 'error') {
    const [error] = args
    if (this.listenerCount(errorMonitor) > 0) {
      emit.call(this, errorMonitor, ...args)
    }
    if (!(error instanceof Error) && this.listenerCount('error') === 0) {
      const shown = require('node-inspect-extracted').inspect(error)
      throw Object.assign(new Error(`Unhandled error. (${shown})`), { code: 'ERR_UNHANDLED_ERROR', context: error })
    }
  }
  return emit.call(this, name, ...args)
}

Object.assign(EventEmitter, {
  Event,
  EventEmitter,
  EventTarget,
  addAbortListener,
  captureRejectionSymbol: Symbol.for('nodejs.rejection'),
  captureRejections: false,
  errorMonitor,
  getEventListeners: (emitter, name) => (isTarget(emitter) ? [] : emitter.listeners(name)),
  getMaxListeners: (emitter) => emitter.getMaxListeners?.() ?? EventEmitter.defaultMaxListeners,
  on,
  once,
  setMaxListeners(count, ...emitters) {
    for (const emitter of emitters) {
      emitter.setMaxListeners?.(count)
    }
  },
})

export const events = EventEmitter
