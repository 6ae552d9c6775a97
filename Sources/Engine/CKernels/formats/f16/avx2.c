#if defined(__x86_64__)

#include "../../products/avx2_floats.h"
#include "../formats.h"

CK_AVX2_BEGIN

enum { element_bytes = 2 };

CK_INLINE __m256 read8(const void *row, size_t index) {
    return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)((const uint16_t *)row + index)));
}

CK_INLINE float read1(const void *row, size_t index) { return ck_half_to_float(((const uint16_t *)row)[index]); }

CK_MULTIPLY_FLOATS_AVX2(f16)

CK_TARGET_END

#endif
