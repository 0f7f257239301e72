// Prints what a client did and what it was refused, one JSON line each: node use.js <client>
const token = process.env.POSTERN_TOKEN;
const gateway = process.env.POSTERN_GATEWAY;
const domain = process.env.DOMAIN;
const other = process.env.OTHER_DOMAIN;
const droplet = Number(process.env.DROPLET);
const say = (what, value) => console.log(JSON.stringify({ what, value }));
const refusal = (error) => {
  const response = error.response || {};
  return { name: error.name, message: error.message, status: response.status || response.statusCode, body: response.data || response.body || error.body };
};
const attempt = async (what, call) => {
  try {
    say(what, { answered: await call() });
  } catch (error) {
    say(what, { refused: refusal(error) });
  }
};

const clients = {
  'dots-wrapper': async () => {
    const { createApiClient } = require('dots-wrapper');
    const api = createApiClient({ token, endpoint: gateway + '/v2' });
    say('domains', (await api.domain.listDomains({})).data.domains.map((each) => each.name));
    const made = (await api.domain.createDomainRecord({ domain_name: domain, type: 'TXT', name: 'dots', data: 'one' })).data.domain_record;
    say('updated', (await api.domain.updateDomainRecord({ domain_name: domain, domain_record_id: made.id, type: 'TXT', name: 'dots', data: 'two' })).data.domain_record.data);
    say('records', (await api.domain.listDomainRecords({ domain_name: domain, per_page: 200 })).data.domain_records.length);
    say('deleted', (await api.domain.deleteDomainRecord({ domain_name: domain, domain_record_id: made.id })).status);
    say('droplet', (await api.droplet.getDroplet({ droplet_id: droplet })).data.droplet.name);
    say('action', (await api.droplet.rebootDroplet({ droplet_id: droplet })).data.action.type);
    await attempt('other domain', async () => (await api.domain.getDomain({ name: other })).status);
    await attempt('other record', async () => (await api.domain.createDomainRecord({ domain_name: other, type: 'TXT', name: 'dots', data: 'one' })).status);
    await attempt('delete domain', async () => (await api.domain.deleteDomain({ name: domain })).status);
  },
  'do-wrapper': async () => {
    const DigitalOcean = require('do-wrapper').default;
    const api = new DigitalOcean(token);
    api.domains.requestHelper.apiUrl = gateway + '/v2/'; // all its modules share it
    say('domains', (await api.domains.getAll('', true)).map((each) => each.name));
    const made = (await api.domains.createRecord(domain, { type: 'TXT', name: 'wrapper', data: 'one' })).domain_record;
    say('updated', (await api.domains.updateRecord(domain, made.id, { type: 'TXT', data: 'two' })).domain_record.data);
    say('records', (await api.domains.getAllRecords(domain, '', true)).length);
    say('deleted', await api.domains.deleteRecord(domain, made.id));
    say('droplet', (await api.droplets.getById(droplet)).droplet.name);
    say('action', (await api.droplets.requestAction(droplet, { type: 'reboot' })).action.type);
    await attempt('other domain', () => api.domains.getByName(other));
    await attempt('other record', () => api.domains.createRecord(other, { type: 'TXT', name: 'wrapper', data: 'one' }));
    await attempt('delete domain', () => api.domains.delete(domain));
  },
  digitalocean: async () => {
    const address = new URL(gateway);
    // A client of its own for each call: it sends the body of its last write again with its next call, a read, too.
    const client = require('digitalocean').client;
    const api = { get domains() { return fresh().domains; }, get droplets() { return fresh().droplets; } };
    const fresh = () => client(token, { protocol: 'http:', hostname: address.hostname, port: address.port });
    say('domains', (await api.domains.list()).map((each) => each.name));
    const made = await api.domains.createRecord(domain, { type: 'TXT', name: 'digitalocean', data: 'one' });
    say('updated', (await api.domains.updateRecord(domain, made.id, { type: 'TXT', data: 'two' })).data);
    say('records', (await api.domains.listRecords(domain, 1, 200)).length);
    say('deleted', await api.domains.deleteRecord(domain, made.id));
    say('droplet', (await api.droplets.get(droplet)).name);
    say('action', (await api.droplets.reboot(droplet)).type);
    await attempt('other domain', () => api.domains.get(other));
    await attempt('other record', () => api.domains.createRecord(other, { type: 'TXT', name: 'digitalocean', data: 'one' }));
    await attempt('delete domain', () => api.domains.delete(domain));
  },
  'digitalocean-js': async () => {
    const { DigitalOcean } = require('digitalocean-js');
    const api = new DigitalOcean(token, gateway + '/v2');
    say('domains', (await api.domains.getAllDomains()).map((each) => each.name));
    const made = await api.domainRecords.createDomainRecord(domain, { type: 'TXT', name: 'js', data: 'one' });
    say('updated', (await api.domainRecords.updateDomainRecord(domain, made.id, { type: 'TXT', data: 'two' })).data);
    say('records', (await api.domainRecords.getAllDomainRecords(domain)).length);
    await api.domainRecords.deleteDomainRecord(domain, made.id);
    say('deleted', 204);
    say('droplet', (await api.droplets.getExistingDroplet(droplet)).name);
    say('action', (await api.dropletActions.rebootDroplet(droplet)).type);
    await attempt('other domain', async () => (await api.domains.getExistingDomain(other)).name);
    await attempt('other record', () => api.domainRecords.createDomainRecord(other, { type: 'TXT', name: 'js', data: 'one' }));
    await attempt('delete domain', () => api.domains.deleteDomain(domain));
  },
};

clients[process.argv[2]]().catch((error) => {
  console.error(error);
  process.exit(1);
});
