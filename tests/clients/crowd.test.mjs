// Many subscriptions at once, and clients that do not read.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Raw } from './raw.mjs';
import { onEachRuntime } from './site.mjs';

onEachRuntime((at) => {
  test('10,000 subscriptions are dropped with their 50 clients, and none is left', async () => {
    const open = async () => {
      const raw = await Raw.greeted(at.site.ws);
      for (let n = 0; n < 200; n++) raw.subscribe(String(n), 'subscription { forever(delayMs: 60000) }');
      return raw;
    };
    const crowd = await Promise.all(Array.from({ length: 50 }, open));
    await at.site.streams(10_000);
    crowd.forEach((raw) => raw.terminate());
    await at.site.streams(0);
  });

  test('10,000 subscriptions are completed one after another, and none is left', async () => {
    const raw = await Raw.greeted(at.site.ws);
    for (let n = 0; n < 10_000; n++) {
      raw.subscribe(String(n), 'subscription { forever(delayMs: 60000) }');
      raw.send({ id: String(n), type: 'complete' });
    }
    raw.subscribe('last', '{ hello }');
    while ((await raw.next()).id !== 'last');
    await at.site.streams(0);
    raw.terminate();
  });

  test('a client that never reads makes its source wait, and nobody else', async () => {
    const deaf = await Raw.greeted(at.site.ws);
    deaf.socket.pause();
    deaf.subscribe('1', 'subscription { forever(delayMs: 0) }');
    await at.site.streams(1);
    const before = at.site.memory();
    const other = await Raw.greeted(at.site.ws);
    // A source that did not wait would be millions of events ahead by now.
    for (let n = 0; n < 2_000; n++) {
      other.subscribe('1', '{ hello }');
      while ((await other.next()).type !== 'complete');
    }
    const grown = at.site.memory() - before;
    assert.ok(grown < 32, `the server has grown by ${grown} MiB`);
    deaf.terminate();
    other.terminate();
    await at.site.streams(0);
  });
});
