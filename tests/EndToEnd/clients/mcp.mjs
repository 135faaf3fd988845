// Drives the official MCP client against BASE_URL: node mcp.mjs http://127.0.0.1:18789 MODEL
import { Client } from '@modelcontextprotocol/sdk/client/index.js';
import { StreamableHTTPClientTransport } from '@modelcontextprotocol/sdk/client/streamableHttp.js';
import { report, reportFailure, target } from './report.mjs';

const { base } = target();
const connect = async (token) => {
  const transport = new StreamableHTTPClientTransport(new URL(`${base}/mcp`), { requestInit: { headers: { Authorization: `Bearer ${token}` } } });
  const client = new Client({ name: 'check', version: '1' });
  await client.connect(transport);
  return { client, transport };
};
const token = process.env.APPLIANCE_GATEWAY_TOKEN;
const { client, transport } = await connect(token);
report('server', { name: client.getServerVersion().name, session: !!transport.sessionId });
const { tools } = await client.listTools();
report('tools', { names: tools.map((t) => t.name), schemas: tools.every((t) => t.inputSchema.type === 'object') });
const time = await client.callTool({ name: 'time', arguments: {} });
report('call', { error: time.isError ?? false, text: time.content[0].text });
const refused = await client.callTool({ name: 'read', arguments: { path: '/etc/passwd' } });
report('refused', { error: refused.isError, text: refused.content[0].text });
const missing = await client.callTool({ name: 'no-such-tool', arguments: {} });
report('missing', { error: missing.isError });
await client.ping();
await transport.terminateSession();
await client.close();
const describe = ({ code }) => ({ code });
await reportFailure('wrong-token', () => connect('wrong'), describe);
