#if defined(__x86_64__)

#include "../vectors/avx2.h"

#include "store.h"

CK_AVX2_BEGIN

#define STORE(type, unit, rotates) CK_STORE_TYPE(type, rotates, avx2)
CK_CACHES(STORE)

CK_TARGET_END

#endif
