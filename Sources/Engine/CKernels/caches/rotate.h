#ifndef CK_CACHES_ROTATE_H
#define CK_CACHES_ROTATE_H

// Some elements of keys are much larger than the others, always the same ones, and would leave few codes to the rest of
// their block. Multiplied by a Hadamard matrix, which is orthogonal and its own inverse, they are spread over all
// elements. Products of rotated queries and rotated keys are those of the plain ones; sums of rotated values are
// rotated back when they are done.

#include "../include/ckernels.h"

#include <string.h>

CK_TARGET_BEGIN

enum { CK_ROTATION_LIMIT = 256 };

/// Elements that are rotated together: the largest power of two that divides a head's width.
CK_INLINE size_t ck_rotation_width(size_t head_width) {
    size_t width = head_width & -head_width;
    return width < CK_ROTATION_LIMIT ? width : CK_ROTATION_LIMIT;
}

/// Rotates `n` elements, a power of two, in place. Additions and one product each: the same bits on every machine.
CK_INLINE void ck_rotate(size_t n, float *values) {
    float scale = 1;
    for (size_t half = 1; half < n; half *= 2) {
        for (size_t start = 0; start < n; start += 2 * half) {
            for (size_t i = start; i < start + half; i++) {
                float a = values[i], b = values[i + half];
                values[i] = a + b;
                values[i + half] = a - b;
            }
        }
        scale *= 0.70710678f;
    }
    for (size_t i = 0; i < n; i++) values[i] *= scale;
}

/// Rotates a head in place, whose width is a multiple of 32.
CK_INLINE void ck_rotate_head(size_t width, float *values) {
    size_t step = ck_rotation_width(width);
    for (size_t i = 0; i < width; i += step) ck_rotate(step, values + i);
}

/// `head`, or where it is to be rotated a copy in `memory`.
CK_INLINE const float *ck_rotated(const bool rotates, size_t width, const float *head, float *memory) {
    if (!rotates) return head;
    memcpy(memory, head, width * sizeof(float));
    ck_rotate_head(width, memory);
    return memory;
}

CK_TARGET_END

#endif
