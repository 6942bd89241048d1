/* Holds a key of LibTomCrypt after one signature. usage: tomcrypt tommath|gmp rsa|ec KEY.der (PKCS#1, or the raw scalar) */
#include "hold.h"
#include <tomcrypt.h>

int main(int count, char **arguments) {
  CHECK(count == 4);
  ltc_mp = !strcmp(arguments[1], "gmp") ? gmp_desc : ltm_desc;
  CHECK(register_hash(&sha256_desc) >= 0 && register_prng(&sprng_desc) >= 0);
  prng_state *random = calloc(1, sizeof *random);
  int prng = find_prng("sprng");
  read_file(arguments[3]);
  unsigned char hash[32] = "text", signature[1024];
  unsigned long length = sizeof signature;
  void *held;
  if (!strcmp(arguments[2], "rsa")) {
    rsa_key *key = held = calloc(1, sizeof *key);
    CHECK(rsa_import(file_data, file_size, key) == CRYPT_OK);
    forget_file();
    CHECK(rsa_sign_hash_ex(hash, 32, signature, &length, LTC_PKCS_1_V1_5, random, prng, find_hash("sha256"), 0, key) == CRYPT_OK);
  } else {
    ecc_key *key = held = calloc(1, sizeof *key);
    const ltc_ecc_set_type *curve = ltc_ecc_sets;
    while (curve->size && strcmp(curve->name, "ECC-256")) curve++;
    /* ANSI X9.63's form is public only: import LibTomCrypt's own sequence, made by the caller. */
    CHECK(ecc_import_ex(file_data, file_size, key, curve) == CRYPT_OK && key->type == PK_PRIVATE);
    forget_file();
    CHECK(ecc_sign_hash(hash, 32, signature, &length, random, prng, key) == CRYPT_OK);
  }
  hold();
  return held == NULL;
}
