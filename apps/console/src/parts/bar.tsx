// Shares of a whole as one bar; the numbers stand beside it, so that it is no more than a picture of them.

export function Bar({ parts, of }: { parts: readonly number[]; of: number }) {
  return (
    <span className="bar" aria-hidden="true">
      {parts.map((part, index) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a part is its place
        <span key={index} className={`c${index}`} style={{ width: `${(part / (of || 1)) * 100}%` }} />
      ))}
    </span>
  )
}
