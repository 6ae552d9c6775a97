#if defined(__aarch64__)

#include "../../products/neon_blocks256.h"
#include "../formats.h"
#include "block.h"

static const ck_shape256_neon shape = {.width = 32, .has_minima = true};

CK_INLINE void read(const void *row, size_t index, ck_block256_neon *out) {
    const q4_k_block *block = (const q4_k_block *)row + index;
    for (int i = 0; i < 8; i++) {  // 16 bytes hold parts of two sub-blocks
        uint8x16x2_t halves = ck_nibbles_neon(block->codes + 16 * i);
        int first = i / 2 * 4 + i % 2;
        out->codes[first] = vreinterpretq_s8_u8(halves.val[0]);
        out->codes[first + 2] = vreinterpretq_s8_u8(halves.val[1]);
    }
    ck_read_scales6_neon(block->scales, out);
    out->scale = ck_half_to_float(block->scale);
    out->minimum = ck_half_to_float(block->minimum);
}

#define CK_FORMAT q4_k
#include "../../products/neon_products256.h"

#endif
