// How the console is bundled, and a server for who works on it: `GRAFT_URL=http://127.0.0.1:8080 pnpm dev`.
import react from '@vitejs/plugin-react'
import { defineConfig } from 'vite'

export default defineConfig({
  root: import.meta.dirname,
  base: '/console/',
  plugins: [react()],
  // The policy of the page lets no `data:` script or font in; a small icon is a file like any other.
  build: { target: 'es2022', assetsInlineLimit: 0, modulePreload: { polyfill: false } },
  server: {
    host: '127.0.0.1',
    proxy: { '^/(v1|openapi.json|docs)': process.env.GRAFT_URL ?? 'http://127.0.0.1:8080' },
  },
})
