#if defined(__aarch64__)

#include "../vectors/neon.h"

#include "store.h"

CK_TARGET_BEGIN

#define STORE(type, unit, rotates) CK_STORE_TYPE(type, rotates, neon)
CK_CACHES(STORE)

CK_TARGET_END

#endif
