/* Holds a key of SymCrypt, set from its numbers, after one signature. usage: symcrypt rsa|p256|p384 NUMBERS (big-endian: n p q, or d X Y) */
#include "hold.h"
#include <symcrypt.h>

int main(int count, char **arguments) {
  CHECK(count == 3);
  SYMCRYPT_MODULE_INIT();
  read_file(arguments[2]);
  BYTE hash[48] = "text", signature[1024];
  SIZE_T length;
  void *held;
  if (!strcmp(arguments[1], "rsa")) {
    SIZE_T size = file_size / 2, half = size / 2, halves[2] = {half, half};
    PCBYTE primes[2] = {file_data + size, file_data + size + half};
    UINT64 exponent = 65537;
    SYMCRYPT_RSA_PARAMS parameters = {1, (UINT32) (8 * size), 2, 1};
    PSYMCRYPT_RSAKEY key = held = SymCryptRsakeyAllocate(&parameters, 0);
    CHECK(key);
    CHECK(SymCryptRsakeySetValue(file_data, size, &exponent, 1, primes, halves, 2, SYMCRYPT_NUMBER_FORMAT_MSB_FIRST,
      SYMCRYPT_FLAG_RSAKEY_SIGN, key) == SYMCRYPT_NO_ERROR);
    forget_file();
    CHECK(SymCryptRsaPkcs1Sign(key, hash, 32, SymCryptSha256OidList, SYMCRYPT_SHA256_OID_COUNT, 0,
      SYMCRYPT_NUMBER_FORMAT_MSB_FIRST, signature, size, &length) == SYMCRYPT_NO_ERROR);
  } else {
    SIZE_T size = file_size / 3;
    PSYMCRYPT_ECURVE curve = SymCryptEcurveAllocate(size == 32 ? SymCryptEcurveParamsNistP256 : SymCryptEcurveParamsNistP384, 0);
    CHECK(curve);
    PSYMCRYPT_ECKEY key = held = SymCryptEckeyAllocate(curve);
    CHECK(key);
    CHECK(SymCryptEckeySetValue(file_data, size, file_data + size, 2 * size, SYMCRYPT_NUMBER_FORMAT_MSB_FIRST,
      SYMCRYPT_ECPOINT_FORMAT_XY, SYMCRYPT_FLAG_ECKEY_ECDSA, key) == SYMCRYPT_NO_ERROR);
    forget_file();
    CHECK(SymCryptEcDsaSign(key, hash, size, SYMCRYPT_NUMBER_FORMAT_MSB_FIRST, 0, signature, 2 * size) == SYMCRYPT_NO_ERROR);
  }
  hold();
  return held == NULL;
}
