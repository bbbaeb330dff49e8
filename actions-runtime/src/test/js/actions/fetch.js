// fetch: methods, bodies both ways, redirects, aborts, failures.
exports.onExecuteCustomTokenExchange = async (event) => {
  const { site } = event.given
  const echoed = async (init, path = '/echo') => (await fetch(site + path, init)).json()

  const response = await fetch(`${site}/echo`, {
    method: 'POST',
    body: new URLSearchParams({ a: '1 2' }),
    headers: { 'X-B': 'x' },
  })
  console.log(
    response.status,
    response.ok,
    response.statusText,
    response.headers.get('content-type'),
    response.headers.getSetCookie(),
    response.headers.get('x-twice'),
  )
  console.log(await response.json())
  const redirected = await fetch(`${site}/redirect`)
  console.log(redirected.url === `${site}/echo`, redirected.redirected, (await redirected.json()).method)
  const manual = await fetch(`${site}/redirect`, { redirect: 'manual' })
  console.log(manual.status, manual.headers.get('location'), manual.type)
  await fetch(`${site}/redirect`, { redirect: 'error' }).catch((error) => console.log(error.name, error.message))
  await fetch(`${site}/slow`, { signal: AbortSignal.timeout(30) }).catch((error) =>
    console.log(error.name, error.message),
  )
  const controller = new AbortController()
  setTimeout(() => controller.abort(new Error('changed my mind')), 10)
  await fetch(`${site}/slow`, { signal: AbortSignal.any([controller.signal, AbortSignal.timeout(9000)]) }).catch(
    (error) => console.log(error.message),
  )
  const form = new FormData()
  form.set('f', new Blob(['xx'], { type: 'text/plain' }), 'a.txt')
  form.set('t', 'é')
  const multipart = await echoed({ method: 'POST', body: form })
  console.log(
    multipart.headers['content-type'].startsWith('multipart/form-data; boundary='),
    multipart.body.includes('filename="a.txt"\r\nContent-Type: text/plain'),
  )
  const stream = () =>
    new ReadableStream({
      start(controller) {
        controller.enqueue(new TextEncoder().encode('str'))
        controller.enqueue(new TextEncoder().encode('eam'))
        controller.close()
      },
    })
  const { Readable } = require('stream')
  console.log((await echoed({ method: 'POST', duplex: 'half', body: stream() })).body)
  console.log(
    (await echoed({ method: 'POST', duplex: 'half', body: Readable.from([Buffer.from('no'), Buffer.from('de')]) }))
      .body,
  )
  console.log(
    (await echoed({ method: 'POST', body: new Blob(['blob'], { type: 'x/y' }) })).headers,
    (await echoed({ method: 'PUT', body: Buffer.from('buffer') })).body,
  )
  const request = new Request(`${site}/echo`, {
    method: 'PATCH',
    body: 'rq',
    headers: new Headers({ 'Content-Type': 'x/y' }),
  })
  console.log(await (await fetch(request)).json())
  const big = await fetch(`${site}/big`)
  const copy = big.clone()
  let length = 0
  for await (const chunk of big.body) {
    length += chunk.length
  }
  console.log(length, (await copy.arrayBuffer()).byteLength, (await (await fetch(`${site}/none`)).json()).error)
  await fetch('ftp://x.example').catch((error) => console.log(error.message, error.cause.message))
  await fetch('/relative').catch((error) => console.log(error.message))
  await fetch(site, { method: 'GET', body: 'x' }).catch((error) => console.log(error.message))
  await fetch(`${site}/echo`)
    .then((answer) => answer.text().then(() => answer.json()))
    .catch((error) => console.log(error.message))
  // As samples do it: the timer is left over, and nobody is told.
  setTimeout(() => new AbortController().abort(), 5000)
}
