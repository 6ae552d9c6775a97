#include "heap.h"

// Says whether this is glibc.
#include <stdlib.h>

#ifdef __GLIBC__
#include <malloc.h>

size_t ch_unused_bytes(void) { return mallinfo2().fordblks; }

void ch_return_unused(void) { malloc_trim(0); }
#else

size_t ch_unused_bytes(void) { return 0; }

void ch_return_unused(void) {}
#endif
