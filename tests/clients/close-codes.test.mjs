// What ends a connection, and what must not: said by hand, as no client would.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { Raw } from './raw.mjs';
import { onEachRuntime } from './site.mjs';

onEachRuntime((at) => {
  async function check(raw, code, reason) {
    const closed = await raw.closed;
    assert.deepEqual([closed.code, closed.reason], [code, reason ?? closed.reason]);
  }

  for (const protocol of ['graphql-transport-ws', 'graphql-ws']) {
    test(`${protocol}: who says nothing is closed with 4408`, async () => {
      const raw = await Raw.connect(at.site.ws, protocol);
      await check(raw, 4408, 'Connection initialisation timeout');
    });

    test(`${protocol}: a flood of inits is closed with 4429`, async () => {
      const raw = await Raw.connect(at.site.ws, protocol);
      for (let n = 0; n < 1000; n++) raw.send({ type: 'connection_init' });
      await check(raw, 4429, 'Too many initialisation requests');
    });
  }

  test('who is denied is closed with 4403', async () => {
    const raw = await Raw.connect(at.site.ws);
    raw.send({ type: 'connection_init', payload: { token: 'deny' } });
    await check(raw, 4403, 'Forbidden');
  });

  test('an operation before the acknowledgement is closed with 4401', async () => {
    const raw = await Raw.connect(at.site.ws);
    raw.subscribe('1', '{ hello }');
    await check(raw, 4401, 'Unauthorized');
  });

  test('no subprotocol is closed with 4406', async () => {
    const raw = await Raw.connect(at.site.ws, null);
    await check(raw, 4406, 'Subprotocol not acceptable');
  });

  test('an id that is in use is closed with 4409', async () => {
    const raw = await Raw.greeted(at.site.ws);
    raw.subscribe('x', 'subscription { forever }');
    raw.subscribe('x', 'subscription { forever }');
    await check(raw, 4409, 'Subscriber for x already exists');
    await at.site.streams(0);
  });

  test('bad messages are closed with 4400', async () => {
    for (const bad of ['', '{', '[]', '{}', '{"type":"nonsense"}', '{"type":"subscribe"}', Buffer.of(1)]) {
      const raw = await Raw.greeted(at.site.ws);
      raw.socket.send(bad);
      await check(raw, 4400);
    }
  });

  test('an id is free again when its operation is over', async () => {
    const raw = await Raw.greeted(at.site.ws);
    for (let n = 0; n < 3; n++) {
      raw.subscribe('x', '{ hello }');
      assert.equal((await raw.next()).type, 'next');
      assert.deepEqual(await raw.next(), { id: 'x', type: 'complete' });
    }
    raw.subscribe('x', 'subscription { forever }');
    await raw.next();
    raw.send({ id: 'x', type: 'complete' });
    raw.subscribe('y', '{ hello }');
    while ((await raw.next()).id !== 'y');
    raw.terminate();
  });

  test('a message that is far too large ends its connection alone', async () => {
    const [raw, other] = [await Raw.greeted(at.site.ws), await Raw.greeted(at.site.ws)];
    raw.socket.on('error', () => {});
    raw.subscribe('1', `{ echo(text: "${'x'.repeat(4 << 20)}") }`);
    // Who is still sending may lose the close with the connection.
    assert.ok([1009, 1006].includes((await raw.closed).code));
    other.subscribe('1', '{ hello }');
    assert.equal((await other.next()).type, 'next');
    other.terminate();
  });
});
