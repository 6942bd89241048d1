/*
 * Holds a key that NSS has signed with: imported from a PKCS#12 file into a database, or from PKCS#8 for the session only.
 * usage: nss FILE.p12 PASSWORD FOLDER | nss FILE.der
 */
#include "hold.h"
#include <nss.h>
#include <pk11pub.h>
#include <p12.h>
#include <cert.h>
#include <keyhi.h>
#include <cryptohi.h>
#include <secitem.h>
#include <secoid.h>

static SECItem *nickname(SECItem *old, PRBool *cancel, void *context) {
  (void) old; (void) context; *cancel = PR_FALSE;
  SECItem *item = SECITEM_AllocItem(NULL, NULL, 4);
  memcpy(item->data, "key", 4);
  return item;
}

static SECKEYPrivateKey *from_database(const char *text, PK11SlotInfo *slot) {
  /* The password as UCS-2, most significant byte first, with its end. */
  size_t length = strlen(text) + 1;
  SECItem password = {siBuffer, calloc(length, 2), (unsigned) (2 * length)};
  for (size_t i = 0; i < length; i++) password.data[2 * i + 1] = (unsigned char) text[i];
  SEC_PKCS12DecoderContext *decoder = SEC_PKCS12DecoderStart(&password, slot, NULL, NULL, NULL, NULL, NULL, NULL);
  CHECK(decoder);
  CHECK(SEC_PKCS12DecoderUpdate(decoder, file_data, file_size) == SECSuccess);
  CHECK(SEC_PKCS12DecoderVerify(decoder) == SECSuccess);
  CHECK(SEC_PKCS12DecoderValidateBags(decoder, nickname) == SECSuccess);
  CHECK(SEC_PKCS12DecoderImportBags(decoder) == SECSuccess);
  SEC_PKCS12DecoderFinish(decoder);
  forget_file();
  SECKEYPrivateKeyList *keys = PK11_ListPrivKeysInSlot(slot, NULL, NULL);
  CHECK(keys && !PRIVKEY_LIST_END(PRIVKEY_LIST_HEAD(keys), keys));
  return PRIVKEY_LIST_HEAD(keys)->key;
}

static SECKEYPrivateKey *for_session(PK11SlotInfo *slot) {
  SECItem der = {siBuffer, file_data, (unsigned) file_size};
  SECKEYPrivateKey *key = NULL;
  CHECK(PK11_ImportDERPrivateKeyInfoAndReturnKey(slot, &der, NULL, NULL, PR_FALSE, PR_TRUE, KU_ALL, &key, NULL) == SECSuccess);
  forget_file();
  return key;
}

int main(int count, char **arguments) {
  CHECK(count == 4 || count == 2);
  CHECK((count == 4 ? NSS_InitReadWrite(arguments[3]) : NSS_NoDB_Init(NULL)) == SECSuccess);
  read_file(arguments[1]);
  PK11SlotInfo *slot = PK11_GetInternalKeySlot();
  CHECK(slot);
  CHECK(count == 2 || !PK11_NeedUserInit(slot) || PK11_InitPin(slot, NULL, "") == SECSuccess);
  SECKEYPrivateKey *key = count == 4 ? from_database(arguments[2], slot) : for_session(slot);
  SECItem signature = {siBuffer, NULL, 0};
  SECOidTag algorithm = SEC_GetSignatureAlgorithmOidTag(SECKEY_GetPrivateKeyType(key), SEC_OID_SHA256);
  CHECK(SEC_SignData(&signature, (const unsigned char *) "text", 4, key, algorithm) == SECSuccess);
  hold();
  return key == NULL;
}
