#include "inputs.h"

void ck_convolve_generic(const ck_convolution *task) {
    for (size_t row = 0; row < task->rows; row++) {
        for (size_t c = 0; c < task->channels; c++) {
            float sum = task->bias != NULL ? task->bias[c] : 0;
            for (size_t k = 0; k < task->width; k++) {
                sum += task->weight[c * task->width + k] * ck_input_row(task, row + k)[c];
            }
            task->out[row * task->out_stride + c] = sum;
        }
    }
    ck_keep_last_inputs(task);
}
