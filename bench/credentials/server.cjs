/** A server that got a request with credentials, and answered it with a cookie; its settings come from its input. */
const http = require('node:http');

process.stdin.once('data', (text) => {
  const plan = JSON.parse(text);
  const held = [];
  const settings = { jdbc: `jdbc:mysql://db.internal:3306/billing?user=app&password=${plan.jdbc}&useSSL=true` };
  // As a driver reads it. V8 keeps the text in pieces until then.
  settings.url = new URL(settings.jdbc.slice('jdbc:'.length));
  const server = http.createServer((request, response) => {
    response.setHeader('Set-Cookie', `connect.sid=${plan.setCookie}; Path=/; HttpOnly`);
    response.write('held');
    held.push({ request, response, settings });
  });
  server.listen(0, '127.0.0.1', () => process.stdout.write(`port ${server.address().port}\n`));
});
