/*
 * A Windows program with one CNG key: imported from a blob that is wiped, used for one signature.
 * usage: cng.exe rsa|p256|p384 BLOB
 */
#define _WIN32_WINNT 0x0A00
#include <windows.h>
#include <bcrypt.h>
#include <stdio.h>

static int say(const char *what, NTSTATUS status) {
  printf("%s: %08lx\n", what, (unsigned long)status);
  fflush(stdout);
  return status != 0;
}

int main(int argc, char **argv) {
  if (argc < 3) return 64;
  int rsa = !strcmp(argv[1], "rsa"), p384 = !strcmp(argv[1], "p384");
  unsigned char *blob = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, 8192);
  DWORD size = 0;
  HANDLE f = CreateFileA(argv[2], GENERIC_READ, 0, 0, OPEN_EXISTING, 0, 0);
  ReadFile(f, blob, 8192, &size, 0);
  CloseHandle(f);

  BCRYPT_ALG_HANDLE algorithm;
  BCRYPT_KEY_HANDLE key;
  const WCHAR *name = rsa ? BCRYPT_RSA_ALGORITHM : p384 ? BCRYPT_ECDSA_P384_ALGORITHM : BCRYPT_ECDSA_P256_ALGORITHM;
  const WCHAR *type = rsa ? BCRYPT_RSAFULLPRIVATE_BLOB : BCRYPT_ECCPRIVATE_BLOB;
  NTSTATUS status = BCryptOpenAlgorithmProvider(&algorithm, name, 0, 0);
  if (status) return say("open", status);
  status = BCryptImportKeyPair(algorithm, 0, type, &key, blob, size, 0);
  SecureZeroMemory(blob, 8192);
  HeapFree(GetProcessHeap(), 0, blob);
  if (status) return say("import", status);

  unsigned char hash[32] = { 1 }, signature[1024];
  ULONG length = 0;
  BCRYPT_PKCS1_PADDING_INFO padding = { BCRYPT_SHA256_ALGORITHM };
  status = BCryptSignHash(key, rsa ? &padding : 0, hash, sizeof hash, signature, sizeof signature, &length,
                          rsa ? BCRYPT_PAD_PKCS1 : 0);
  if (status) return say("sign", status);
  say("ready", 0);
  Sleep(60000);
  return 0;
}
