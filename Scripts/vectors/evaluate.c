// Prints what llama.cpp computes: evaluate MODEL.gguf GREEDY < tokens > floats. Tokens are text, floats are raw f32: the logits
// of each position, then GREEDY tokens (as int32) continued one by one. F32 cache, no flash attention, no repacked weights.
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "llama.h"

static void quiet(enum ggml_log_level level, const char *text, void *data) {
    if (level >= GGML_LOG_LEVEL_ERROR) fputs(text, stderr);
}

static void fail(const char *reason) {
    fprintf(stderr, "evaluate: %s\n", reason);
    exit(1);
}

int main(int argc, char **argv) {
    if (argc != 3) fail("usage: evaluate MODEL.gguf GREEDY < tokens");
    llama_log_set(quiet, NULL);
    llama_backend_init();
    struct llama_model_params model_parameters = llama_model_default_params();
    model_parameters.use_extra_bufts = false;
    struct llama_model *model = llama_model_load_from_file(argv[1], model_parameters);
    if (!model) fail("cannot load the model");
    struct llama_context_params parameters = llama_context_default_params();
    parameters.n_ctx = 256;
    parameters.n_batch = parameters.n_ubatch = 256;
    parameters.n_threads = parameters.n_threads_batch = 1;
    parameters.flash_attn_type = LLAMA_FLASH_ATTN_TYPE_DISABLED;
    parameters.type_k = parameters.type_v = GGML_TYPE_F32;
    struct llama_context *context = llama_init_from_model(model, parameters);
    if (!context) fail("cannot make a context");
    int vocabulary = llama_vocab_n_tokens(llama_model_get_vocab(model));

    struct llama_batch batch = llama_batch_init(256, 0, 1);
    llama_token token;
    while (batch.n_tokens < 256 && scanf("%d", &token) == 1) {
        int row = batch.n_tokens++;
        batch.token[row] = token;
        batch.pos[row] = row;
        batch.n_seq_id[row] = 1;
        batch.seq_id[row][0] = 0;
        batch.logits[row] = 1;
    }
    if (llama_decode(context, batch)) fail("cannot decode the prompt");
    for (int row = 0; row < batch.n_tokens; row++)
        fwrite(llama_get_logits_ith(context, row), sizeof(float), vocabulary, stdout);

    int position = batch.n_tokens;
    const float *logits = llama_get_logits_ith(context, position - 1);
    for (int count = atoi(argv[2]); count > 0; count--) {
        token = 0;
        for (int id = 1; id < vocabulary; id++)
            if (logits[id] > logits[token]) token = id;
        fwrite(&token, sizeof token, 1, stdout);
        batch.n_tokens = 1;
        batch.token[0] = token;
        batch.pos[0] = position++;
        batch.logits[0] = 1;
        if (llama_decode(context, batch)) fail("cannot decode a token");
        logits = llama_get_logits_ith(context, 0);
    }
    return 0;
}
