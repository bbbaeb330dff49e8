// The global process of a Node 22 without arguments, environment, or anything to act on.
import { hostMonotonic } from '../host/bridge.js'
import { queueMicrotask } from '../timers/timers.js'

const VERSION = '22.12.0'
const started = hostMonotonic()

const hrtime = (previous) => {
  const now = hostMonotonic()
  const seconds = Math.floor(now / 1000)
  const nanos = Math.floor((now - seconds * 1000) * 1e6)
  if (previous === undefined) {
    return [seconds, nanos]
  }
  const [s, n] = [seconds - previous[0], nanos - previous[1]]
  return n < 0 ? [s - 1, n + 1e9] : [s, n]
}
hrtime.bigint = () => BigInt(Math.floor(hostMonotonic() * 1e6))

/** Listeners are accepted and never called: no event of the process reaches an Action. */
const ignored = {}
for (const name of ['on', 'once', 'off', 'addListener', 'removeListener', 'removeAllListeners', 'prependListener']) {
  ignored[name] = () => process
}

export const process = {
  ...ignored,
  arch: 'x64',
  argv: [],
  browser: false,
  cwd: () => '/',
  emit: () => false,
  emitWarning: (warning) => globalThis.console.warn(`Warning: ${warning?.message ?? warning}`),
  env: {},
  execArgv: [],
  exitCode: undefined,
  features: {},
  hrtime,
  listenerCount: () => 0,
  listeners: () => [],
  memoryUsage: () => ({ rss: 0, heapTotal: 0, heapUsed: 0, external: 0, arrayBuffers: 0 }),
  nextTick: (callback, ...args) => queueMicrotask(() => callback(...args)),
  pid: 1,
  platform: 'linux',
  release: { name: 'node' },
  stderr: { isTTY: false, write: (text) => void globalThis.console.error(`${text}`.replace(/\n$/, '')) },
  stdout: { isTTY: false, write: (text) => void globalThis.console.log(`${text}`.replace(/\n$/, '')) },
  title: 'node',
  umask: () => 0,
  uptime: () => (hostMonotonic() - started) / 1000,
  version: `v${VERSION}`,
  versions: { node: VERSION, v8: '12.4.254.21-node.21', modules: '127' },
}

Object.defineProperty(process, Symbol.toStringTag, { value: 'process', configurable: true })
