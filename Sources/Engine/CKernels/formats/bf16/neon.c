#if defined(__aarch64__)

#include "../../products/neon_floats.h"
#include "../formats.h"
#include "../../half.h"

CK_TARGET_BEGIN

CK_INLINE float32x4_t read4(const void *row, size_t index) {
    return vreinterpretq_f32_u32(vshll_n_u16(vld1_u16((const uint16_t *)row + index), 16));
}

CK_INLINE float read1(const void *row, size_t index) { return ck_float_of_bf16(((const uint16_t *)row)[index]); }

CK_MULTIPLY_FLOATS_NEON(bf16)

CK_TARGET_END

#endif
