#ifndef CHEAP_HEAP_H
#define CHEAP_HEAP_H

#include <stddef.h>

/// Bytes that the C library holds although nobody uses them; 0 where it does not say.
size_t ch_unused_bytes(void);

/// Gives the pages of unused bytes back to the system.
void ch_return_unused(void);

#endif
