// undici: its fetch, and request.
const { Agent, fetch: undiciFetch, request, setGlobalDispatcher } = require('undici')

exports.onExecuteCustomTokenExchange = async ({ given }) => {
  const { site } = given
  setGlobalDispatcher(new Agent({ keepAliveTimeout: 10 }))
  console.log(
    (await (await undiciFetch(`${site}/echo`, { method: 'POST', body: 'x', headers: { a: 'b' } })).json()).headers.a,
  )
  const { statusCode, headers, body } = await request(`${site}/echo`, {
    method: 'PUT',
    body: 'put',
    headers: { 'content-type': 'x/y' },
  })
  console.log(statusCode, headers['content-type'], (await body.json()).body)
  const redirected = await request(`${site}/redirect`)
  console.log(redirected.statusCode, redirected.headers.location, await redirected.body.text())
  let length = 0
  for await (const chunk of (await request(`${site}/big`)).body) {
    length += chunk.length
  }
  console.log(length)
  await request(`${site}/slow`, { signal: AbortSignal.timeout(30) }).catch((error) => console.log(error.name))
}
