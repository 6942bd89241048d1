/*
 * A Windows program with keys in memory: a CNG blob and a CryptoAPI blob on its stack, a PEM on the stack and an XML
 * text on the heap in UTF-16; a second process writes two minidumps of it, full and small (stacks only). The blobs come
 * from the system (here wine) and are also written to files, for the truth. With "-" for PEM it holds no key.
 * usage: windows-keys PEM XML FULL.dmp SMALL.dmp
 */
#define _WIN32_WINNT 0x0602
#include <windows.h>
#include <wincrypt.h>
#include <bcrypt.h>
#include <dbghelp.h>
#include <stdio.h>

static DWORD load(const char *path, unsigned char *to, DWORD room) {
  HANDLE f = CreateFileA(path, GENERIC_READ, 0, 0, OPEN_EXISTING, 0, 0);
  DWORD got = 0;
  ReadFile(f, to, room, &got, 0);
  CloseHandle(f);
  return got;
}

static void save(const char *path, const void *bytes, DWORD size) {
  HANDLE f = CreateFileA(path, GENERIC_WRITE, 0, 0, CREATE_ALWAYS, 0, 0);
  DWORD done;
  WriteFile(f, bytes, size, &done, 0);
  CloseHandle(f);
}

/* Starts this program again to hold the keys, waits until it does, and dumps it as a crash reporter would. */
static int report(int argc, char **argv) {
  char command[1024];
  STARTUPINFOA start = { sizeof start };
  PROCESS_INFORMATION child;
  snprintf(command, sizeof command, "%s hold %s %s", argv[0], argv[1], argv[2]);
  HANDLE ready = CreateEventA(0, TRUE, FALSE, "dumpsieve-sample-ready");
  if (argc < 5 || !CreateProcessA(0, command, 0, 0, FALSE, 0, 0, 0, &start, &child)) return 1;
  WaitForSingleObject(ready, 60000);
  MINIDUMP_TYPE types[] = { MiniDumpWithFullMemory, MiniDumpNormal | MiniDumpWithThreadInfo };
  for (int i = 0; i < 2; i++) {
    HANDLE f = CreateFileA(argv[3 + i], GENERIC_READ | GENERIC_WRITE, 0, 0, CREATE_ALWAYS, 0, 0);
    if (!MiniDumpWriteDump(child.hProcess, child.dwProcessId, f, types[i], 0, 0, 0)) printf("dump failed\n");
    CloseHandle(f);
  }
  TerminateProcess(child.hProcess, 0);
  return 0;
}

int main(int argc, char **argv) {
  unsigned char on_stack[16384];
  if (strcmp(argv[1], "hold")) return report(argc, argv);
  ZeroMemory(on_stack, sizeof on_stack);
  if (strcmp(argv[2], "-")) {
    /* A PEM as a wide string on the stack, an XML text as one on the heap. */
    unsigned char *text = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, 8192);
    WCHAR *xml = HeapAlloc(GetProcessHeap(), HEAP_ZERO_MEMORY, 16384);
    DWORD size = load(argv[2], text, 8192);
    for (DWORD i = 0; i < size; i++) ((WCHAR *)(on_stack + 8192))[i] = text[i];
    size = load(argv[3], text, 8192);
    for (DWORD i = 0; i < size; i++) xml[i] = text[i];
    SecureZeroMemory(text, 8192);

    BCRYPT_ALG_HANDLE algorithm;
    BCRYPT_KEY_HANDLE key;
    ULONG blob = 0;
    if (!BCryptOpenAlgorithmProvider(&algorithm, BCRYPT_RSA_ALGORITHM, 0, 0) &&
        !BCryptGenerateKeyPair(algorithm, &key, 2048, 0) && !BCryptFinalizeKeyPair(key, 0) &&
        !BCryptExportKey(key, 0, BCRYPT_RSAFULLPRIVATE_BLOB, on_stack, 4096, &blob, 0))
      save("cng.blob", on_stack, blob);
    else
      printf("no CNG key\n");

    HCRYPTPROV provider;
    HCRYPTKEY capi;
    DWORD length = 4096;
    if (CryptAcquireContextA(&provider, 0, 0, PROV_RSA_FULL, CRYPT_VERIFYCONTEXT) &&
        CryptGenKey(provider, AT_KEYEXCHANGE, (2048 << 16) | CRYPT_EXPORTABLE, &capi) &&
        CryptExportKey(capi, 0, PRIVATEKEYBLOB, 0, on_stack + 4096, &length))
      save("capi.blob", on_stack + 4096, length);
    else
      printf("no CAPI key\n");
  }
  SetEvent(OpenEventA(EVENT_MODIFY_STATE, FALSE, "dumpsieve-sample-ready"));
  Sleep(60000);
  return on_stack[0] & 0;
}
