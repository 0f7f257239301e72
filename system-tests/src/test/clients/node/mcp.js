// Calls tools of DigitalOcean's MCP server, which is written with godo, and prints each answer as a JSON line: node mcp.js '[["tool", {…}], …]'
// "$1.droplet.id" in an argument is that member of the first answer.
const { spawn } = require('child_process');
const path = require('path');
const readline = require('readline');

const folder = path.dirname(require.resolve('@digitalocean/mcp/package.json'));
const binary = require('@digitalocean/mcp/package.json')['mcp-server-binaries'][`mcp-digitalocean-${process.platform}-${process.arch}`];
const server = spawn(path.join(folder, binary), ['-digitalocean-api-endpoint', process.env.POSTERN_GATEWAY, '-digitalocean-api-token', process.env.POSTERN_TOKEN,
  '-services', 'droplets,networking,accounts'], { stdio: ['pipe', 'pipe', 'ignore'] });
const waiting = new Map();
readline.createInterface({ input: server.stdout }).on('line', (line) => {
  const answer = JSON.parse(line);
  if (waiting.has(answer.id)) {
    waiting.get(answer.id)(answer);
  }
});
let last = 0;
const ask = (method, params) => new Promise((resolve) => {
  last += 1;
  waiting.set(last, resolve);
  server.stdin.write(JSON.stringify({ jsonrpc: '2.0', id: last, method, params }) + '\n');
});
const answers = [];
const filled = (value) => {
  if (typeof value === 'string' && /^\$\d/.test(value)) {
    const [at, ...members] = value.slice(1).split('.');
    return members.reduce((found, member) => found[member], answers[Number(at) - 1]);
  }
  if (Array.isArray(value)) {
    return value.map(filled);
  }
  return value && typeof value === 'object' ? Object.fromEntries(Object.entries(value).map(([name, each]) => [name, filled(each)])) : value;
};
const parsed = (text) => {
  try {
    return JSON.parse(text);
  } catch (plain) {
    return text;
  }
};

(async () => {
  await ask('initialize', { protocolVersion: '2024-11-05', capabilities: {}, clientInfo: { name: 'postern-system-tests', version: '1' } });
  server.stdin.write(JSON.stringify({ jsonrpc: '2.0', method: 'notifications/initialized' }) + '\n');
  for (const [tool, given] of JSON.parse(process.argv[2])) {
    const { result, error } = await ask('tools/call', { name: tool, arguments: filled(given) });
    const text = result ? result.content.map((each) => each.text).join('') : JSON.stringify(error);
    answers.push(parsed(text));
    console.log(JSON.stringify({ tool, failed: !result || result.isError === true, answer: parsed(text) }));
  }
  server.kill();
})();
