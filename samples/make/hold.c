/* Holds the files named as arguments in different kinds of memory, then crashes: heap, stack, a mapped file. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <fcntl.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

static unsigned char *slurp(const char *path, size_t *size) {
  FILE *f = fopen(path, "rb");
  if (!f) exit(2);
  fseek(f, 0, SEEK_END);
  *size = (size_t)ftell(f);
  rewind(f);
  unsigned char *bytes = malloc(*size);
  if (fread(bytes, 1, *size, f) != *size) exit(2);
  fclose(f);
  return bytes;
}

int main(int argc, char **argv) {
  volatile unsigned char on_stack[4096];
  size_t size;
  for (int i = 1; i < argc; i++) {
    unsigned char *bytes = slurp(argv[i], &size);
    if (i == 1) {
      for (size_t k = 0; k < size && k < sizeof on_stack; k++) on_stack[k] = bytes[k];
      memset(bytes, 0x55, size);
    }
  }
  if (argc > 2) {
    int fd = open(argv[2], O_RDONLY);
    struct stat st;
    fstat(fd, &st);
    volatile char *mapped = mmap(0, st.st_size, PROT_READ | PROT_WRITE, MAP_PRIVATE, fd, 0);
    mapped[st.st_size] = mapped[0] ^ on_stack[0];
  }
  abort();
}
