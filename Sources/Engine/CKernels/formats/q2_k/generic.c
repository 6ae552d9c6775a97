#include "../blocks256.h"
#include "block.h"

static void unpack(const void *blocks, size_t index, ck_block256 *out) {
    const q2_k_block *block = (const q2_k_block *)blocks + index;
    out->scale = ck_float_of_half(block->scale);
    out->minimum = ck_float_of_half(block->minimum);
    for (size_t s = 0; s < 16; s++) {
        out->scales[s] = block->scales[s] & 15;
        out->minima[s] = block->scales[s] >> 4;
    }
    for (size_t i = 0; i < 256; i++) {
        size_t half = i / 128, run = i % 128 / 32;
        out->codes[i] = block->codes[32 * half + i % 32] >> 2 * run & 3;
    }
}

CK_GENERIC256(q2_k, 16)

const ck_piece ck_q2_k_packed_order[] = {{0, 4}, {20, 1}, {4, 16}, {0, 0}};  // what is not codes first
