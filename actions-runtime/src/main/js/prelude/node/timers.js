// require('timers')
import {
  clearTimeout,
  setImmediate,
  setInterval,
  setTimeout,
} from '../timers/timers.js'

export const timers = {
  clearImmediate: clearTimeout,
  clearInterval: clearTimeout,
  clearTimeout,
  get promises() {
    return require('../timers/promises.js')
  },
  setImmediate,
  setInterval,
  setTimeout,
}
