// The older graphql-ws, as the npm package subscriptions-transport-ws speaks it.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import transport from 'subscriptions-transport-ws';
import { WebSocket } from 'ws';
import { Raw } from './raw.mjs';
import { onEachRuntime } from './site.mjs';

const { SubscriptionClient } = transport;

onEachRuntime((at) => {
  async function withClient(options, use) {
    const client = new SubscriptionClient(at.site.ws, options, WebSocket);
    try {
      return await use(client);
    } finally {
      client.close();
    }
  }

  const all = (client, query, variables) =>
    new Promise((complete, error) => {
      const results = [];
      const next = (result) => results.push(result);
      client.request({ query, variables }).subscribe({ next, error, complete: () => complete(results) });
    });

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
      const [{ data, errors }] = await all(client, '{ boom }');
      assert.deepEqual([data, errors[0].message], [{ boom: null }, 'boom']);
      const events = await all(client, 'subscription { flaky(count: 4) }');
      assert.deepEqual(events.map(({ data }) => data.flaky), [0, null, 2, null]);
    }));

  test('a document that is not valid is an error of its operation alone', () =>
    withClient({}, async (client) => {
      await assert.rejects(all(client, '{ nowhere }'), ({ message }) => /nowhere/.test(message));
      assert.deepEqual(await all(client, '{ hello }'), [{ data: { hello: 'world' } }]);
    }));

  test('200 operations run at once on a connection', () =>
    withClient({}, async (client) => {
      const countdown = 'subscription { countdown(from: 5, delayMs: 5) }';
      const runs = await Promise.all(Array.from({ length: 200 }, () => all(client, countdown)));
      for (const run of runs) assert.equal(run.length, 6);
    }));

  test('a subscription that is left ends in the server, and so does one whose client leaves', () =>
    withClient({}, async (client) => {
      const forever = () =>
        new Promise((begun) => {
          const request = client.request({ query: 'subscription { forever }' });
          const subscription = request.subscribe({ next: () => begun(subscription) });
        });
      const subscription = await forever();
      await at.site.streams(1);
      subscription.unsubscribe();
      await at.site.streams(0);
      await forever();
      await at.site.streams(1);
      client.close();
      await at.site.streams(0);
    }));

  test('a client that is denied is told so', async () => {
    const error = await new Promise((connectionCallback) => {
      const connectionParams = { token: 'deny' };
      new SubscriptionClient(at.site.ws, { connectionParams, connectionCallback }, WebSocket);
    });
    assert.equal(error.message, 'Forbidden');
  });

  test('the acknowledgement is followed by a sign of life', async () => {
    const raw = await Raw.greeted(at.site.ws, 'graphql-ws');
    assert.deepEqual(await raw.next(), { type: 'ka' });
    raw.send({ type: 'connection_terminate' });
    assert.equal((await raw.closed).code, 1000);
  });
});
