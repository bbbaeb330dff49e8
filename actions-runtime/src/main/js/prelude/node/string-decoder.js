// require('string_decoder')
import { ownShared } from '../host/own.js'

export const stringDecoder = require('string_decoder/')

// Not by its own name, which would make the bundler change that of the class.
const Decoder = stringDecoder.StringDecoder

// What decoders of an encoding do is met only as members of one.
ownShared(() => ['utf8', 'utf16le', 'base64', 'hex'].map((encoding) => new Decoder(encoding)))
