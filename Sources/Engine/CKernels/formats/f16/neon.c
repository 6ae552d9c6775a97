#if defined(__aarch64__)

#include "../../products/neon_floats.h"
#include "../formats.h"

CK_TARGET_BEGIN

CK_INLINE float32x4_t read4(const void *row, size_t index) {
    return vcvt_f32_f16(vreinterpret_f16_u16(vld1_u16((const uint16_t *)row + index)));
}

CK_INLINE float read1(const void *row, size_t index) { return ck_half_to_float(((const uint16_t *)row)[index]); }

CK_MULTIPLY_FLOATS_NEON(f16)

CK_TARGET_END

#endif
