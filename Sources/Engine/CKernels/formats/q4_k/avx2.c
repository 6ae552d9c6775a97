#if defined(__x86_64__)

#include "../../products/avx2_packed256.h"

#include "../formats.h"
#include "x86.h"

CK_TARGET_BEGIN

CK_MULTIPLY256_AVX2(q4_k, shape, read)

CK_INLINE __m256i read_word(const ck_band_word *words, const ck_place place, const int word) {
    return ck_half_bytes_avx2(ck_load_word_avx2(&words[4 + 8 * place.group + word]), place.run);
}

CK_MULTIPLY_PACKED256_AVX2(q4_k, shape, ck_read_packed_head6_avx2, 2, read_word)

CK_TARGET_END

#endif
