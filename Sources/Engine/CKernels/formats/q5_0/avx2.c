#if defined(__x86_64__)

#include "../../products/avx2_packed32.h"

#include "../formats.h"
#include "x86.h"

CK_TARGET_BEGIN

CK_MULTIPLY32_AVX2(q5_0, shape, read)

CK_INLINE __m256i read_word(const ck_band_word *words, const ck_place place, const int word) {
    (void)place;
    __m256i low = ck_word_of_halves_avx2(words + 1, word);
    return ck_with_fifth_bits_of_words_avx2(low, ck_load_word_avx2(&words[0]), word);
}

CK_MULTIPLY_PACKED32_AVX2(q5_0, shape, read_word)

CK_TARGET_END

#endif
