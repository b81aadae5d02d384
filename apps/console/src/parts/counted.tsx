// How many of a number of images are done.

interface CountedProps {
  /** For readers of screens: "Progress of the batch". */
  title: string
  done: number
  /** 0: not counted yet. */
  of: number
}

export function Counted({ title, done, of }: CountedProps) {
  return (
    <div className="progress">
      <progress {...(of > 0 && { value: done, max: of })} aria-label={title} />
      <span>{of > 0 ? `${done} of ${of} images` : 'counting the images …'}</span>
    </div>
  )
}
