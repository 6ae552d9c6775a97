#if defined(__x86_64__)

#define CK_AVX512_MORE ",avx512bf16"

#include "../../products/avx512_floats.h"
#include "../formats.h"

CK_TARGET_BEGIN

CK_INLINE __m512i read_pairs(const void *elements, size_t index, __mmask32 mask) {
    return _mm512_maskz_loadu_epi16(mask, (const uint16_t *)elements + index);
}

CK_INLINE __m512 add_pairs(__m512 sums, __m512i weights, __m512i column) {
    return _mm512_dpbf16_ps(sums, (__m512bh)weights, (__m512bh)column);
}

void ck_bf16_multiply_avx512_bf16(const ck_product *product) {
    ck_multiply_floats_avx512(product, (ck_words_avx512){32, 64, 64, read_pairs, read_pairs, add_pairs});
}

CK_TARGET_END

#endif
