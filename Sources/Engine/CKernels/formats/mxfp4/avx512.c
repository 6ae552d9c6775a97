#if defined(__x86_64__)

#include "../../products/avx512_blocks32.h"
#include "../formats.h"
#include "x86.h"

CK_TARGET_BEGIN

CK_MULTIPLY32_AVX512(mxfp4, shape, read)

CK_TARGET_END

#endif
