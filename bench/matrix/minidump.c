/*
 * Runs a Windows program and, once the file "dump-now" exists, writes a full-memory minidump of it, as a crash reporter
 * does, and ends it. usage: minidump.exe FULL.dmp "COMMAND LINE"
 */
#include <windows.h>
#include <dbghelp.h>

int main(int argc, char **argv) {
  STARTUPINFOA start = { sizeof start };
  PROCESS_INFORMATION child;
  if (argc < 3 || !CreateProcessA(0, argv[2], 0, 0, TRUE, 0, 0, 0, &start, &child)) return 1;
  while (GetFileAttributesA("dump-now") == INVALID_FILE_ATTRIBUTES)
    if (WaitForSingleObject(child.hProcess, 50) == WAIT_OBJECT_0) return 2;
  HANDLE f = CreateFileA(argv[1], GENERIC_READ | GENERIC_WRITE, 0, 0, CREATE_ALWAYS, 0, 0);
  int done = MiniDumpWriteDump(child.hProcess, child.dwProcessId, f, MiniDumpWithFullMemory, 0, 0, 0);
  CloseHandle(f);
  TerminateProcess(child.hProcess, 0);
  return done ? 0 : 3;
}
