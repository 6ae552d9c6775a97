#if defined(__aarch64__)

#include "../../products/dots/neon.h"

#include "arm64.h"

#endif
