// performance: the clock, and marks and measures by name.
import { hostMonotonic, hostNow } from './host/bridge.js'
import { webClass } from './host/web-class.js'
import { comesBack } from './run/leftovers.js'

const origin = hostMonotonic()

// Not a member of the performance object, where the host would see it change.
let entries = []

comesBack(() => {
  const saved = entries
  return () => {
    entries = saved
  }
})

export class PerformanceEntry {
  constructor(entryType, name, startTime, duration, detail = null) {
    Object.assign(this, { name, entryType, startTime, duration, detail })
  }
  toJSON() {
    return { ...this }
  }
}

export class Performance {
  timeOrigin = hostNow()

  now() {
    return hostMonotonic() - origin
  }

  mark(name, options) {
    return this.#add(new PerformanceEntry('mark', `${name}`, options?.startTime ?? this.now(), 0, options?.detail))
  }

  measure(name, startOrOptions, endMark) {
    const options =
      typeof startOrOptions === 'object' && startOrOptions !== null
        ? startOrOptions
        : { start: startOrOptions, end: endMark }
    const end = options.end === undefined ? this.now() : this.#at(options.end)
    const start = options.start === undefined ? 0 : this.#at(options.start)
    return this.#add(new PerformanceEntry('measure', `${name}`, start, options.duration ?? end - start, options.detail))
  }

  getEntries() {
    return [...entries].sort((a, b) => a.startTime - b.startTime)
  }
  getEntriesByName(name, type) {
    return this.getEntries().filter((entry) => entry.name === name && (type === undefined || entry.entryType === type))
  }
  getEntriesByType(type) {
    return this.getEntries().filter((entry) => entry.entryType === type)
  }
  clearMarks(name) {
    this.#clear('mark', name)
  }
  clearMeasures(name) {
    this.#clear('measure', name)
  }

  timerify(callback) {
    return callback
  }
  eventLoopUtilization() {
    return { idle: 0, active: 0, utilization: 0 }
  }
  toJSON() {
    return { timeOrigin: this.timeOrigin }
  }

  #add(entry) {
    entries = [...entries, entry]
    return entry
  }
  #at(mark) {
    if (typeof mark === 'number') {
      return mark
    }
    const found = this.getEntriesByName(mark, 'mark').at(-1)
    if (found === undefined) {
      const error = new SyntaxError(`The "${mark}" performance mark has not been set`)
      error.code = 'ERR_INVALID_PERFORMANCE_MARK'
      throw error
    }
    return found.startTime
  }
  #clear(type, name) {
    entries = entries.filter(
      (entry) => entry.entryType !== type || (name !== undefined && entry.name !== name),
    )
  }
}

export const performance = new Performance()

webClass(Performance, 'Performance')
webClass(PerformanceEntry, 'PerformanceEntry')
