// What clients find where Node has the socket of a request: something to tune, without a connection of its own.
import { own } from '../../host/own.js'
import { events } from '../events.js'

export class Socket extends events {
  connecting = false
  destroyed = false
  readable = true
  writable = true
  #request

  constructor(request, encrypted) {
    super()
    this.#request = request
    this.encrypted = encrypted
    this.authorized = encrypted
  }

  setKeepAlive() {
    return this
  }
  setNoDelay() {
    return this
  }
  setTimeout(delay, callback) {
    this.#request.setTimeout(delay, callback)
    return this
  }
  ref() {
    return this
  }
  unref() {
    return this
  }
  cork() {}
  uncork() {}
  address() {
    return {}
  }
  getPeerCertificate() {
    return {}
  }
  destroy(error) {
    this.destroyed = true
    this.#request.destroy(error)
    return this
  }
}

// An Action meets it only as the class of what it finds at a request.
own(() => Socket)
