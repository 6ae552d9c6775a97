#if defined(__x86_64__)

#include "../../products/avx512_floats.h"
#include "../formats.h"

CK_TARGET_BEGIN

CK_INLINE __m512i read(const void *elements, size_t index, __mmask32 mask) {
    __m256i halves = _mm256_maskz_loadu_epi16((__mmask16)mask, (const uint16_t *)elements + index);
    return _mm512_castps_si512(_mm512_cvtph_ps(halves));
}

void ck_f16_multiply_avx512(const ck_product *product) {
    const ck_words_avx512 words = {16, 32, 64, read, ck_read_floats_avx512, ck_add_floats_avx512};
    ck_multiply_floats_avx512(product, words);
}

CK_TARGET_END

#endif
