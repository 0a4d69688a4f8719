// GraphQL over HTTP, as the audits of the npm package graphql-http see it.

import { test } from 'node:test';
import assert from 'node:assert/strict';
import { auditServer } from 'graphql-http';
import { onEachRuntime } from './site.mjs';

onEachRuntime((at) => {
  test('all audits are passed: MUST, SHOULD and MAY', async () => {
    const results = await auditServer({ url: at.site.http });
    const failed = results.filter(({ status }) => status !== 'ok');
    assert.deepEqual(failed.map(({ id, name, reason }) => `${id} ${name}: ${reason}`), []);
    assert.ok(results.length >= 61, `${results.length} audits were run`);
  });

  test('a page of another origin can send no mutation unasked', async () => {
    const body = JSON.stringify({ query: 'mutation { add(a: 1, b: 2) }' });
    for (const type of ['text/plain', 'application/x-www-form-urlencoded', 'multipart/form-data']) {
      const headers = { 'content-type': type };
      const response = await fetch(at.site.http, { method: 'POST', headers, body });
      assert.equal(response.status, 415, type);
    }
    const query = encodeURIComponent('mutation { add(a: 1, b: 2) }');
    const response = await fetch(`${at.site.http}?query=${query}`);
    assert.equal(response.status, 405);
    assert.equal(response.headers.get('allow'), 'POST');
  });

  test('a body that is too large is refused', async () => {
    const response = await fetch(at.site.http, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ query: `{ echo(text: "${'x'.repeat(2 << 20)}") }` }),
    });
    assert.equal(response.status, 413);
    assert.match((await response.json()).errors[0].message, /more than 1048576 bytes/);
  });
});
