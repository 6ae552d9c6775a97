#if defined(__x86_64__)

#include "../../products/avx2_floats.h"
#include "../formats.h"

CK_AVX2_BEGIN

enum { element_bytes = 4 };

CK_INLINE __m256 read8(const void *row, size_t index) { return _mm256_loadu_ps((const float *)row + index); }

CK_INLINE float read1(const void *row, size_t index) { return ((const float *)row)[index]; }

CK_MULTIPLY_FLOATS_AVX2(f32)

CK_TARGET_END

#endif
