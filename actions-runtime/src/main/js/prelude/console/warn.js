// Warnings of the runtime itself, in the Action's console; apart from it, so that warning does not load it.
import { hostPrint } from '../host/bridge.js'

export const warn = (text) => hostPrint('warn', text)
