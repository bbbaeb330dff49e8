// navigator, as Node has it: enough for packages that ask it where they are.

export const navigator = {
  hardwareConcurrency: 1,
  language: 'en-US',
  languages: ['en-US'],
  platform: 'linux',
  userAgent: 'Node.js/22',
}
