// A place to drop files on; also a button that opens the browser's own choice of files.
import { type DragEvent, type ReactNode, useId, useState } from 'react'

interface DropZoneProps {
  /** As of an input of files: `image/*`, `.zip`. */
  accept: string
  multiple?: boolean
  disabled?: boolean
  children: ReactNode
  onFiles(files: File[]): void
}

export function DropZone({ accept, multiple = false, disabled = false, children, onFiles }: DropZoneProps) {
  const id = useId()
  const [isOver, setOver] = useState(false)
  const take = (files: FileList | null) => {
    const taken = Array.from(files ?? []).slice(0, multiple ? undefined : 1)
    if (taken.length > 0 && !disabled) onFiles(taken)
  }
  const over = (event: DragEvent) => {
    event.preventDefault()
    setOver(true)
  }
  const drop = (event: DragEvent) => {
    event.preventDefault()
    setOver(false)
    take(event.dataTransfer.files)
  }
  return (
    <label
      htmlFor={id}
      className={`drop-zone${isOver ? ' over' : ''}`}
      onDragOver={over}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <input
        id={id}
        type="file"
        accept={accept}
        multiple={multiple}
        disabled={disabled}
        onChange={(event) => {
          take(event.target.files)
          event.target.value = '' // the same file may be chosen again
        }}
      />
      {children}
    </label>
  )
}
