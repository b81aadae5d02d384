// Lines over a number, as SVG: the same data as a table is what the pages show beside it.
export interface Series {
  name: string
  /** Its colour: 0 to 3. */
  colour: number
  points: readonly (readonly [x: number, y: number])[]
  /** Marks each point: for few points. */
  dots?: boolean
}

interface ChartProps {
  title: string
  xTitle: string
  series: readonly Series[]
  format(value: number): string
}

const [WIDTH, HEIGHT] = [420, 230]
const [LEFT, RIGHT, TOP, BOTTOM] = [52, 12, 14, 30]

export function Chart({ title, xTitle, series, format }: ChartProps) {
  const shown = series.filter(({ points }) => points.length > 0)
  const all = shown.flatMap(({ points }) => points)
  if (all.length === 0) return null
  const [left, right] = range(all.map(([x]) => x))
  const [low, high] = range(all.map(([, y]) => y))
  const x = (value: number) => LEFT + placeOf(value, left, right) * (WIDTH - LEFT - RIGHT)
  const y = (value: number) => HEIGHT - BOTTOM - placeOf(value, low, high) * (HEIGHT - TOP - BOTTOM)
  const levels = [low, (low + high) / 2, high].filter((level, index, list) => list.indexOf(level) === index)
  return (
    <figure className="chart">
      <figcaption>
        {title}
        {shown.map(({ name, colour }) => (
          <span key={name} className={`legend c${colour}`}>
            {name}
          </span>
        ))}
      </figcaption>
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} role="img" aria-label={`${title} by ${xTitle}`}>
        {levels.map((level) => (
          <g key={level}>
            <line className="level" x1={LEFT} x2={WIDTH - RIGHT} y1={y(level)} y2={y(level)} />
            <text x={LEFT - 8} y={y(level) + 4} textAnchor="end">
              {format(level)}
            </text>
          </g>
        ))}
        <text x={x(left)} y={HEIGHT - 8} textAnchor={right > left ? 'start' : 'middle'}>
          {xTitle} {Math.round(left * 10) / 10}
        </text>
        {right > left && (
          <text x={x(right)} y={HEIGHT - 8} textAnchor="end">
            {Math.round(right * 10) / 10}
          </text>
        )}
        {shown.map(({ name, colour, points, dots }) => (
          <g key={name} className={`series c${colour}`}>
            <polyline points={points.map(([a, b]) => `${x(a).toFixed(1)},${y(b).toFixed(1)}`).join(' ')} />
            {(dots || points.length === 1) &&
              points.map(([a, b]) => (
                <circle key={a} cx={x(a)} cy={y(b)} r="3.5">
                  <title>{`${name}, ${xTitle} ${a}: ${format(b)}`}</title>
                </circle>
              ))}
          </g>
        ))}
      </svg>
    </figure>
  )
}

/** As a share of the range; where it is one value alone, that stands in the middle. */
const placeOf = (value: number, low: number, high: number) =>
  high > low ? (value - low) / (high - low) : 0.5

/** Without a call of so many arguments that it would not fit the stack. */
function range(values: readonly number[]): [low: number, high: number] {
  return values.reduce(
    ([low, high], value): [number, number] => [Math.min(low, value), Math.max(high, value)],
    [Number.POSITIVE_INFINITY, Number.NEGATIVE_INFINITY],
  )
}
