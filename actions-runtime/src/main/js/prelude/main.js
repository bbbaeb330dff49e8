// The prelude: what the world looks like to an Action. `boot` is called once in a new realm, before
// any guest code, and returns what the host calls from then on.
import { completeCall } from './fetch/complete.js'
import { installGlobals } from './globals.js'
import { install } from './host/bridge.js'
import { getPrototypeOf } from './host/intrinsics.js'
import { define, invoke } from './run/action.js'
import { dropLeftovers } from './run/leftovers.js'
import { watchRejections } from './run/rejections.js'
import { currentRun, nextRun } from './run/run.js'
import { simulate } from './run/simulate.js'
import { dropTicks, turn } from './timers/ticks.js'
import { fireTimer, timeoutPrototype } from './timers/timers.js'

// Intrinsics that are reached by syntax or by what functions return, not by a name.
const hiddenPrototypes = () =>
  [
    async () => {},
    function* () {},
    async function* () {},
    [].values(),
    new Map().values(),
    new Set().values(),
    ''[Symbol.iterator](),
    /-/[Symbol.matchAll](''),
    Iterator.from({ next() {} }),
    [].values().map((x) => x),
    new Intl.Segmenter().segment(''),
    new Intl.Segmenter().segment('')[Symbol.iterator](),
    (async function* () {})(),
    (function* () {})(),
  ].map(getPrototypeOf)

const roots = () => [globalThis, ...hiddenPrototypes(), timeoutPrototype]

export function boot(host) {
  install(host)
  watchRejections()
  installGlobals()
  return {
    define: turn(define),
    // The promise is for nobody: its outcome reaches the host through `settled`.
    invoke: turn((trigger, eventJson, secretsJson) => void invoke(trigger, eventJson, secretsJson)),
    complete: turn(completeCall),
    fire: turn(fireTimer),
    end() {
      dropTicks()
      nextRun()
      dropLeftovers()
    },
    pending: () => currentRun().pending,
    roots,
    simulate,
  }
}
