// A change that the user asks for: while it runs, what it ended in, and everything shown read again after it.
import { useMutation, useQueryClient } from '@tanstack/react-query'

export function useChange<T, V = void>(change: (value: V) => Promise<T>, onDone?: (result: T) => void) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: change,
    onSuccess: async (result: T) => {
      onDone?.(result)
      // The page that it leads to is there first: what the one before shows may be gone.
      await new Promise((drawn) => setTimeout(drawn))
      await queries.invalidateQueries()
    },
  })
}
