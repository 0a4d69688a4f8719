// graphql-transport-ws, as the npm package graphql-ws speaks it.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { createClient } from 'graphql-ws';
import { WebSocket } from 'ws';
import { onEachRuntime } from './site.mjs';

onEachRuntime((at) => {
  const connect = (options) =>
    createClient({ url: at.site.ws, webSocketImpl: WebSocket, retryAttempts: 0, ...options });

  async function withClient(options, use) {
    const client = connect(options);
    try {
      return await use(client);
    } finally {
      await client.dispose();
    }
  }

  async function all(client, query, variables) {
    const results = [];
    for await (const result of client.iterate({ query, variables })) results.push(result);
    return results;
  }

  test('queries, mutations and subscriptions', () =>
    withClient({}, async (client) => {
      assert.deepEqual(await all(client, '{ hello }'), [{ data: { hello: 'world' } }]);
      const add = 'mutation ($a: Int!) { add(a: $a, b: 2) }';
      assert.deepEqual(await all(client, add, { a: 40 }), [{ data: { add: 42 } }]);
      const countdown = await all(client, 'subscription { countdown(from: 3, delayMs: 1) }');
      assert.deepEqual(countdown.map(({ data }) => data.countdown), [3, 2, 1, 0]);
    }));

  test('field errors are part of results, and do not end a subscription', () =>
    withClient({}, async (client) => {
      const [result] = await all(client, '{ boom }');
      assert.deepEqual(result.data, { boom: null });
      assert.deepEqual(result.errors.map(({ message, path }) => [message, path]), [['boom', ['boom']]]);
      const events = await all(client, 'subscription { flaky(count: 4) }');
      assert.deepEqual(events.map(({ data }) => data.flaky), [0, null, 2, null]);
      assert.deepEqual(events.map(({ errors }) => errors?.[0].message), [undefined, 'odd', undefined, 'odd']);
    }));

  test('a document that is not valid is an error of its operation alone', () =>
    withClient({}, async (client) => {
      await assert.rejects(all(client, '{ nowhere }'), (errors) => /nowhere/.test(errors[0].message));
      await assert.rejects(all(client, 'subscription {'), (errors) => errors.length === 1);
      assert.deepEqual(await all(client, '{ hello }'), [{ data: { hello: 'world' } }]);
    }));

  test('200 operations run at once on a connection', () =>
    withClient({}, async (client) => {
      const countdown = 'subscription { countdown(from: 5, delayMs: 5) }';
      const runs = await Promise.all(Array.from({ length: 200 }, () => all(client, countdown)));
      for (const run of runs) assert.equal(run.length, 6);
    }));

  test('50 connections are served at once', async () => {
    const run = (n) =>
      withClient({ lazy: false }, (client) => all(client, `{ echo(text: "${n}") }`));
    const answers = await Promise.all(Array.from({ length: 50 }, (_, n) => run(n)));
    assert.deepEqual(answers.map(([{ data }]) => data.echo), answers.map((_, n) => String(n)));
  });

  test('a subscription that is left ends in the server', () =>
    withClient({}, async (client) => {
      let last = -1;
      for await (const { data } of client.iterate({ query: 'subscription { forever(delayMs: 1) }' })) {
        assert.equal(data.forever, last + 1);
        last = data.forever;
        if (last === 10) break;
      }
      await at.site.streams(0);
    }));

  test('a client that leaves takes its subscriptions along', async () => {
    const client = connect();
    const forever = client.iterate({ query: 'subscription { forever }' });
    await forever.next();
    await at.site.streams(1);
    client.terminate();
    await assert.rejects(forever.next());
    await at.site.streams(0);
  });

  test('a client that is denied is told so', async () => {
    const closed = (connectionParams) =>
      new Promise((done) => {
        const client = connect({ connectionParams, on: { closed: done } });
        client.subscribe({ query: '{ hello }' }, { next() {}, error() {}, complete() {} });
      });
    const { code, reason } = await closed({ token: 'deny' });
    assert.deepEqual([code, reason], [4403, 'Forbidden']);
    await withClient({ connectionParams: { token: 'other' } }, async (client) => {
      assert.deepEqual(await all(client, '{ hello }'), [{ data: { hello: 'world' } }]);
    });
  });

  test('a client that pings is answered', async () => {
    const pongs = [];
    await withClient({ keepAlive: 5, on: { pong: (received) => pongs.push(received) } }, (client) =>
      all(client, 'subscription { countdown(from: 10, delayMs: 10) }'));
    assert.ok(pongs.includes(true), 'no pong has come');
  });

  test('messages of 128 KiB are taken, and answered', () =>
    withClient({}, async (client) => {
      const text = 'x'.repeat(128 << 10);
      const query = 'query ($text: String!) { echo(text: $text) }';
      assert.deepEqual(await all(client, query, { text }), [{ data: { echo: text } }]);
    }));
});
