// GraphiQL in headless Chromium: a query, a mutation that a layer refuses and then lets pass, and a
// subscription that sees it, through the layers of the settings and under the page's strict policy.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Site, logIn } from './start.mjs'

let site, ada, guest
const complaints = []

before(async () => {
  site = await Site.start()
  ada = await open()
  guest = await open()
})

after(() => site?.close())

// A visitor whose browser writes down what its pages complain of, and asks nobody but the site.
async function open() {
  const page = await (await site.browser.newContext()).newPage()
  // GraphiQL comes back with what was written last, and here is to begin anew.
  await page.addInitScript(() => localStorage.clear())
  page.on('pageerror', (error) => complaints.push(error.message))
  page.on('console', (message) => {
    const isIcon = message.location().url.endsWith('/favicon.ico')
    if (message.type() === 'error' && !isIcon) complaints.push(message.text())
  })
  page.on('request', (request) => {
    if (!/^(data|blob):/.test(request.url()) && !request.url().startsWith(site.address)) {
      complaints.push(request.url())
    }
  })
  return page
}

// Opens GraphiQL with nothing but this in its editor. With several operations its button is a menu of
// them: what was written before and is written now has been read once that changes.
async function edit(page, query) {
  await page.goto(`${site.address}/graphql`)
  await page.locator('.graphiql-execute-button[aria-haspopup]').waitFor()
  await page.evaluate((query) => {
    document.querySelector('.graphiql-query-editor .CodeMirror').CodeMirror.setValue(query)
  }, query)
  await page.locator('.graphiql-execute-button:not([aria-haspopup])').waitFor()
}

const run = (page) => page.click('.graphiql-execute-button')

// Waits for a text among the results.
const shows = (page, text) =>
  page.locator('.result-window', { hasText: text }).waitFor({ timeout: 20_000 })

const LEAVE = 'mutation { addNote(text: "hello from GraphiQL") { author text } }'

test('a query is answered, and the documentation is read from the schema', async () => {
  await edit(guest, '{ me { name } notes { text } }')
  await run(guest)
  await shows(guest, '"me": null')
  await guest.click('[aria-label="Show Documentation Explorer"]')
  const docs = guest.locator('.graphiql-doc-explorer')
  await docs.getByText('Subscription', { exact: true }).click()
  await docs.getByText('The latest notes, and then each one as it is left.').waitFor()
})

test('its dialogs open and close', async () => {
  for (const dialog of ['Open short keys dialog', 'Open settings dialog']) {
    await guest.click(`[aria-label="${dialog}"]`)
    await guest.locator('.graphiql-dialog').waitFor()
    await guest.keyboard.press('Escape')
    await guest.locator('.graphiql-dialog').waitFor({ state: 'detached' })
  }
})

test('a mutation is refused by a layer until its visitor logs in', async () => {
  await edit(ada, LEAVE)
  await run(ada)
  await shows(ada, 'log in first')
  await logIn(ada, site.address)
  await edit(ada, LEAVE)
  await run(ada)
  await shows(ada, '"author": "ada"')
  await shows(ada, 'HELLO FROM GRAPHIQL')
})

test('a subscription sees the next mutation, through the same layers', async () => {
  await edit(guest, 'subscription { noteAdded(last: 1) { number author text } }')
  await run(guest)
  await shows(guest, '"number": 1')
  await run(ada)
  await shows(guest, '"number": 2')
  await shows(guest, 'HELLO FROM GRAPHIQL')
  const path = process.env.SCREENSHOT?.replace(/\.png$/, '-graphiql.png')
  if (path) await guest.screenshot({ path })
  await guest.click('.graphiql-execute-button')
})

test('no page has complained, nor asked another site for anything', () => {
  assert.deepEqual(complaints, [])
})
