#include "../blocks256.h"
#include "block.h"

static void unpack(const void *blocks, size_t index, ck_block256 *out) {
    const q4_k_block *block = (const q4_k_block *)blocks + index;
    out->scale = ck_float_of_half(block->scale);
    out->minimum = ck_float_of_half(block->minimum);
    ck_unpack_scales6(block->scales, out->scales, out->minima);
    for (size_t i = 0; i < 256; i++) {
        size_t sub_block = i / 32;
        uint8_t byte = block->codes[sub_block / 2 * 32 + i % 32];
        out->codes[i] = sub_block % 2 == 0 ? byte & 15 : byte >> 4;
    }
}

CK_GENERIC256(q4_k, 32)
