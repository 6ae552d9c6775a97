#if defined(__x86_64__)

#include "../formats.h"
#include "x86.h"

CK_AVX2_BEGIN

CK_MULTIPLY32_AVX2(mxfp4)

CK_TARGET_END

#endif
