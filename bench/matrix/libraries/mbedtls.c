/* Holds a key of Mbed TLS after one signature. usage: mbedtls KEY.der */
#include "hold.h"
#include <mbedtls/ctr_drbg.h>
#include <mbedtls/entropy.h>
#include <mbedtls/pk.h>

int main(int count, char **arguments) {
  CHECK(count == 2);
  mbedtls_entropy_context *entropy = calloc(1, sizeof *entropy);
  mbedtls_ctr_drbg_context *random = calloc(1, sizeof *random);
  mbedtls_pk_context *key = calloc(1, sizeof *key);
  mbedtls_entropy_init(entropy);
  mbedtls_ctr_drbg_init(random);
  CHECK(mbedtls_ctr_drbg_seed(random, mbedtls_entropy_func, entropy, NULL, 0) == 0);
  read_file(arguments[1]);
  mbedtls_pk_init(key);
  CHECK(mbedtls_pk_parse_key(key, file_data, file_size, NULL, 0) == 0);
  forget_file();
  unsigned char hash[32] = "text", signature[1024];
  size_t length;
  CHECK(mbedtls_pk_sign(key, MBEDTLS_MD_SHA256, hash, sizeof hash, signature, &length, mbedtls_ctr_drbg_random, random) == 0);
  hold();
  return key == NULL;
}
