// require('diagnostics_channel'): channels by name.

const channels = new Map()

class Channel {
  #subscribers = []

  constructor(name) {
    this.name = name
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

function channel(name) {
  if (!channels.has(name)) {
    channels.set(name, new Channel(name))
  }
  return channels.get(name)
}

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
