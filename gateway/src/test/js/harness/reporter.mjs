// A reporter for node:test: one line of JSON per finished test, {name, error}, for the Java side to read.
export default async function* reporter(events) {
  for await (const { type, data } of events) {
    if (type !== 'test:pass' && type !== 'test:fail') continue;
    if (data.details?.type === 'suite' || data.file === undefined || data.name === data.file) continue;
    yield `${JSON.stringify({ name: data.name, error: type === 'test:fail' ? explain(data.details.error) : null })}\n`;
  }
}

/** The message of what a test threw, with the answer of the server where it holds one. */
function explain(error) {
  const cause = error.cause ?? error;
  if (typeof cause === 'string') return cause;
  const body = cause.body === undefined ? '' : ` ${JSON.stringify(cause.body)}`;
  return `${cause.stack ?? cause.message ?? String(cause)}${body}`;
}
