#if defined(__x86_64__)

#include "../../products/avx512_rows32.h"
#include "../formats.h"
#include "x86.h"

CK_TARGET_BEGIN

CK_INLINE __m512i decode(__m512i codes) { return codes; }

CK_MULTIPLY_FEW32_AVX512(shape)
CK_MULTIPLY32_AVX512(q5_0, shape, read, multiply_few)

CK_TARGET_END

#endif
