// The websocket page in headless Chromium: the echo, the chat between two visitors, who they are, and
// what they are told when the site ends.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Site, logIn } from './start.mjs'

let site, ada, guest

before(async () => {
  site = await Site.start()
  ada = await (await site.browser.newContext()).newPage()
  guest = await (await site.browser.newContext()).newPage()
})

after(() => site?.close())

// Waits for a text in an element.
const shows = (page, selector, text) =>
  page.locator(selector, { hasText: text }).first().waitFor({ timeout: 10_000 })

test('the echo sends back what was sent', async () => {
  await guest.goto(`${site.address}/chat/`)
  await shows(guest, '#state', 'connected')
  await guest.fill('#sound', 'hello & <b>goodbye</b>')
  await guest.click('#shout')
  await shows(guest, '#back', 'hello & <b>goodbye</b>')
})

test('who has logged in on a page is known to its websocket', async () => {
  assert.match(await guest.textContent('#name'), /^guest \d+$/)
  await logIn(ada, site.address)
  await ada.goto(`${site.address}/chat/`)
  await shows(ada, '#name', 'ada')
  await shows(guest, '#lines li', 'ada came')
})

test('what one says both see, as text', async () => {
  await ada.fill('#text', '<img src=x onerror=alert(1)>')
  await ada.click('#send')
  for (const page of [ada, guest]) {
    await shows(page, '#lines li', 'ada: <img src=x onerror=alert(1)>')
    assert.equal(await page.locator('#lines img').count(), 0)
  }
  const path = process.env.SCREENSHOT?.replace(/\.png$/, '-chat.png')
  if (path) await guest.screenshot({ path })
})

test('after a log out a new websocket is a guest', async () => {
  await ada.click('nav button')
  await shows(guest, '#lines li', 'ada left')
  await ada.goto(`${site.address}/chat/`)
  await shows(ada, '#state', 'connected')
  assert.match(await ada.textContent('#name'), /^guest \d+$/)
})

test('a page of another site cannot open it', async () => {
  const stranger = await (await site.browser.newContext()).newPage()
  const address = site.address.replace('127.0.0.1', 'localhost')
  await stranger.goto(address)
  const code = await stranger.evaluate((url) => new Promise((resolve) => {
    new WebSocket(url).onclose = (event) => resolve(event.code)
  }), `${site.address.replace('http', 'ws')}/socket/chat/`)
  assert.equal(code, 1006)
})

test('a flood ends with 1008', async () => {
  await guest.evaluate(() => { for (let i = 0; i < 200; i++) chat.send('flood') })
  await shows(guest, '#state', 'disconnected (1008 too many messages)')
})

test('when the site ends the page is told 1001', async () => {
  await site.end()
  await shows(ada, '#state', 'disconnected (1001')
})
