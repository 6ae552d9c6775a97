#if defined(__x86_64__)

#include "../../products/avx512_blocks256.h"
#include "../formats.h"
#include "x86.h"

CK_TARGET_BEGIN

CK_MULTIPLY256_AVX512(q3_k, shape, read, ck_q3_k_multiply_avx2)

CK_TARGET_END

#endif
