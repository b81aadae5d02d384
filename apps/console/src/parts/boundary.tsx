// Shows what broke in the place of a page that cannot be drawn: the ways to the others stay.
import { Component, type ReactNode } from 'react'
import { Problem } from './problem.tsx'

interface BoundaryProps {
  /** The address of the page: another one is tried anew. */
  at: string
  children: ReactNode
}

export class Boundary extends Component<BoundaryProps, { error: Error | undefined }> {
  override state: { error: Error | undefined } = { error: undefined }

  static getDerivedStateFromError(error: Error) {
    return { error }
  }

  override componentDidUpdate({ at }: BoundaryProps) {
    if (this.state.error && at !== this.props.at) this.setState({ error: undefined })
  }

  override render() {
    const { error } = this.state
    if (error === undefined) return this.props.children
    return (
      <>
        <h1>This page broke</h1>
        <Problem error={error} />
        <p>Load it again; if it stays, this is a fault of the console.</p>
      </>
    )
  }
}
