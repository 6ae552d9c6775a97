#if defined(__aarch64__)

#include "../../products/dots/dotprod.h"

#include "arm64.h"

#endif
