#include "../blocks256.h"
#include "../iq4_nl/block.h"
#include "block.h"

static void unpack(const void *blocks, size_t index, ck_block256 *out) {
    const iq4_xs_block *block = (const iq4_xs_block *)blocks + index;
    out->scale = ck_float_of_half(block->scale);
    out->minimum = 0;
    for (size_t s = 0; s < 8; s++) {
        out->scales[s] = iq4_xs_scale(block, s);
        out->minima[s] = 0;
        for (size_t i = 0; i < 32; i++) {
            uint8_t byte = block->codes[16 * s + i % 16];
            out->codes[32 * s + i] = ck_iq4_values[i < 16 ? byte & 15 : byte >> 4];
        }
    }
}

CK_GENERIC256(iq4_xs, 32)
