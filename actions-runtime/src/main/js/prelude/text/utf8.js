// UTF-8 of what api methods are given, with nothing that guest code may have replaced. TextEncoder has its own, which is
// quicker.
import { hostCrypto } from '../host/bridge.js'
import { TypeErrorIntrinsic, toWellFormed } from '../host/intrinsics.js'

const toError = (_name, message) => new TypeErrorIntrinsic(message)

/** The text as UTF-8, in an ArrayBuffer. */
export const encodeUtf8 = (text) => hostCrypto(toError, 'text.encode', toWellFormed(text))

/** How many bytes that would be. A surrogate without its other half counts as the three bytes of U+FFFD. */
export function utf8Length(text) {
  const { length } = text
  let bytes = length
  for (let i = 0; i < length; i++) {
    const unit = text[i]
    if (unit >= '\u0800') {
      bytes += 2
      if (unit >= '\ud800' && unit <= '\udbff' && text[i + 1] >= '\udc00' && text[i + 1] <= '\udfff') {
        // Two units, four bytes.
        i++
      }
    } else if (unit >= '\u0080') {
      bytes++
    }
  }
  return bytes
}
