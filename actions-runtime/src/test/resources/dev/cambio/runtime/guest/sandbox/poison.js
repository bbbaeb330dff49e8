// Replaces every function and accessor of every global and every prototype, and lays traps for names on Object.prototype
// and its like. What is called from then on is written down; recorders go on as what they replace did, or answer nothing.
const poison = (() => {
  'use strict'
  const { apply, construct, defineProperty, getOwnPropertyDescriptor, getPrototypeOf, ownKeys } = Reflect
  const text = String
  const stringify = JSON.stringify
  const known = new Set()
  const { add, has } = Set.prototype
  const seen = { __proto__: null }
  let count = 0
  let watching = false

  const show = (value) => {
    if (typeof value === 'string') {
      return value
    }
    try {
      return typeof value === 'object' && value !== null ? stringify(value) : text(value)
    } catch {
      return '?'
    }
  }

  function note(path, self, args) {
    if (!watching) {
      return
    }
    watching = false
    let line = path + ' of ' + show(self) + ' with'
    for (let i = 0; i < args.length; i++) {
      line += ' ' + show(args[i])
    }
    seen[count++] = line
    watching = true
  }

  const isObject = (value) => (typeof value === 'object' && value !== null) || typeof value === 'function'

  // A replaced getter that answers nothing would end the engine's own work on typed arrays, so getters always go on.
  function recorder(path, original, hostile) {
    return function (...args) {
      note(path, this, args)
      if (hostile && watching) {
        return undefined
      }
      return new.target === undefined ? apply(original, this, args) : construct(original, args, new.target)
    }
  }

  function replace(holder, key, path, hostile) {
    const own = getOwnPropertyDescriptor(holder, key)
    if (own === undefined || !own.configurable) {
      return
    }
    if (typeof own.value === 'function') {
      const value = recorder(path, own.value, hostile)
      // Classes of the runtime's and of the language stay usable by those who hold them.
      if (own.value.prototype !== undefined) {
        value.prototype = own.value.prototype
      }
      defineProperty(holder, key, { __proto__: null, value, writable: true, enumerable: own.enumerable, configurable: true })
    } else if (own.get !== undefined) {
      const { get, set } = own
      defineProperty(holder, key, {
        __proto__: null,
        get() {
          note(path + '<get>', this, [])
          return apply(get, this, [])
        },
        set,
        enumerable: own.enumerable,
        configurable: true,
      })
    }
  }

  function trap(holder, path, keys) {
    for (const key of keys) {
      if (getOwnPropertyDescriptor(holder, key) === undefined) {
        defineProperty(holder, key, {
          __proto__: null,
          get() {
            note(path + '<read>.' + text(key), this, [])
            return undefined
          },
          set(value) {
            note(path + '<write>.' + text(key), this, [value])
            defineProperty(this, key, { __proto__: null, value, writable: true, enumerable: true, configurable: true })
          },
          configurable: true,
        })
      }
    }
  }

  const roots = [
    globalThis, async () => {}, function* () {}, async function* () {}, [].values(), new Map().values(), new Set().values(),
    ''[Symbol.iterator](), /-/[Symbol.matchAll](''), Iterator.from({ next() {} }), [].values().map((x) => x),
    (async function* () {})(), (function* () {})(), 1n, Symbol(), true, 1, '', setTimeout(() => {}),
  ]

  return {
    /** @param hostile whether functions answer nothing while they are watched */
    everything(hostile, names) {
      const found = []
      const find = (value, path) => {
        if (isObject(value) && !apply(has, known, [value])) {
          apply(add, known, [value])
          found[found.length] = [value, path]
        }
      }
      for (const root of roots) {
        find(isObject(root) ? root : getPrototypeOf(Object(root)), typeof root)
        if (isObject(root)) {
          find(getPrototypeOf(root), typeof root + '.__proto__')
        }
      }
      for (let i = 0; i < found.length; i++) {
        const [holder, path] = found[i]
        find(getPrototypeOf(holder), path + '.__proto__')
        for (const key of ownKeys(holder)) {
          const own = getOwnPropertyDescriptor(holder, key)
          find(own.value, path + '.' + text(key))
          find(own.get, path + '.' + text(key) + '<get>')
        }
      }
      const objects = found.map(([holder, path]) => [holder, path, ownKeys(holder)])
      const symbols = ownKeys(Symbol).filter((key) => typeof Symbol[key] === 'symbol').map((key) => Symbol[key])
      const indices = Array.from({ length: 40 }, (_, index) => text(index))
      const traps = [
        [Object.prototype, 'Object.prototype', [...names, ...symbols, ...indices]],
        [Array.prototype, 'Array.prototype', indices],
        [Function.prototype, 'Function.prototype', ['cache', 'resolve']],
        [String.prototype, 'String.prototype', [...symbols, 'toJSON']],
      ]
      for (const [holder, path, all] of objects) {
        for (const key of all) {
          if (key !== 'constructor' && holder !== poison) {
            replace(holder, key, path + '.' + text(key), hostile)
          }
        }
      }
      for (let i = 0; i < traps.length; i++) {
        const [holder, path, keys] = traps[i]
        trap(holder, path, keys)
      }
    },
    watch() {
      watching = true
    },
    /** What was written down. */
    end() {
      watching = false
      return { seen, count }
    },
  }
})()
