// A websocket whose messages are taken one by one.

import { WebSocket } from 'ws';

export class Raw {
  #waiting = [];
  #come = [];

  constructor(socket) {
    this.socket = socket;
    this.closed = new Promise((done) => {
      socket.once('close', (code, reason) => done({ code, reason: reason.toString() }));
    });
    socket.on('message', (data) => {
      const message = JSON.parse(data);
      const waiting = this.#waiting.shift();
      waiting ? waiting(message) : this.#come.push(message);
    });
  }

  static async connect(url, protocol = 'graphql-transport-ws') {
    const raw = new Raw(new WebSocket(url, protocol ? [protocol] : []));
    await new Promise((done, fail) => raw.socket.once('open', done).once('error', fail));
    return raw;
  }

  static async greeted(url, protocol) {
    const raw = await Raw.connect(url, protocol);
    raw.send({ type: 'connection_init' });
    const { type } = await raw.next();
    if (type !== 'connection_ack') throw new Error(`acknowledged with ${type}`);
    return raw;
  }

  send(message) {
    this.socket.send(typeof message === 'string' ? message : JSON.stringify(message));
  }

  subscribe(id, query) {
    this.send({ id, type: 'subscribe', payload: { query } });
  }

  next() {
    const message = this.#come.shift();
    if (message) return Promise.resolve(message);
    return new Promise((done) => this.#waiting.push(done));
  }

  terminate() {
    this.socket.terminate();
  }
}
