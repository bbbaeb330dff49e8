// The global console: formats as Node does and hands each line to the host.
import { hostMonotonic, hostPrint } from '../host/bridge.js'
import { create, isArray } from '../host/intrinsics.js'
import { ownOnce } from '../host/own.js'
import { comesBack } from '../run/leftovers.js'
import { drawTable } from './table.js'

// The formatter is large and most lines are plain text, so it is loaded when first needed.
const inspector = ownOnce(() => require('node-inspect-extracted'))

const isPlain = (args) => args.length === 1 && typeof args[0] === 'string'
const format = (args) => (isPlain(args) ? args[0] : inspector().format(...args))

function duration(ms) {
  if (ms < 1000) {
    return `${Number(ms.toFixed(3))}ms`
  }
  const seconds = ms / 1000
  return seconds < 60
    ? `${seconds.toFixed(3)}s`
    : `${Math.floor(seconds / 60)}:${(seconds % 60).toFixed(3).padStart(6, '0')} (m:ss.mmm)`
}

// Not members of the console, where the host would see them change.
let indent = ''
let timers = create(null)
let counts = create(null)

const copied = (table) => ({ __proto__: null, ...table })

comesBack(() => {
  const saved = [indent, copied(timers), copied(counts)]
  return () => {
    indent = saved[0]
    timers = copied(saved[1])
    counts = copied(saved[2])
  }
})

class Console {
  constructor() {
    // As in Node, methods work when taken off the object: `promise.catch(console.error)`.
    for (const name of METHODS) {
      const method = this[name]
      this[name] = (...args) => method.apply(this, args)
    }
  }

  log(...args) {
    this.#print('log', format(args))
  }
  info(...args) {
    this.#print('info', format(args))
  }
  warn(...args) {
    this.#print('warn', format(args))
  }
  error(...args) {
    this.#print('error', format(args))
  }
  debug(...args) {
    this.#print('debug', format(args))
  }
  trace(...args) {
    const stack = new Error().stack.split('\n').slice(3).join('\n')
    this.#print('trace', `Trace${args.length > 0 ? `: ${format(args)}` : ''}\n${stack}`)
  }
  dir(value, options) {
    this.#print('log', inspector().inspect(value, { customInspect: false, ...options }))
  }
  dirxml(...args) {
    this.log(...args)
  }
  table(data, columns) {
    if (data === null || typeof data !== 'object') {
      this.log(data)
    } else {
      this.#print('log', drawTable(data, isArray(columns) ? columns : undefined, inspector().inspect))
    }
  }
  assert(condition, ...args) {
    if (!condition) {
      const [first, ...rest] = args
      const text = args.length === 0 ? '' : typeof first === 'string' ? `: ${format([first, ...rest])}` : ` ${format(args)}`
      this.#print('error', `Assertion failed${text}`)
    }
  }
  count(label = 'default') {
    counts[label] = (counts[label] ?? 0) + 1
    this.#print('log', `${label}: ${counts[label]}`)
  }
  countReset(label = 'default') {
    delete counts[label]
  }
  time(label = 'default') {
    timers[label] ??= hostMonotonic()
  }
  timeLog(label = 'default', ...args) {
    this.#elapsed(label, args)
  }
  timeEnd(label = 'default') {
    this.#elapsed(label, [])
    delete timers[label]
  }
  group(...args) {
    if (args.length > 0) {
      this.log(...args)
    }
    indent += '  '
  }
  groupCollapsed(...args) {
    this.group(...args)
  }
  groupEnd() {
    indent = indent.slice(2)
  }
  clear() {}
  profile() {}
  profileEnd() {}
  timeStamp() {}

  #elapsed(label, args) {
    const started = timers[label]
    if (started === undefined) {
      this.#print('warn', `Warning: No such label '${label}' for console.timeEnd()`)
      return
    }
    const took = `${label}: ${duration(hostMonotonic() - started)}`
    this.#print('log', args.length > 0 ? `${took} ${format(args)}` : took)
  }

  #print(level, text) {
    hostPrint(level, indent === '' ? text : indent + text.replaceAll('\n', `\n${indent}`))
  }
}

const METHODS = Object.getOwnPropertyNames(Console.prototype).filter((name) => name !== 'constructor')

export const console = new Console()
