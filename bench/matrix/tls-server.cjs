// An HTTPS server. usage: node tls-server.js PORT CERT KEY
const fs = require('node:fs');
const [port, cert, key] = process.argv.slice(2);
// The file's text is referred to by the server's options only, as in most programs.
require('node:https')
  .createServer({ cert: fs.readFileSync(cert), key: fs.readFileSync(key) }, (_, response) => response.end('hello\n'))
  .listen(Number(port), '127.0.0.1', () => console.log('ready'));
