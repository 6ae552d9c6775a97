#if defined(__aarch64__)

#include "../../products/dots/i8mm.h"

#include "arm64.h"

#endif
