// lodash, uuid, qs, ipaddr.js
const _ = require('lodash')
const uuid = require('uuid')
const qs = require('qs')
const ipaddr = require('ipaddr.js')

// Kept from run to run.
const seen = new Map()

exports.onExecuteCustomTokenExchange = async () => {
  console.log(
    _.get({ a: [{ b: { c: 3 } }] }, 'a[0].b.c'),
    _.groupBy([1, 2, 3], (n) => (n % 2 ? 'odd' : 'even')),
    _.pick({ a: 1, b: 2 }, ['a']),
  )
  console.log(
    _.merge({ a: { b: 1 } }, { a: { c: 2 } }),
    _.cloneDeep({ d: new Date(0), m: new Map([[1, 2]]) }),
    _.camelCase('user_id of-it'),
    _.isEqual([1, { a: 2 }], [1, { a: 2 }]),
  )
  console.log(
    _.template('hi <%= name %>')({ name: 'you' }),
    _.chunk([1, 2, 3], 2),
    _.uniqBy([{ a: 1 }, { a: 1 }], 'a'),
    _.defaultsDeep({ a: {} }, { a: { b: 1 } }),
  )
  const once = _.memoize((n) => seen.set(n, (seen.get(n) ?? 0) + 1).get(n))
  console.log(once(1), once(1), await new Promise((resolve) => _.debounce(resolve, 2)('debounced')))
  console.log(
    uuid.validate(uuid.v4()),
    uuid.v5('acme.example', uuid.v5.DNS),
    uuid.version(uuid.v7()),
    uuid.v4() !== uuid.v4(),
  )
  console.log(
    qs.stringify({ a: { b: [1, 2] }, c: 'x y', d: null }),
    qs.parse('a[b][]=1&a[b][]=2&c=%20&d.e=1', { allowDots: true }),
    qs.stringify({ l: ['x', 'y'] }, { arrayFormat: 'repeat' }),
  )
  const address = ipaddr.parse('10.1.2.3')
  console.log(
    address.range(),
    address.match(ipaddr.parseCIDR('10.0.0.0/8')),
    ipaddr.parse('2001:db8::1').toNormalizedString(),
    ipaddr.isValid('nope'),
    ipaddr.process('::ffff:192.0.2.1').toString(),
  )
}
