/**
 * Published test keys whose public half cannot be named here, on curves that are not derived: by the fingerprint that
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
]);
