#ifndef CK_CONVOLVE_VECTORS_H
#define CK_CONVOLVE_VECTORS_H

// A few vectors of channels at a time, whose weights stay in the nearest cache for all rows.

#include "inputs.h"

CK_TARGET_BEGIN

enum {
    CK_CHANNELS = 16,  // that are computed together: their rows are a line of a cache
    CK_TAPS = 8,       // weights of a channel that are applied together
};

/// Adds the products with weights first ..< end to the results of channels from `c` on; the first ones begin with the
/// bias.
CK_INLINE void convolve_taps(const ck_convolution *task, size_t c, size_t first, size_t end) {
    float weights[CK_TAPS][CK_CHANNELS], bias[CK_CHANNELS];
    for (size_t i = 0; i < CK_CHANNELS; i++) {
        bias[i] = task->bias != NULL ? task->bias[c + i] : 0;
        for (size_t k = first; k < end; k++) weights[k - first][i] = task->weight[(c + i) * task->width + k];
    }
    for (size_t row = 0; row < task->rows; row++) {
        float *out = task->out + row * task->out_stride + c;
        ck_vector sums[CK_CHANNELS / CK_LANES];
        for (size_t v = 0; v < CK_CHANNELS / CK_LANES; v++) {
            sums[v] = ck_load((first == 0 ? bias : out) + v * CK_LANES);
        }
        for (size_t k = first; k < end; k++) {
            const float *in = ck_input_row(task, row + k) + c;
            for (size_t v = 0; v < CK_CHANNELS / CK_LANES; v++) {
                sums[v] = ck_fused(ck_load(weights[k - first] + v * CK_LANES), ck_load(in + v * CK_LANES), sums[v]);
            }
        }
        for (size_t v = 0; v < CK_CHANNELS / CK_LANES; v++) ck_store(out + v * CK_LANES, sums[v]);
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
    size_t c = 0;
    for (; c + CK_CHANNELS <= task->channels; c += CK_CHANNELS) {
        for (size_t first = 0; first < task->width; first += CK_TAPS) {
            convolve_taps(task, c, first, task->width - first < CK_TAPS ? task->width : first + CK_TAPS);
        }
    }
    for (; c < task->channels; c++) convolve_channel(task, c);
    ck_keep_last_inputs(task);
}

CK_TARGET_END

#endif
