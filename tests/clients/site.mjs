// The program that all clients talk to, started anew for each file of tests and each runtime.

import { spawn } from 'node:child_process';
import { createInterface } from 'node:readline';
import { readFileSync } from 'node:fs';
import { after, before, describe } from 'node:test';

const program = process.env.CONTRACT_SITE;
if (!program) throw new Error('CONTRACT_SITE is not set: run scripts/clients');

export class Site {
  constructor(child, address) {
    this.child = child;
    this.http = `http://${address}/graphql`;
    this.ws = `ws://${address}/graphql`;
  }

  static async start(runtime) {
    const args = ['--listen', '127.0.0.1:0', '--runtime', runtime, '--init-timeout', '1'];
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'inherit'] });
    const lines = createInterface({ input: child.stdout });
    for await (const line of lines) {
      return new Site(child, line.replace('listening on http://', ''));
    }
    throw new Error(`contract_site has ended with ${child.exitCode}`);
  }

  async stop() {
    const over = new Promise((done) => this.child.once('exit', done));
    this.child.kill('SIGTERM');
    return await over;
  }

  // Answers a query over HTTP.
  async query(query) {
    const response = await fetch(this.http, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query }),
    });
    return (await response.json()).data;
  }

  // Waits until so many streams are live in the server.
  async streams(expected) {
    const start = Date.now();
    for (;;) {
      const { activeStreams } = await this.query('{ activeStreams }');
      if (activeStreams === expected) return;
      if (Date.now() - start > 30_000) {
        throw new Error(`${activeStreams} streams are live, and not ${expected}`);
      }
      await new Promise((done) => setTimeout(done, 10));
    }
  }

  // The memory that the program has, in MiB.
  memory() {
    const status = readFileSync(`/proc/${this.child.pid}/status`, 'utf8');
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)[1]) / 1024;
  }
}

// Defines tests once, and runs them against a site on each runtime.
export function onEachRuntime(define) {
  for (const runtime of ['tokio', 'async-std', 'smol']) {
    describe(`on ${runtime}`, { timeout: 120_000 }, () => {
      const at = { site: null };
      before(async () => { at.site = await Site.start(runtime); });
      after(async () => { await at.site?.stop(); });
      define(at);
    });
  }
}
