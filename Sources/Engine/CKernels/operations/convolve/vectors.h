#ifndef CK_CONVOLVE_VECTORS_H
#define CK_CONVOLVE_VECTORS_H

// Some channels at a time, whose weights stay in the nearest cache for all rows.

#include "inputs.h"

CK_TARGET_BEGIN

enum {
    CK_CHANNELS = 256,  // that are computed together, at most
    CK_TAPS = 8,        // weights of a channel that are applied together, at most
};

/// Adds the products with weights first ..< end, of `width` a channel, to the results of `count` channels from `c` on, a
/// multiple of CK_LANES; the first ones begin with the bias. Fast where the last three are constants.
CK_INLINE void convolve_taps(const ck_convolution *task, size_t c, size_t count, const size_t width,
                             const size_t first, const size_t end) {
    float weights[CK_TAPS][CK_CHANNELS];
    const float *from = task->weight + c * width;
    for (size_t i = 0; i < count; i++) {
        for (size_t k = first; k < end; k++) weights[k - first][i] = from[i * width + k];
    }
    for (size_t row = 0; row < task->rows; row++) {
        const float *in[CK_TAPS];
        for (size_t k = first; k < end; k++) in[k - first] = ck_input_row(task, row + k) + c;
        float *out = task->out + row * task->out_stride + c;
        const float *before = first == 0 ? task->bias : out;
        if (first == 0 && before != NULL) before += c;
        for (size_t i = 0; i < count; i += CK_LANES) {
            ck_vector sum = before != NULL ? ck_load(before + i) : ck_vector_of(0);
            for (size_t k = 0; k < end - first; k++) sum = ck_fused(ck_load(weights[k] + i), ck_load(in[k] + i), sum);
            ck_store(out + i, sum);
        }
    }
}

CK_INLINE void convolve_channels(const ck_convolution *task, size_t c, size_t count) {
    switch (task->width) {
    case 3: convolve_taps(task, c, count, 3, 0, 3); break;
    case 4: convolve_taps(task, c, count, 4, 0, 4); break;
    default:
        for (size_t first = 0; first < task->width; first += CK_TAPS) {
            size_t end = task->width - first < CK_TAPS ? task->width : first + CK_TAPS;
            convolve_taps(task, c, count, task->width, first, end);
        }
    }
}

CK_INLINE void convolve_channel(const ck_convolution *task, size_t c) {
    for (size_t row = 0; row < task->rows; row++) {
        float sum = task->bias != NULL ? task->bias[c] : 0;
        for (size_t k = 0; k < task->width; k++) {
            sum = __builtin_fmaf(task->weight[c * task->width + k], ck_input_row(task, row + k)[c], sum);
        }
        task->out[row * task->out_stride + c] = sum;
    }
}

void CK_OPERATION(convolve)(const ck_convolution *task) {
    const size_t vectors = task->channels / CK_LANES * CK_LANES;
    for (size_t c = 0; c < vectors; c += CK_CHANNELS) {
        convolve_channels(task, c, vectors - c < CK_CHANNELS ? vectors - c : CK_CHANNELS);
    }
    for (size_t c = vectors; c < task->channels; c++) convolve_channel(task, c);
    ck_keep_last_inputs(task);
}

CK_TARGET_END

#endif
