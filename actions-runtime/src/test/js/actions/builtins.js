// Modules of Node: events, streams, timers, zlib, urls, paths and the rest.
const { callbackify, inherits, inspect, format, promisify, types } = require('node:util')
const { EventEmitter, on, once } = require('events')
const { PassThrough, Readable, Transform, Writable, finished, pipeline } = require('stream')

const line = (compute) => {
  try {
    console.log(compute())
  } catch (error) {
    console.log('threw', error.name, error.message.split('\n')[0], error.code)
  }
}
const sleep = promisify(setTimeout)

async function events() {
  const emitter = new EventEmitter()
  setTimeout(() => emitter.emit('x', 1, 2), 2)
  console.log(await once(emitter, 'x'))
  setTimeout(() => (emitter.emit('y', 1), emitter.emit('y', 2)), 1)
  const got = []
  for await (const [value] of on(emitter, 'y')) {
    got.push(value)
    if (value === 2) {
      break
    }
  }
  console.log(got, emitter.listenerCount('y'))
  line(() => emitter.emit('error', new Error('boom')))
  line(() => emitter.emit('error', 'text'))
  await once(emitter, 'never', { signal: AbortSignal.abort() }).catch((error) => console.log(error.name, error.code))
}

async function utilities() {
  console.log(
    await sleep(2, 'slept'),
    await new Promise((resolve) => callbackify(async (a) => a + 1)(1, (...all) => resolve(all))),
  )
  function Legacy() {
    EventEmitter.call(this)
  }
  inherits(Legacy, EventEmitter)
  console.log(new Legacy() instanceof EventEmitter, Legacy.super_ === EventEmitter)
  console.log(
    types.isPromise(Promise.resolve()),
    types.isDate(new Date()),
    types.isUint8Array(new Uint8Array()),
    types.isNativeError(new TypeError()),
    types.isAsyncFunction(async () => 1),
    types.isMap(new Map()),
    types.isTypedArray(Buffer.from('')),
    types.isAnyArrayBuffer(new ArrayBuffer(1)),
  )
  console.log(
    inspect({ a: { b: { c: { d: 1 } } } }, { depth: 0 }),
    inspect('x'),
    inspect([1, [2, [3, [4]]]], { compact: false, depth: 1 }),
  )
  console.log(format('%s=%d', 'a', 1, 'more'), require('util').isDeepStrictEqual({ a: [1] }, { a: [1] }))
  const { AsyncLocalStorage } = require('async_hooks')
  const storage = new AsyncLocalStorage()
  await storage.run({ id: 1 }, async () => {
    await sleep(1)
    console.log(storage.getStore())
    await storage.run({ id: 2 }, async () => console.log(await null, storage.getStore()))
    setTimeout(() => console.log('timer', storage.getStore()), 1)
  })
  console.log(storage.getStore())
  await sleep(5)
}

async function streams() {
  const upper = () =>
    new Transform({ transform: (chunk, _encoding, done) => done(null, chunk.toString().toUpperCase()) })
  console.log(
    (await Readable.from(['a', 'b']).toArray()).join(),
    await Readable.from([1, 2, 3])
      .filter((n) => n % 2)
      .map((n) => n * 2)
      .toArray(),
  )
  const out = []
  const sink = () => new Writable({ write: (chunk, _encoding, done) => (out.push(chunk.toString()), done()) })
  await require('stream/promises').pipeline(Readable.from(['x', 'y']), upper(), sink())
  console.log(out)
  const exclaim = async function* (source) {
    for await (const chunk of source) {
      yield `${chunk}!`
    }
  }
  console.log(await require('stream/consumers').text(Readable.from(['q', 'r']).compose(exclaim)))
  console.log(await new Response(Readable.toWeb(Readable.from([Buffer.from('to web')]))).text())
  for await (const chunk of Readable.fromWeb(new Response('from web').body)) {
    console.log(chunk.toString())
  }
  const through = new PassThrough()
  through.setEncoding('utf8').end('passed')
  for await (const chunk of through) {
    console.log(chunk)
  }
  const failing = new Transform({ transform: (_chunk, _encoding, done) => done(new Error('bad')) })
  await new Promise((resolve) =>
    pipeline(Readable.from(['z']), failing, (error) => (console.log(error.message), resolve())),
  )
  await new Promise((resolve) => finished(Readable.from([]).resume(), (error) => (console.log(error), resolve())))
}

async function timers() {
  const order = []
  setImmediate(() => order.push('immediate'))
  process.nextTick(() => order.push('tick 1'))
  Promise.resolve().then(() => {
    order.push('micro 1')
    process.nextTick(() => order.push('tick 2'))
    Promise.resolve().then(() => order.push('micro 2'))
  })
  queueMicrotask(() => order.push('micro 3'))
  order.push('sync')
  // Behind the other one; a timer may come before it where the processor is busy.
  await new Promise((resolve) => setImmediate(resolve))
  console.log(order)
  const inCallback = []
  await new Promise((resolve) => {
    setTimeout(() => {
      process.nextTick(() => inCallback.push('tick 1'))
      Promise.resolve().then(() => inCallback.push('promise'))
      process.nextTick(() => process.nextTick(() => inCallback.push('tick 2')))
      inCallback.push('sync')
      setTimeout(resolve, 3)
    }, 0)
  })
  console.log(inCallback)
  const { setTimeout: wait, setInterval: tick } = require('timers/promises')
  const controller = new AbortController()
  setTimeout(() => controller.abort(), 1)
  await wait(1000, null, { signal: controller.signal }).catch((error) =>
    console.log(error.name, error.code, error.message),
  )
  let ticks = 0
  for await (const value of tick(1, 'tock')) {
    if (++ticks === 2) {
      console.log(value)
      break
    }
  }
  await new Promise((resolve) => {
    const interval = setInterval(() => ++ticks === 4 && (clearInterval(interval), resolve()), 1)
  })
  await sleep(3)
  console.log(
    ticks,
    typeof setTimeout(() => {}, 1)
      .unref()
      .ref()
      .hasRef(),
  )
}

async function compression() {
  const zlib = require('zlib')
  const zipped = zlib.gzipSync('hello')
  console.log(
    zlib.gunzipSync(zipped).toString(),
    zlib.inflateSync(zlib.deflateSync(Buffer.from('d'))).toString(),
    zlib.unzipSync(zipped).toString(),
  )
  console.log(
    zlib.inflateRawSync(zlib.deflateRawSync('raw')).toString(),
    (await promisify(zlib.gunzip)(await promisify(zlib.gzip)('async'))).toString(),
  )
  console.log(zlib.brotliDecompressSync(Buffer.from('iwWAaGVsbG8gYnJvdGxpAw==', 'base64')).toString())
  line(() => zlib.gunzipSync(Buffer.from('nope')))
  const chunks = []
  const sink = new Writable({ write: (chunk, _encoding, done) => (chunks.push(chunk), done()) })
  await require('stream/promises').pipeline(
    Readable.from([Buffer.from('stream '), Buffer.from('gzip')]),
    zlib.createGzip(),
    zlib.createGunzip(),
    sink,
  )
  console.log(Buffer.concat(chunks).toString())
}

function texts() {
  const path = require('path')
  const querystring = require('querystring')
  const url = require('url')
  console.log(
    path.join('/a', '../b', './c'),
    path.resolve('/x', 'y'),
    path.basename('/a/b.txt', '.txt'),
    path.extname('x.tar.gz'),
    path.parse('/h/f.js'),
    path.relative('/a/b', '/a/c'),
  )
  console.log(
    querystring.stringify({ a: [1, 'x y'], b: true, c: null, d: '&=', e: '', f: 'é' }),
    { ...querystring.parse('a=1&a=2&b=%20x&c&d=%zz+') },
    querystring.escape('a b&'),
    querystring.unescape('%41'),
  )
  const parsed = url.parse('http://u:p@host.com:80/p/a?x=1&y=2#h', true)
  console.log(
    parsed.host,
    parsed.query.x,
    parsed.auth,
    parsed.pathname,
    url.format({ protocol: 'https', host: 'a.b', pathname: '/c', query: { d: 1 } }),
  )
  console.log(
    url.resolve('http://a.com/b/c', '../d'),
    url.fileURLToPath('file:///a%20b'),
    url.domainToASCII('bücher.de'),
    url.urlToHttpOptions(new URL('https://u:p@a.example:8/x?y')).auth,
  )
  const { StringDecoder } = require('string_decoder')
  const decoder = new StringDecoder('utf8')
  console.log(decoder.write(Buffer.from([0xe2, 0x82])) + decoder.write(Buffer.from([0xac])) + decoder.end())
}

async function assertions() {
  const assert = require('assert')
  for (const check of [
    () => assert.strictEqual(1, 2),
    () => assert.deepStrictEqual({ a: 1 }, { a: 1 }),
    () => assert.equal(1, '1'),
    () => assert.throws(() => null.x, TypeError),
    () => assert.ok(false, 'msg'),
    () => assert.notStrictEqual(1, 1),
  ]) {
    line(() => check() ?? 'holds')
  }
  await assert.rejects(Promise.reject(new Error('r')), /r/)
  assert.match('abc', /b/)
}

function modules() {
  const codes = ['child_process/x', 'nosuchpackage', './nosuchfile'].map((name) => {
    try {
      return require(name)
    } catch (error) {
      return `${error.code} ${error.message.split('\n')[0]}`
    }
  })
  console.log(codes)
  const mark = performance.mark('m')
  console.log(
    mark.name,
    mark.entryType,
    performance.measure('x', 'm').duration >= 0,
    performance.getEntriesByName('m').length,
  )
  console.log(
    require('perf_hooks').performance === performance,
    require('diagnostics_channel').channel('c').hasSubscribers,
    require('os').EOL,
    process.argv.length > 0,
  )
}

exports.onExecuteCustomTokenExchange = async () => {
  await events()
  await utilities()
  await streams()
  await timers()
  await compression()
  texts()
  await assertions()
  modules()
}
