// What the console makes of values.
exports.onExecuteCustomTokenExchange = async () => {
  class Thing {
    x = 1
    #hidden = 2
    get y() {
      return this.#hidden
    }
  }
  const circular = { name: 'c' }
  circular.self = circular
  for (const value of [
    new Map([[new Date(0), /x/g]]),
    [new Set([1]), Symbol('x'), 10n, -0, null],
    new (class Foo extends Map {
      x = 1
    })(),
    function named() {},
    class A extends Error {},
    {
      get a() {
        return 1
      },
      set b(_) {},
    },
    new WeakMap(),
    new Uint8Array(3),
    Buffer.from('hi'),
    Object.create(null, { a: { value: 1, enumerable: true } }),
    'x'.repeat(200),
    Array.from({ length: 120 }, (_, i) => i),
    { s: "it's", t: 'a\nb', u: `q"'` },
    { a: { b: { c: { d: {} } } } },
    [undefined, , 3],
    new Date(NaN),
    new Date(1e12),
    new Thing(),
    circular,
    [['nested', ['deep', ['deeper', ['deepest']]]]],
    { f: () => 1, async g() {} },
    Object(1),
    Object('s'),
    true,
    { 'a-b': 1, 2: 3 },
    { long: 'y'.repeat(90), list: ['z'.repeat(40), 'w'.repeat(40)] },
  ]) {
    console.log(value)
  }
  console.log('%s %d %i %f %j %o %O %% %c x', 'a', '42', 4.7, '1.5', { a: 1 }, [1], { b: 2 }, 'css', 'extra', { z: 1 })
  console.log('%s', { toString: () => 'custom' }, '%s', null, undefined, 5n, Symbol('a'))
  console.log('100%', 5, 'a%', '%d', 1)
  ;(console.log(), console.log(''), console.log('a\nb', { a: 'x\ny' }))
  const failure = new RangeError('bad')
  failure.stack = 'RangeError: bad\n    at somewhere'
  failure.code = 'E_BAD'
  console.error(failure)
  console.warn(new Error('outer', { cause: 'inner' }).cause, [failure.message])
}
