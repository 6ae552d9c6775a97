#if defined(__x86_64__)

#include "../../products/avx512_floats.h"
#include "../formats.h"

CK_TARGET_BEGIN

void ck_f32_multiply_avx512(const ck_product *product) {
    const ck_words_avx512 words = {16, 64, 0, ck_read_floats_avx512, ck_read_floats_avx512, ck_add_floats_avx512};
    ck_multiply_floats_avx512(product, words);
}

CK_TARGET_END

#endif
