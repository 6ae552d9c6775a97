#if defined(__x86_64__)

#include "../../products/dots/avx2.h"

#include "../formats.h"
#include "x86.h"

CK_TARGET_BEGIN

CK_MULTIPLY256_AVX2(q2_k, shape, read)

CK_TARGET_END

#endif
