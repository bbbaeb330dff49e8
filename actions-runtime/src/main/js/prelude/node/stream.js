// require('stream'): the polyfill, with promises.
const Stream = require('stream-browserify')

const promised = (call) => new Promise((resolve, reject) => {
  call((error) => (error ? reject(error) : resolve()))
})

Stream.promises = {
  finished: (stream, options) => promised((done) => Stream.finished(stream, options ?? {}, done)),
  pipeline: (...streams) => promised((done) => Stream.pipeline(...streams, done)),
}

export const stream = Stream
