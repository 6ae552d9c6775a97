#if defined(__x86_64__)

#include "../formats.h"
#include "x86.h"

CK_AVX2_BEGIN

CK_MULTIPLY_FLOATS_AVX2(f32)

CK_TARGET_END

#endif
