// require('perf_hooks')

/** Nothing is observed: entries can be asked of `performance`. */
class PerformanceObserver {
  static supportedEntryTypes = []
  observe() {}
  disconnect() {}
  takeRecords() {
    return []
  }
}

const { performance, PerformanceEntry } = globalThis

export const perfHooks = { PerformanceEntry, PerformanceObserver, constants: {}, performance }
