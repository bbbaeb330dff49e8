// require('diagnostics_channel'): channels by name.
import { ownKeys, put } from '../host/intrinsics.js'
import { comesBack } from '../run/leftovers.js'

let channels = { __proto__: null }

class Channel {
  #subscribers = []

  constructor(name) {
    this.name = name
  }

  /** Gives a function that makes the channel what it is now. */
  static save(channel) {
    const subscribers = channel.#subscribers
    const members = { __proto__: null, ...channel }
    return () => {
      channel.#subscribers = subscribers
      const now = ownKeys(channel)
      for (let i = 0; i < now.length; i++) {
        delete channel[now[i]]
      }
      const then = ownKeys(members)
      for (let i = 0; i < then.length; i++) {
        put(channel, then[i], members[then[i]])
      }
    }
  }
  get hasSubscribers() {
    return this.#subscribers.length > 0
  }
  subscribe(listener) {
    this.#subscribers = [...this.#subscribers, listener]
  }
  unsubscribe(listener) {
    const before = this.#subscribers.length
    this.#subscribers = this.#subscribers.filter((known) => known !== listener)
    return this.#subscribers.length < before
  }
  publish(message) {
    for (const listener of this.#subscribers) {
      listener(message, this.name)
    }
  }
  bindStore() {}
  unbindStore() {}
  runStores(message, callback, self, ...args) {
    this.publish(message)
    return callback.apply(self, args)
  }
}

const { save } = Channel
delete Channel.save

comesBack(() => {
  const known = { __proto__: null, ...channels }
  const names = ownKeys(known)
  const restores = { __proto__: null }
  for (let i = 0; i < names.length; i++) {
    restores[i] = save(known[names[i]])
  }
  return () => {
    channels = { __proto__: null, ...known }
    for (let i = 0; i < names.length; i++) {
      restores[i]()
    }
  }
})

const channel = (name) => (channels[name] ??= new Channel(name))

const STAGES = ['start', 'end', 'asyncStart', 'asyncEnd', 'error']

function tracingChannel(name) {
  const stages = Object.fromEntries(
    STAGES.map((stage) => [stage, typeof name === 'string' ? channel(`tracing:${name}:${stage}`) : name[stage]]),
  )
  const plain = (callback, _context, self, ...args) => callback.apply(self, args)
  return {
    ...stages,
    hasSubscribers: false,
    subscribe: (listeners) => STAGES.forEach((stage) => listeners[stage] && stages[stage].subscribe(listeners[stage])),
    unsubscribe: (listeners) =>
      STAGES.every((stage) => !listeners[stage] || stages[stage].unsubscribe(listeners[stage])),
    traceSync: plain,
    tracePromise: async (...args) => plain(...args),
    traceCallback: (callback, _position, _context, self, ...args) => callback.apply(self, args),
  }
}

export const diagnosticsChannel = {
  Channel,
  channel,
  hasSubscribers: (name) => channel(name).hasSubscribers,
  subscribe: (name, listener) => channel(name).subscribe(listener),
  tracingChannel,
  unsubscribe: (name, listener) => channel(name).unsubscribe(listener),
}
