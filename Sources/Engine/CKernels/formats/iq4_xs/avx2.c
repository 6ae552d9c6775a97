#if defined(__x86_64__)

#include "../formats.h"
#include "x86.h"

CK_AVX2_BEGIN

CK_MULTIPLY256_AVX2(iq4_xs)

CK_TARGET_END

#endif
