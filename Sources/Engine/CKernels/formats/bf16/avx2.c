#if defined(__x86_64__)

#include "../../half.h"
#include "../../products/avx2_floats.h"
#include "../formats.h"

CK_AVX2_BEGIN

enum { element_bytes = 2 };

CK_INLINE __m256 read8(const void *row, size_t index) {
    __m128i halves = _mm_loadu_si128((const __m128i *)((const uint16_t *)row + index));
    return _mm256_castsi256_ps(_mm256_slli_epi32(_mm256_cvtepu16_epi32(halves), 16));
}

CK_INLINE float read1(const void *row, size_t index) { return ck_float_of_bf16(((const uint16_t *)row)[index]); }

CK_MULTIPLY_FLOATS_AVX2(bf16)

CK_TARGET_END

#endif
