// The site as a person uses it, in headless Chromium: log in, a form under CSRF protection, a
// message after a redirect, log out. SITE is the program, CHROMIUM the browser.

import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { after, before, test } from 'node:test'
import { chromium } from 'playwright-core'

const program = process.env.SITE
const settings = join(import.meta.dirname, '..', 'settings.toml')
let folder, site, address, browser, page

before(async () => {
  folder = mkdtempSync(join(tmpdir(), 'site-'))
  const own = join(folder, 'settings.toml')
  cpSync(settings, own)
  const created = spawnSync(program, ['--settings', own, 'create-user', 'ada'], {
    input: 'correct horse battery\n',
  })
  assert.equal(created.status, 0, created.stderr.toString())
  site = spawn(program, ['--settings', own, '--listen', '127.0.0.1:0'], {
    stdio: ['ignore', 'pipe', 'inherit'],
  })
  address = await new Promise((resolve, reject) => {
    let out = ''
    site.stdout.on('data', (chunk) => {
      out += chunk
      const found = out.match(/listening on (http:\/\/\S+)/)
      if (found) resolve(found[1])
    })
    site.on('exit', (code) => reject(new Error(`the site ended with ${code}: ${out}`)))
  })
  browser = await chromium.launch({
    executablePath: process.env.CHROMIUM,
    args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
  })
  page = await browser.newPage()
})

after(async () => {
  await browser?.close()
  if (site) {
    const ended = new Promise((resolve) => site.on('exit', resolve))
    site.kill('SIGTERM')
    assert.equal(await ended, 0)
  }
  if (folder) rmSync(folder, { recursive: true })
})

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
