#if defined(__x86_64__)

#include "../../products/avx2_packed256.h"

#include "../formats.h"
#include "x86.h"

CK_TARGET_BEGIN

CK_MULTIPLY256_AVX2(q5_k, shape, read)

CK_INLINE __m256i read_word(const ck_band_word *words, const ck_place place, const int word) {
    __m256i low = ck_half_bytes_avx2(ck_load_word_avx2(&words[12 + 8 * place.group + word]), place.run);
    __m128i bit = _mm_cvtsi32_si128(2 * place.group + place.run);
    __m256i high = _mm256_slli_epi32(_mm256_srl_epi32(ck_load_word_avx2(&words[4 + word]), bit), 4);
    return _mm256_or_si256(low, _mm256_and_si256(high, _mm256_set1_epi8(16)));
}

CK_MULTIPLY_PACKED256_AVX2(q5_k, shape, ck_read_packed_head6_avx2, 2, read_word)

CK_TARGET_END

#endif
