#if defined(__x86_64__)

#include "../products/avx512.h"

#include "activations.h"

CK_TARGET_BEGIN

void ck_bfloat16_quantize_avx512(size_t n, const float *in, void *out) {
    for (size_t i = 0; i < n; i += 16) {
        __mmask16 mask = (__mmask16)(n - i < 16 ? (1u << (n - i)) - 1 : 0xffff);
        __m512i bits = _mm512_castps_si512(_mm512_maskz_loadu_ps(mask, in + i));
        __mmask16 is_nan = _mm512_cmpgt_epu32_mask(_mm512_slli_epi32(bits, 1), _mm512_set1_epi32((int)0xff000000));
        __m512i odd = _mm512_and_si512(_mm512_srli_epi32(bits, 16), _mm512_set1_epi32(1));
        __m512i rounded = _mm512_add_epi32(bits, _mm512_add_epi32(odd, _mm512_set1_epi32(0x7fff)));
        rounded = _mm512_mask_or_epi32(rounded, is_nan, bits, _mm512_set1_epi32(0x400000));
        __m256i values = _mm512_cvtepi32_epi16(_mm512_srli_epi32(rounded, 16));
        _mm256_mask_storeu_epi16((uint16_t *)out + i, mask, values);
    }
}

CK_TARGET_END

#endif
