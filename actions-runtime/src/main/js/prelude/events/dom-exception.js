// DOMException with the legacy codes that libraries still compare.
import { webClass } from '../host/web-class.js'

const LEGACY_CODES = {
  IndexSizeError: 1,
  HierarchyRequestError: 3,
  WrongDocumentError: 4,
  InvalidCharacterError: 5,
  NoModificationAllowedError: 7,
  NotFoundError: 8,
  NotSupportedError: 9,
  InvalidStateError: 11,
  SyntaxError: 12,
  InvalidModificationError: 13,
  NamespaceError: 14,
  InvalidAccessError: 15,
  TypeMismatchError: 17,
  SecurityError: 18,
  NetworkError: 19,
  AbortError: 20,
  URLMismatchError: 21,
  QuotaExceededError: 22,
  TimeoutError: 23,
  InvalidNodeTypeError: 24,
  DataCloneError: 25,
}

export class DOMException extends Error {
  #name

  constructor(message = '', options = 'Error') {
    const named = typeof options === 'object' && options !== null ? options : { name: options }
    super(`${message}`, 'cause' in named ? { cause: named.cause } : undefined)
    this.#name = `${named.name ?? 'Error'}`
  }

  get name() {
    return this.#name
  }

  get code() {
    return Object.hasOwn(LEGACY_CODES, this.#name) ? LEGACY_CODES[this.#name] : 0
  }
}

for (const [name, code] of Object.entries(LEGACY_CODES)) {
  const constant = `${name.replace(/Error$/, '').replace(/([a-z])([A-Z])/g, '$1_$2').toUpperCase()}_ERR`
  Object.defineProperty(DOMException, constant, { value: code, enumerable: true })
}

webClass(DOMException, 'DOMException')
