/**
 * Published test keys whose public half cannot be named here, of curves and algorithms that are not derived: by the fingerprint that
 * `judge.ts` gives them. All are in the read-only data of libraries that every process may carry.
 */
export const PUBLISHED_SECRETS: ReadonlyMap<string, string> = new Map([
  [
    '552f420062bdb685e33d00208c81dfb4e0f9d94f8b9692ed48bf27af2b95e6d9',
    'GnuTLS self-test key P-224 (GnuTLS lib/crypto-selftests-pk.c)',
  ],
  [
    '239d6dd4ac7446edae051e060f8f5aabb771bfbe1216e0babb739662514a2ae8',
    'GnuTLS self-test key P-192 (GnuTLS lib/crypto-selftests-pk.c)',
  ],
  [
    '926cf3c72e036cdee26feb5c983080c3bb75d7b54b59fa286029ef47a3b6cb2d',
    'GnuTLS benchmark key GOST R 34.10-2012 (GnuTLS src/benchmark-tls.c)',
  ],
  [
    'c1adb696f668fbf3e9b164c6cbc088dd42d54be261ed0ea57c5960239cbecc55',
    'GnuTLS self-test key GOST R 34.10-2012 (GnuTLS lib/crypto-selftests-pk.c)',
  ],
  [
    'db719ac9d38854042f7049965e42e587b585c106d8f01ec58c20fec82db3a5ac',
    'GnuTLS self-test key GOST R 34.10-2012 (GnuTLS lib/crypto-selftests-pk.c)',
  ],
  [
    'c3f226ff261b0fc2a9599fafd16b9ba5333d929f7e4071475073468c0b89ddb6',
    'GnuTLS self-test key GOST R 34.10-2001 (GnuTLS lib/crypto-selftests-pk.c)',
  ],
]);
