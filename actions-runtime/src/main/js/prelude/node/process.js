// The global process of a Node 22 without arguments, environment, or anything to act on.
import { hostMonotonic } from '../host/bridge.js'
import { setClear } from '../host/intrinsics.js'
import { comesBack } from '../run/leftovers.js'
import { nextTick } from '../timers/ticks.js'

const flags = new Set()
comesBack(() => () => setClear(flags))

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
for (const name of [
  'on',
  'once',
  'off',
  'addListener',
  'removeListener',
  'removeAllListeners',
  'prependListener',
  'prependOnceListener',
  'setMaxListeners',
]) {
  ignored[name] = () => process
}

const refuse = (name) => () => {
  throw new Error(`process.${name} is not available in Actions`)
}
const refused = {}
for (const name of ['abort', 'binding', 'chdir', 'dlopen', 'exit', 'kill', 'reallyExit']) {
  refused[name] = refuse(name)
}

const memoryUsage = () => ({ rss: 0, heapTotal: 0, heapUsed: 0, external: 0, arrayBuffers: 0 })
memoryUsage.rss = () => 0

export const process = {
  ...ignored,
  ...refused,
  allowedNodeEnvironmentFlags: flags,
  arch: 'x64',
  argv: ['node', 'action.js'],
  argv0: 'node',
  browser: false,
  config: { target_defaults: {}, variables: {} },
  cpuUsage: () => ({ user: 0, system: 0 }),
  cwd: () => '/',
  emit: () => false,
  emitWarning: (warning) => globalThis.console.warn(`Warning: ${warning?.message ?? warning}`),
  env: {},
  eventNames: () => [],
  execArgv: [],
  execPath: 'node',
  exitCode: undefined,
  features: {},
  hrtime,
  listenerCount: () => 0,
  listeners: () => [],
  memoryUsage,
  nextTick,
  pid: 1,
  ppid: 0,
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
