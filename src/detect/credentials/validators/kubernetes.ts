/** Tokens of Kubernetes service accounts: JSON Web Tokens with claims of their own, which name the account. */
import { readCompactJws } from '../compact-jws.js';
import { jwt } from './jwt.js';
import type { Validator } from './validator.js';

const OLD = 'kubernetes.io/serviceaccount';

export const kubernetesToken: Validator = (secret) => {
  const claims = readCompactJws(secret)?.claims;
  const bound = claims?.['kubernetes.io'];
  const isOld = claims?.iss === 'kubernetes/serviceaccount' || claims?.[`${OLD}/namespace`] !== undefined;
  if (claims === undefined || !(isOld || (typeof bound === 'object' && bound !== null))) return undefined;
  const verdict = jwt(secret);
  const account = /^system:serviceaccount:([a-z0-9.-]{1,63}):([a-z0-9.-]{1,253})$/.exec(String(claims.sub));
  return verdict && account
    ? { ...verdict, evidence: [...verdict.evidence, `service account ${account[1]}/${account[2]}`] }
    : verdict;
};
