// The site as a person uses it, in headless Chromium: log in, a form under CSRF protection, a
// message after a redirect, log out.

import assert from 'node:assert/strict'
import { after, before, test } from 'node:test'
import { Site } from './start.mjs'

let site, address, page

before(async () => {
  site = await Site.start()
  address = site.address
  page = await site.browser.newPage()
})

after(() => site?.close())

test('a visitor sees the stack, and after a reload what the layers did', async () => {
  await page.goto(address)
  assert.match(await page.textContent('pre'), /sessions[\s\S]*auth[\s\S]*book/)
  const response = await page.reload()
  assert.match(response.headers()['x-trace'], /sessions\.process_request/)
  assert.match(await page.textContent('tbody'), /book\.process_request/)
})

test('a wrong password is refused and tells nothing', async () => {
  await page.goto(`${address}/login/`)
  await page.fill('#username', 'ada')
  await page.fill('#password', 'wrong')
  await page.click('#log-in')
  assert.match(await page.textContent('#failed'), /wrong/)
})

test('log in, and come back to the page one came from', async () => {
  await page.goto(`${address}/profile/`)
  assert.match(page.url(), /\/login\/\?next=/)
  await page.fill('#username', 'ada')
  await page.fill('#password', 'correct horse battery')
  await page.click('#log-in')
  assert.equal(page.url(), `${address}/profile/`)
  assert.equal(await page.textContent('#user'), 'ada')
})

test('a note comes back as a message after a redirect, once', async () => {
  await page.goto(`${address}/note/`)
  await page.fill('#text', '<b>bold</b> & brave')
  await page.click('#send')
  assert.equal(page.url(), `${address}/`)
  assert.equal(await page.textContent('.message'), 'Your note: <b>bold</b> & brave')
  if (process.env.SCREENSHOT) await page.screenshot({ path: process.env.SCREENSHOT })
  await page.reload()
  assert.equal(await page.locator('.message').count(), 0)
})

test('a form from elsewhere is refused', async () => {
  await page.goto(`${address}/note/`)
  await page.evaluate(() => {
    for (const input of document.querySelectorAll('input[name=csrfmiddlewaretoken]')) input.value = ''
  })
  await page.fill('#text', 'forged')
  const [response] = await Promise.all([page.waitForNavigation(), page.click('#send')])
  assert.equal(response.status(), 403)
})

test('log out, and the profile asks for a login again', async () => {
  await page.goto(address)
  await page.click('nav button')
  assert.equal(await page.locator('#user').count(), 0)
  await page.goto(`${address}/profile/`)
  assert.match(page.url(), /\/login\//)
})

test('a view that panics is a 500 page, and the site lives on', async () => {
  const response = await page.goto(`${address}/panic/`)
  assert.equal(response.status(), 500)
  assert.doesNotMatch(await page.textContent('body'), /this view panics/)
  assert.equal((await page.goto(address)).status(), 200)
})
