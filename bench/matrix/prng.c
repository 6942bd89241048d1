/* bcryptprimitives.dll, which wine 8 lacks and Go's runtime needs. */
#include <windows.h>
BOOLEAN NTAPI SystemFunction036(void *to, ULONG size);
__declspec(dllexport) BOOL WINAPI ProcessPrng(BYTE *to, SIZE_T size) { return SystemFunction036(to, (ULONG)size); }
