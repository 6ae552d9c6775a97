#if defined(__x86_64__)

#include "../formats.h"
#include "x86.h"

CK_AVX2_BEGIN

CK_MULTIPLY256_AVX2(q2_k)

CK_TARGET_END

#endif
