// console.table

const cell = (inspect, value) =>
  inspect(value, { depth: value !== null && typeof value === 'object' ? 0 : 1, maxArrayLength: 3, breakLength: Infinity })

const line = (left, middle, right, widths) =>
  left + widths.map((width) => '─'.repeat(width + 2)).join(middle) + right

const row = (cells, widths) =>
  `│${cells.map((text, i) => ` ${text.padEnd(widths[i])} `).join('│')}│`

function entriesOf(data) {
  if (data instanceof Map) {
    return [...data].map(([key, value], i) => [`${i}`, { Key: key, Values: value }])
  }
  return data instanceof Set ? [...data].map((value, i) => [`${i}`, value]) : Object.entries(data)
}

/** Draws an object of rows; `columns` limits what is shown of each. */
export function drawTable(data, columns, inspect) {
  const entries = entriesOf(data)
  const isRow = (value) => value !== null && typeof value === 'object'
  const names = columns ?? [...new Set(entries.flatMap(([, value]) => (isRow(value) ? Object.keys(value) : [])))]
  const hasValues = entries.some(([, value]) => !isRow(value))
  const header = ['(index)', ...names, ...(hasValues ? ['Values'] : [])]
  const rows = entries.map(([index, value]) => [
    index,
    ...names.map((name) => (isRow(value) && Object.hasOwn(value, name) ? cell(inspect, value[name]) : '')),
    ...(hasValues ? [isRow(value) ? '' : cell(inspect, value)] : []),
  ])
  const widths = header.map((name, i) => Math.max(name.length, ...rows.map((cells) => cells[i].length)))
  return [
    line('┌', '┬', '┐', widths),
    row(header, widths),
    line('├', '┼', '┤', widths),
    ...rows.map((cells) => row(cells, widths)),
    line('└', '┴', '┘', widths),
  ].join('\n')
}
