// The site on settings of its own, with an account for ada, and a headless Chromium. SITE is the
// program, CHROMIUM the browser.

import assert from 'node:assert/strict'
import { spawn, spawnSync } from 'node:child_process'
import { cpSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { chromium } from 'playwright-core'

const program = process.env.SITE
const settings = join(import.meta.dirname, '..', 'settings.toml')

export class Site {
  static async start() {
    const started = new Site()
    started.folder = mkdtempSync(join(tmpdir(), 'site-'))
    const own = join(started.folder, 'settings.toml')
    cpSync(settings, own)
    const created = spawnSync(program, ['--settings', own, 'create-user', 'ada'], {
      input: 'correct horse battery\n',
    })
    assert.equal(created.status, 0, created.stderr.toString())
    started.process = spawn(program, ['--settings', own, '--listen', '127.0.0.1:0'], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    started.ended = new Promise((resolve) => started.process.on('exit', resolve))
    started.address = await new Promise((resolve, reject) => {
      let out = ''
      started.process.stdout.on('data', (chunk) => {
        out += chunk
        const found = out.match(/listening on (http:\/\/\S+)/)
        if (found) resolve(found[1])
      })
      started.ended.then((code) => reject(new Error(`the site ended with ${code}: ${out}`)))
    })
    started.browser = await chromium.launch({
      executablePath: process.env.CHROMIUM,
      args: ['--no-sandbox', '--disable-gpu', '--disable-background-networking'],
    })
    return started
  }

  // Tells the program to end, and waits until it has.
  async end() {
    this.process.kill('SIGTERM')
    assert.equal(await this.ended, 0)
  }

  async close() {
    await this.browser?.close()
    if (this.process) await this.end()
    rmSync(this.folder, { recursive: true })
  }
}

export async function logIn(page, address) {
  await page.goto(`${address}/login/`)
  await page.fill('#username', 'ada')
  await page.fill('#password', 'correct horse battery')
  await page.click('#log-in')
  assert.equal(await page.textContent('#user'), 'ada')
}
