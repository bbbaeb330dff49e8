// axios: instances, interceptors, timeouts, cancellation, forms, retries.
const axios = require('axios')
const querystring = require('querystring')

exports.onExecuteCustomTokenExchange = async ({ given }) => {
  const { site } = given
  const client = axios.create({ baseURL: site, timeout: 5000, headers: { 'X-Client': 'action' } })
  client.interceptors.request.use((config) => {
    config.headers.Authorization = `Basic ${Buffer.from('user:pass').toString('base64')}`
    return config
  })
  client.interceptors.response.use(
    (response) => response,
    async (error) => {
      if (error.response?.status === 503 && !error.config.retried) {
        return client({ ...error.config, retried: true })
      }
      throw error
    },
  )
  const { status, data, headers } = await client.get('/echo', { params: { a: 1, list: ['x', 'y'], empty: null } })
  console.log(
    status,
    data.method,
    data.url,
    data.headers.authorization,
    data.headers['x-client'],
    headers['content-type'],
  )
  const posted = (await client.post('/echo', { nested: { n: 1 } })).data
  console.log(posted.headers['content-type'], posted.body)
  const form = (await client.post('/echo', querystring.stringify({ grant_type: 'client_credentials', scope: 'a b' })))
    .data
  console.log(form.headers['content-type'], form.body)
  const params = (await axios.post(`${site}/echo`, new URLSearchParams({ a: '1', b: 'é' }))).data
  console.log(params.headers['content-type'].split(';')[0], params.body)
  console.log(
    (await client.put('/echo', 'plain', { headers: { 'Content-Type': 'text/plain' } })).data.body,
    (await client.delete('/echo')).data.method,
  )
  console.log((await client.get('/flaky')).data.attempt)
  const attempt = (promise) =>
    promise.then(
      () => console.log('no error'),
      (error) => console.log(axios.isAxiosError(error), error.name, error.response?.status, error.response?.data),
    )
  await attempt(client.get('/none'))
  await attempt(axios.get(`${site}/slow`, { timeout: 50 }))
  // The code depends on what axios sends with: of Node's http it is ECONNABORTED, of fetch ETIMEDOUT.
  await axios
    .get(`${site}/slow`, { timeout: 50 })
    .catch((error) => console.log(/^(ECONNABORTED|ETIMEDOUT)$/.test(error.code), error.message))
  const controller = new AbortController()
  setTimeout(() => controller.abort(), 20)
  await attempt(axios.get(`${site}/slow`, { signal: controller.signal }))
  const source = axios.CancelToken.source()
  setTimeout(() => source.cancel('stopped'), 20)
  await axios
    .get(`${site}/slow`, { cancelToken: source.token })
    .catch((error) => console.log(axios.isCancel(error), error.message))
  console.log(
    (await axios.get(`${site}/none`, { validateStatus: () => true })).status,
    (await axios.get(`${site}/redirect`)).data.url,
  )
  console.log(
    (await axios.get(`${site}/big`, { responseType: 'arraybuffer' })).data.byteLength,
    (await axios({ url: `${site}/echo`, method: 'PATCH', data: { a: 1 } })).data.method,
  )
  console.log(
    (
      await axios.get(`${site}/echo`, {
        auth: { username: 'u', password: 'p' },
        transformResponse: [(text) => JSON.parse(text).headers],
      })
    ).data,
  )
  const all = await Promise.all([1, 2, 3].map((n) => client.get(`/echo?n=${n}`)))
  console.log(all.map((answer) => answer.data.url))
}
