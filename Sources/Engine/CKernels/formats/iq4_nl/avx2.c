#if defined(__x86_64__)

#include "../../products/dots/avx2.h"

#include "../formats.h"
#include "x86.h"

CK_TARGET_BEGIN

CK_MULTIPLY32_AVX2(iq4_nl, shape, read)

CK_TARGET_END

#endif
