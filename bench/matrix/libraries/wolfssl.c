/* Holds a key of wolfCrypt after one signature. usage: wolfssl rsa|ec|ed25519 KEY.der (RSA: PKCS#1) */
#include <wolfssl/options.h>
#include "hold.h"
#include <wolfssl/wolfcrypt/asn_public.h>
#include <wolfssl/wolfcrypt/ecc.h>
#include <wolfssl/wolfcrypt/ed25519.h>
#include <wolfssl/wolfcrypt/random.h>
#include <wolfssl/wolfcrypt/rsa.h>

int main(int count, char **arguments) {
  CHECK(count == 3);
  WC_RNG *random = calloc(1, sizeof *random);
  CHECK(wc_InitRng(random) == 0);
  read_file(arguments[2]);
  word32 at = 0, length = 1024;
  unsigned char hash[32] = "text", signature[1024];
  void *held;
  if (!strcmp(arguments[1], "rsa")) {
    RsaKey *key = held = calloc(1, sizeof *key);
    CHECK(wc_InitRsaKey(key, NULL) == 0);
    CHECK(wc_RsaPrivateKeyDecode(file_data, &at, key, (word32) file_size) == 0);
    forget_file();
    wc_RsaSetRNG(key, random);
    CHECK(wc_RsaSSL_Sign(hash, sizeof hash, signature, length, key, random) > 0);
  } else if (!strcmp(arguments[1], "ec")) {
    ecc_key *key = held = calloc(1, sizeof *key);
    CHECK(wc_ecc_init(key) == 0);
    CHECK(wc_EccPrivateKeyDecode(file_data, &at, key, (word32) file_size) == 0);
    forget_file();
    wc_ecc_set_rng(key, random);
    CHECK(wc_ecc_sign_hash(hash, sizeof hash, signature, &length, random, key) == 0);
  } else {
    ed25519_key *key = held = calloc(1, sizeof *key);
    unsigned char public[32];
    CHECK(wc_ed25519_init(key) == 0);
    CHECK(wc_Ed25519PrivateKeyDecode(file_data, &at, key, (word32) file_size) == 0);
    forget_file();
    CHECK(wc_ed25519_make_public(key, public, sizeof public) == 0);
    CHECK(wc_ed25519_import_public(public, sizeof public, key) == 0);
    CHECK(wc_ed25519_sign_msg(hash, sizeof hash, signature, &length, key) == 0);
  }
  hold();
  return held == NULL;
}
