// Puts the console into its page.
import { StrictMode } from 'react'
import { createRoot } from 'react-dom/client'
import { Router } from 'wouter'
import { App } from './app.tsx'
import { SessionGate } from './session.tsx'

const root = document.getElementById('root')
if (root === null) throw new Error('the page has a root')
createRoot(root).render(
  <StrictMode>
    <Router base="/console">
      <SessionGate>
        <App />
      </SessionGate>
    </Router>
  </StrictMode>,
)
