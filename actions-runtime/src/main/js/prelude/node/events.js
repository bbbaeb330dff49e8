// require('events'): the polyfill, with what Node added to it since.
import { Event, EventTarget } from '../events/event-target.js'

const EventEmitter = require('events/')

EventEmitter.EventEmitter = EventEmitter
EventEmitter.captureRejectionSymbol = Symbol.for('nodejs.rejection')
EventEmitter.errorMonitor = Symbol('events.errorMonitor')
EventEmitter.setMaxListeners = () => {}
EventEmitter.Event = Event
EventEmitter.EventTarget = EventTarget

export const events = EventEmitter
