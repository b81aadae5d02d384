// For `pnpm --filter @graft/db exec drizzle-kit generate`: writes the next migration from the schema.
import { defineConfig } from 'drizzle-kit'

export default defineConfig({ dialect: 'postgresql', schema: './src/schema.ts', out: './migrations' })
