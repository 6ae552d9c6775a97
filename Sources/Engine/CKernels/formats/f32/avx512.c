#if defined(__x86_64__)

#include "../../products/avx512_floats.h"
#include "../formats.h"

CK_TARGET_BEGIN

void ck_f32_multiply_avx512(const ck_product *product) {
    ck_multiply_floats_avx512(product, (ck_words_avx512){16, ck_read_floats_avx512, ck_read_floats_avx512, ck_add_floats_avx512});
}

CK_TARGET_END

#endif
