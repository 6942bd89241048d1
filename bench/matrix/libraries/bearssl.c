/* Holds a key as BearSSL's decoder leaves it (in the decoder's context), after one use. usage: bearssl KEY.der */
#include "hold.h"
#include <bearssl.h>

int main(int count, char **arguments) {
  CHECK(count == 2);
  br_skey_decoder_context *decoder = calloc(1, sizeof *decoder);
  br_skey_decoder_init(decoder);
  read_file(arguments[1]);
  br_skey_decoder_push(decoder, file_data, file_size);
  forget_file();
  unsigned char hash[32] = "text", signature[1024] = {0};
  if (br_skey_decoder_key_type(decoder) == BR_KEYTYPE_RSA) {
    signature[0] = 1;
    CHECK(br_rsa_private_get_default()(signature, br_skey_decoder_get_rsa(decoder)) == 1);
  } else {
    CHECK(br_skey_decoder_key_type(decoder) == BR_KEYTYPE_EC);
    CHECK(br_ecdsa_sign_asn1_get_default()(br_ec_get_default(), &br_sha256_vtable, hash, br_skey_decoder_get_ec(decoder), signature) > 0);
  }
  hold();
  return decoder == NULL;
}
