#ifndef CK_F16_X86_H
#define CK_F16_X86_H

// How the products for x86 read this format.

#include "../../products/avx2_floats.h"

CK_AVX2_BEGIN

enum { element_bytes = 2 };

CK_INLINE __m256 read8(const void *row, size_t index) {
    return _mm256_cvtph_ps(_mm_loadu_si128((const __m128i *)((const uint16_t *)row + index)));
}

CK_INLINE float read1(const void *row, size_t index) { return ck_half_to_float(((const uint16_t *)row)[index]); }

CK_TARGET_END

#endif
