#if defined(__x86_64__)

#include "../../products/avx512_blocks32.h"
#include "../formats.h"
#include "x86.h"

CK_TARGET_BEGIN

CK_MULTIPLY32_AVX512(q8_0, offset_shape, read_offset, ck_q8_0_multiply_avx2)

CK_TARGET_END

#endif
