#if defined(__aarch64__)

#include "../../products/neon_blocks256.h"
#include "../formats.h"
#include "../iq4_nl/block.h"
#include "block.h"

static const ck_shape256_neon shape = {.width = 32};

CK_INLINE void read(const void *row, size_t index, ck_block256_neon *out) {
    const iq4_xs_block *block = (const iq4_xs_block *)row + index;
    for (int s = 0; s < 8; s++) {
        uint8x16x2_t codes = ck_nibbles_neon(block->codes + 16 * s);
        out->codes[2 * s] = ck_look_up_neon(ck_iq4_values, codes.val[0]);
        out->codes[2 * s + 1] = ck_look_up_neon(ck_iq4_values, codes.val[1]);
        out->scales[s] = iq4_xs_scale(block, (size_t)s);
    }
    out->scale = ck_half_to_float(block->scale);
}

#define CK_FORMAT iq4_xs
#include "../../products/neon_products256.h"

#endif
