// Web globals: URLs, headers, bodies, streams, events, clones.
exports.onExecuteCustomTokenExchange = async () => {
  const line = (compute) => {
    try {
      console.log(compute())
    } catch (error) {
      console.log('threw', error.name, error.message)
    }
  }

  line(() => new URL('https://u:p@a.example:8080/x?y=1#z'))
  line(() => new URLSearchParams('a=1&b=2&a=3'))
  line(() =>
    new URLSearchParams([
      ['a', '1 2'],
      ['ü', '&'],
    ]).toString(),
  )
  line(() => new URLSearchParams('a=1&b=2').size)
  line(() => new URL('../c?d=1#e', 'https://a.example/b/x').href)
  line(() => new URL('https://bücher.example/%7Efoo').host)
  line(() => URL.canParse('nope'))
  line(() => new URL('nope'))
  line(() => new Headers({ a: 'b', c: 'd' }))
  line(() =>
    new Headers([
      ['set-cookie', 'a'],
      ['set-cookie', 'b'],
      ['x', '1'],
      ['x', '2'],
    ])
      .getSetCookie()
      .concat([...new Headers({ X: ' 1 ' })]),
  )
  line(() => new AbortController())
  line(() => AbortSignal.abort().aborted)
  line(() => new Blob(['abc'], { type: 'Text/Plain' }))
  for (const bad of [
    () => new Response('x', { status: 204 }),
    () => new Response('x', { status: 99 }),
    () => new Request('rel'),
    () => new Request('http://a.example', { body: 'x' }),
    () => new Headers({ 'a b': 'c' }),
    () => new AbortSignal(),
    () => atob('a'),
    () => new TextDecoder('nope'),
    () => structuredClone(() => 1),
    () => AbortSignal.timeout(-1),
  ]) {
    line(bad)
  }

  console.log(new Response('x', { status: 201 }).status, await new Response('abc').clone().text())
  const encoder = new TextEncoder()
  const twoChunks = () =>
    new ReadableStream({
      start(controller) {
        controller.enqueue(encoder.encode('one '))
        controller.enqueue(encoder.encode('two'))
        controller.close()
      },
    })
  const upper = new TransformStream({ transform: (chunk, controller) => controller.enqueue(chunk.toUpperCase()) })
  const piped = new Response(twoChunks()).body.pipeThrough(new TextDecoderStream()).pipeThrough(upper)
  for await (const chunk of piped) {
    console.log(chunk)
  }
  const sizes = []
  for await (const chunk of new Response('abc').body) {
    sizes.push(chunk.length)
  }
  console.log(sizes)
  const zipped = new Response('hello hello hello').body.pipeThrough(new CompressionStream('gzip'))
  console.log(await new Response(zipped.pipeThrough(new DecompressionStream('gzip'))).text())
  const [first, second] = new Response('tee').body.tee()
  console.log(await new Response(first).text(), await new Response(second).text())
  const collected = []
  await new Response(twoChunks()).body.pipeTo(
    new WritableStream({ write: (chunk) => void collected.push(chunk.length) }),
  )
  console.log(collected)
  const reader = new Response('read').body.getReader()
  console.log((await reader.read()).value.length, await reader.read())
  const used = new Response('x')
  await used.text()
  await used.text().catch((error) => console.log(error.name, error.message, used.bodyUsed))
  console.log(await new Request('http://x.example', { method: 'post', body: 'b' }).clone().text())
  const form = new FormData()
  form.append('a', '1')
  form.append('f', new Blob(['file'], { type: 'text/x' }), 'n.txt')
  form.append('a', '2')
  const parsed = await new Response(form).formData()
  console.log(
    [...parsed.keys()],
    parsed.getAll('a'),
    parsed.get('f').name,
    parsed.get('f').type,
    await parsed.get('f').text(),
  )
  console.log(
    await Response.json({ a: 1 }).text(),
    Response.json({}).headers.get('content-type'),
    Response.error().type,
  )
  console.log(
    Response.redirect('http://x.example/').status,
    await new Blob(['a', new Uint8Array([98]), new Blob(['c'])]).text(),
  )
  console.log(await new Blob(['abcdef']).slice(1, 3).text(), await (await fetch('data:text/plain;base64,aGk=')).text())

  const signal = AbortSignal.timeout(3)
  await new Promise((resolve) => signal.addEventListener('abort', resolve))
  const { reason } = signal
  console.log(reason.name, reason.message, reason.code, reason instanceof DOMException, reason instanceof Error)
  console.log(String(AbortSignal.abort().reason), AbortSignal.abort('x').reason)
  const controller = new AbortController()
  const both = AbortSignal.any([controller.signal, AbortSignal.timeout(60_000)])
  controller.signal.onabort = (event) => console.log(event.type, event.target === controller.signal)
  controller.abort(new Error('mine'))
  controller.abort()
  console.log(both.aborted, both.reason.message)
  line(() => controller.signal.throwIfAborted())
  const target = new EventTarget()
  target.addEventListener('x', (event) => console.log('once', event.detail), { once: true })
  target.addEventListener('x', { handleEvent: () => console.log('object') })
  target.dispatchEvent(new CustomEvent('x', { detail: 7 }))
  target.dispatchEvent(new CustomEvent('x', { detail: 8 }))

  const clone = structuredClone({
    d: new Date(0),
    m: new Map([[1, { a: 1 }]]),
    r: /x/gi,
    big: 1n,
    u: undefined,
    bytes: new Uint8Array([1]),
  })
  console.log(clone, structuredClone(new TypeError('t')) instanceof TypeError)
  console.log(
    btoa('ÿ'),
    atob(' Y Q = = '),
    encoder.encodeInto('héllo', new Uint8Array(3)),
    new TextDecoder().decode(new Uint8Array([0xe2, 0x82, 0xac])),
  )
  const long = { weekday: 'long', year: 'numeric', month: 'long', day: 'numeric', timeZone: 'UTC' }
  console.log(new Date(0).toLocaleDateString('de-DE', long), new Date(0).toLocaleDateString('en-US', long))
  console.log(
    new Intl.NumberFormat('en-US', { style: 'currency', currency: 'USD' }).format(1234.5),
    (1234.5).toLocaleString('de-DE'),
  )
  console.log(
    [3, 1, 2].toSorted(),
    [1, 2, 3].findLast((n) => n < 3),
    'ab'.at(-1),
    Object.fromEntries([['a', 1]]),
    [1, [2, [3]]].flat(Infinity),
  )
}
