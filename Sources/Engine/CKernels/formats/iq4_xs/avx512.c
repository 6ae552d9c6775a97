#if defined(__x86_64__)

#include "../../products/avx512_blocks256.h"
#include "../formats.h"
#include "x86.h"

CK_TARGET_BEGIN

CK_MULTIPLY256_AVX512(iq4_xs, shape, read_offset, ck_iq4_xs_multiply_avx2)

CK_TARGET_END

#endif
