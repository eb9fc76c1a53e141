// The mixed load with k6: `k6 run -e RATE=200 tests/load/k6.js`. Open loop: calls begin at their time, however long others take.
import grpc from 'k6/net/grpc';
import { check } from 'k6';

const number = (name, other) => Number(__ENV[name] || other);
const host = __ENV.HOST || '127.0.0.1';
const addresses = {
  tags: __ENV.TAGS || `${host}:5101`,
  segments: __ENV.SEGMENTS || `${host}:5102`,
  campaigns: __ENV.CAMPAIGNS || `${host}:5103`,
  workflows: __ENV.WORKFLOWS || `${host}:5104`,
};
const calls = open('./calls.tsv').split('\n').filter((line) => line && !line.startsWith('#')).map((line) => {
  const [share, service, method, payload, file] = line.split('\t');
  const request = JSON.parse(open(`./payloads/${payload}.json`));
  request.account = __ENV.ACCOUNT || 'demo';
  return { share: Number(share), service, method, request, file };
});
/** @type {Record<string, import('k6/net/grpc').Client>} */
const clients = {};
for (const service of Object.keys(addresses)) {
  clients[service] = new grpc.Client();
  clients[service].load(['../../protos'], ...new Set(calls.filter((call) => call.service === service).map((call) => call.file)));
}

/** @type {import('k6/options').Options} */
export const options = {
  scenarios: {
    mixed: {
      executor: 'constant-arrival-rate',
      rate: number('RATE', 100),
      duration: `${number('DURATION', 10)}s`,
      preAllocatedVUs: number('CONNECTIONS', 8),
      maxVUs: 8 * number('CONNECTIONS', 8),
    },
  },
  thresholds: { checks: ['rate>0.999'], grpc_req_duration: ['p(99)<1000'] },
};

const connected = new Set();
const params = { metadata: __ENV.TOKEN ? { authorization: `Bearer ${__ENV.TOKEN}` } : {}, timeout: '10s' };

export default function () {
  let ticket = Math.random() * 100;
  const call = calls.find((one) => (ticket -= one.share) < 0) || calls[0];
  if (!connected.has(call.service)) {
    clients[call.service].connect(addresses[call.service], { plaintext: true });
    connected.add(call.service);
  }
  const answer = clients[call.service].invoke(call.method, call.request, Object.assign({ tags: { call: call.method } }, params));
  check(answer, { ok: (one) => one && one.status === grpc.StatusOK });
}
