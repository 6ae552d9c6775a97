#if defined(__aarch64__)

#include "../../products/neon_floats.h"
#include "../formats.h"

CK_TARGET_BEGIN

CK_INLINE float32x4_t read4(const void *row, size_t index) { return vld1q_f32((const float *)row + index); }

CK_INLINE float read1(const void *row, size_t index) { return ((const float *)row)[index]; }

CK_MULTIPLY_FLOATS_NEON(f32)

CK_TARGET_END

#endif
