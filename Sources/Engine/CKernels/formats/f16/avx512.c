#if defined(__x86_64__)

#include "../../products/avx512_floats.h"
#include "../formats.h"
#include "x86.h"

CK_TARGET_BEGIN

CK_MULTIPLY_FLOATS_AVX512(f16)

CK_TARGET_END

#endif
