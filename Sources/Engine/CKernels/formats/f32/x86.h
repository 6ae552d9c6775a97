#ifndef CK_F32_X86_H
#define CK_F32_X86_H

// How the products for x86 read this format.

#include "../../products/avx2_floats.h"

CK_AVX2_BEGIN

enum { element_bytes = 4 };

CK_INLINE __m256 read8(const void *row, size_t index) {
    return _mm256_loadu_ps((const float *)row + index);
}

CK_INLINE float read1(const void *row, size_t index) { return ((const float *)row)[index]; }

CK_TARGET_END

#endif
