// How a failed host operation surfaces from WebCrypto.
import { DOMException } from '../events/dom-exception.js'
import { hostCrypto } from '../host/bridge.js'

const toError = (name, message) =>
  name === 'TypeError' ? new TypeError(message) : new DOMException(message, name)

/** One host operation; an error is a DOMException of the name that WebCrypto gives it. */
export const operate = (op, ...args) => hostCrypto(toError, op, ...args)

export const dataError = (message) => new DOMException(message, 'DataError')
export const notSupported = (message) => new DOMException(message, 'NotSupportedError')
export const invalidAccess = (message) => new DOMException(message, 'InvalidAccessError')
export const operationError = (message) => new DOMException(message, 'OperationError')
export const syntaxError = (message) => new DOMException(message, 'SyntaxError')
