/**
 * The agent for a proxy that the environment names, as tfjs-node's own installation uses one; undefined without.
 *
 * @param require - of tfjs-node, which brings the agent
 */
export function proxyAgent(address, require, env = process.env) {
  const proxy = env.HTTPS_PROXY || env.https_proxy || env.HTTP_PROXY || env.http_proxy;
  const { hostname } = new URL(address);
  if (!proxy || isDirect(hostname, env.NO_PROXY || env.no_proxy || '')) return undefined;
  const Agent = require('https-proxy-agent');
  return new Agent(proxy);
}

function isDirect(hostname, noProxy) {
  if (['localhost', '127.0.0.1', '[::1]'].includes(hostname)) return true;
  return noProxy
    .split(/[\s,]+/)
    .filter((suffix) => suffix !== '')
    .some((suffix) => suffix === '*' || `.${hostname}`.endsWith(`.${suffix.replace(/^\*?\./, '')}`));
}
