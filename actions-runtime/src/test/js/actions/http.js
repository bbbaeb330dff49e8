// require('http') as a client: events in their order, bodies, headers, failures.
const http = require('http')

/** Makes a request and tells what happened. */
function call(url, options = {}, body, meanwhile = () => {}) {
  return new Promise((resolve) => {
    const order = []
    const request = http.request(url, options, (response) => {
      order.push('response')
      let text = ''
      response.setEncoding('utf8')
      response.on('data', (chunk) => (text += chunk))
      response.on('end', () => order.push('end'))
      response.on('close', () => {
        const { statusCode, statusMessage, headers, complete } = response
        const told = {
          statusCode,
          statusMessage,
          cookies: headers['set-cookie'],
          twice: headers['x-twice'],
          complete,
          length: text.length,
        }
        setTimeout(() => resolve({ ...told, text: text.slice(0, 300), order }), 5)
      })
    })
    for (const name of ['socket', 'finish', 'close', 'abort', 'timeout']) {
      request.on(name, () => order.push(name))
    }
    request.on('error', (error) => {
      order.push(`${error.name} ${error.code} ${error.message.replace(/\d+\.\d+\.\d+\.\d+:\d+/, 'ADDRESS')}`)
      setTimeout(() => resolve({ order, destroyed: request.destroyed, aborted: request.aborted }), 5)
    })
    meanwhile(request)
    if (body) {
      request.write(body)
    }
    request.end()
  })
}

exports.onExecuteCustomTokenExchange = async (event) => {
  const { site } = event.given
  console.log(await call(`${site}/echo?x=1`, { headers: { 'X-A': '1', Accept: 'text/plain' } }))
  console.log(
    await call(`${site}/echo`, { method: 'POST', headers: { 'Content-Type': 'application/json' } }, '{"a":1}'),
  )
  console.log((await call(`${site}/redirect`)).statusCode)
  console.log((await call(`${site}/big`)).length)
  console.log(await call(`${site}/none`, { method: 'HEAD' }))
  console.log((await call(`${site}/echo`, { auth: 'u:p', headers: { 'X-Multi': ['a', 'b'] } })).text)
  console.log((await call(site.replace('//', '//us%20er:pw@') + '/echo')).text)
  console.log((await call(`${site}/drop`)).order.at(-2).slice(0, 'Error ECONNRESET'.length))
  for (const meanwhile of [
    (request) => request.destroy(new Error('mine')),
    (request) => request.abort(),
    (request) => request.destroy(),
  ]) {
    console.log(await call(`${site}/slow`, {}, undefined, (request) => setTimeout(() => meanwhile(request), 30)))
  }
  console.log(
    await call(`${site}/slow`, { timeout: 30 }, undefined, (request) =>
      request.on('timeout', () => request.destroy(new Error('timed out'))),
    ),
  )
  const controller = new AbortController()
  setTimeout(() => controller.abort(), 30)
  console.log(await call(`${site}/slow`, { signal: controller.signal }))
  const { hostname, port } = new URL(site)
  await new Promise((resolve) => {
    const options = { hostname, port, path: '/echo', method: 'PUT', agent: new http.Agent({ keepAlive: true }) }
    http
      .request(options, (response) =>
        response.resume().on('end', () => (console.log(response.statusCode, http.STATUS_CODES[404]), resolve())),
      )
      .end('x')
  })
  await new Promise((resolve) => {
    http.get(`${site}/echo`, async (response) => {
      const parts = []
      for await (const part of response) {
        parts.push(part)
      }
      console.log(JSON.parse(Buffer.concat(parts)).method, response.complete, response.rawHeaders.includes('X-Twice'))
      resolve()
    })
  })
  for (const wrong of [
    () => http.request('https://x.example/'),
    () => http.request({ path: '/a b' }),
    () => http.get('nope'),
    () => http.request(site, { headers: { 'a b': 'c' } }),
    () => http.request(site, { headers: { a: 'c\nd' } }),
    () => http.request(site, { headers: { a: undefined } }),
  ]) {
    try {
      wrong()
    } catch (error) {
      console.log(error.name, error.code, error.message)
    }
  }
  const request = http.request(`${site}/echo`, { headers: { 'X-Case': 'v' } }).on('error', () => {})
  console.log(
    request.getHeader('x-case'),
    request.getHeaderNames(),
    request.method,
    request.path,
    request.host,
    request.protocol,
    request.headersSent,
  )
  request.removeHeader('x-case')
  console.log(request.hasHeader('X-Case'), typeof require('https').request, require('node:https').globalAgent.protocol)
  request.destroy()
}
