// A world that can be repeated, for trials: every way to the time and to chance leads to the host,
// whose clock then stands and whose randomness follows a seed. Called in a new realm, before any
// guest code.
import { hostNow, hostRandom } from '../host/bridge.js'
import { apply, construct, defineProperty, getOwnPropertyDescriptor } from '../host/intrinsics.js'

const replace = (object, name, value) =>
  defineProperty(object, name, { __proto__: null, value, writable: true, enumerable: false, configurable: true })

function simulateClock() {
  const RealDate = Date
  const { toString } = RealDate.prototype
  const simulated = new Proxy(RealDate, {
    __proto__: null,
    apply: () => apply(toString, new RealDate(hostNow()), []),
    construct: (target, args, newTarget) =>
      construct(target, args.length === 0 ? [hostNow()] : args, newTarget),
  })
  replace(RealDate, 'now', () => hostNow())
  replace(RealDate.prototype, 'constructor', simulated)
  replace(globalThis, 'Date', simulated)
  simulateFormats(Intl.DateTimeFormat.prototype)
}

// Formatters take now where they are given no date.
function simulateFormats(prototype) {
  const { get } = getOwnPropertyDescriptor(prototype, 'format')
  defineProperty(prototype, 'format', {
    get() {
      const format = apply(get, this, [])
      return (date) => format(date === undefined ? hostNow() : date)
    },
    enumerable: false,
    configurable: true,
  })
  const { formatToParts } = prototype
  replace(prototype, 'formatToParts', function (date) {
    return apply(formatToParts, this, [date === undefined ? hostNow() : date])
  })
}

function simulateChance() {
  const buffer = new ArrayBuffer(8)
  const words = new Uint32Array(buffer)
  replace(Math, 'random', () => {
    hostRandom(buffer)
    return ((words[0] >>> 5) * 2 ** 26 + (words[1] >>> 6)) / 2 ** 53
  })
}

export function simulate(clock, chance) {
  if (clock) {
    simulateClock()
  }
  if (chance) {
    simulateChance()
  }
}
