"""The families of which ../shared/conformance has no golden: a tiny configuration of each."""
import math
from dataclasses import dataclass, field

import transformers
from deepseek_moe import DeepseekForCausalLM


@dataclass
class Family:
    model: type
    config: transformers.PretrainedConfig
    features: list
    # What llama.cpp's converter reads of the published config.json and transformers does not keep.
    published: dict = field(default_factory=dict)
    # Endings of the names of matrices that published files have the other way round than transformers.
    transposed: tuple = ()
    # Where llama.cpp computes something else than transformers: changes a model to compute as llama.cpp does.
    as_llama_cpp: callable = None
    # How far llama.cpp may differ then.
    tolerance: float = 2e-4


COMMON = dict(vocab_size=512, max_position_embeddings=256, bos_token_id=0, eos_token_id=0, pad_token_id=0)


def phimoe_as_llama_cpp(model):
    """llama.cpp normalizes by RMS, though with a bias, and mixes experts by softmax over the chosen two."""
    import torch

    def norm(self, x):
        return x * torch.rsqrt(x.square().mean(-1, keepdim=True) + self.eps) * self.weight + self.bias

    def route(self, hidden):
        logits = torch.nn.functional.linear(hidden.reshape(-1, hidden.shape[-1]), self.weight)
        weights, chosen = logits.softmax(-1).topk(2, dim=-1)
        return logits, weights / weights.sum(-1, keepdim=True), chosen

    for module in model.modules():
        if isinstance(module, torch.nn.LayerNorm):
            module.forward = norm.__get__(module)
        if type(module).__name__ == "PhimoeTopKRouter":
            module.forward = route.__get__(module)


def groups_as_llama_cpp(model):
    """llama.cpp takes the groups with the best two experts, as DeepSeek V3 does; V2 takes those with the best one."""
    import torch

    def route(self, hidden):
        logits = torch.nn.functional.linear(hidden.reshape(-1, hidden.shape[-1]), self.weight)
        scores = logits.softmax(-1)
        groups = scores.view(-1, self.num_group, self.num_experts // self.num_group)
        chosen = groups.topk(2, dim=-1).values.sum(-1).topk(self.topk_group, dim=-1).indices
        kept = torch.zeros_like(groups).scatter_(1, chosen[..., None].expand(-1, -1, groups.shape[-1]), 1.0)
        shares, experts = (groups * kept).flatten(1).topk(self.top_k, dim=-1)
        return logits, shares * self.routed_scaling_factor, experts

    for module in model.modules():
        if type(module).__name__ == "DeepseekV2TopkRouter":
            module.forward = route.__get__(module)


def gelu_as_llama_cpp(model):
    """llama.cpp takes the tanh GELU from a table of f16 values, also in place of the exact one."""
    import torch

    for module in model.modules():
        if type(module).__name__ in ("BloomGelu", "GELUActivation"):
            module.forward = lambda x: torch.nn.functional.gelu(x.half().float(), approximate="tanh").half().float()


def sections_as_llama_cpp(model):
    """llama.cpp turns the slow pairs that are left over by the sections in turn by a fourth position, which is 0 in text."""
    rotary = model.model.language_model.rotary_emb
    in_turn = rotary.recomposition_frequencies

    def recomposed(freq):
        # Prompts begin at position 0.
        first = freq[0, :, :1].clone()
        rows = in_turn(freq)
        pairs = rows.shape[-1] // 2
        for pair in range(pairs):
            if pair >= 3 * rotary.mrope_section[pair % 3]:
                rows[..., pair] = rows[..., pair + pairs] = first[..., pair]
        return rows

    rotary.recomposition_frequencies = recomposed


FAMILIES = {
    "deepseek": lambda: Family(
        DeepseekForCausalLM,
        transformers.LlamaConfig(
            hidden_size=32, intermediate_size=64, num_hidden_layers=3, num_attention_heads=2, num_key_value_heads=2,
            head_dim=16, rms_norm_eps=1e-6, rope_theta=10000.0, n_routed_experts=6, n_shared_experts=2,
            num_experts_per_tok=3, moe_intermediate_size=16, first_k_dense_replace=1, norm_topk_prob=False, **COMMON),
        ["first layer dense, then experts", "softmax over all experts, not renormalized", "two shared experts in one"]),
    "cohere2": lambda: Family(
        transformers.Cohere2ForCausalLM,
        transformers.Cohere2Config(
            hidden_size=48, intermediate_size=64, num_hidden_layers=5, num_attention_heads=3, num_key_value_heads=1,
            layer_norm_eps=1e-5, logit_scale=0.25, sliding_window=16, rope_theta=50000.0,
            layer_types=["sliding_attention"] * 3 + ["full_attention"] + ["sliding_attention"], **COMMON),
        ["three layers with a window of 16 and rotation, then one full layer without rotation",
         "attention and feed-forward side by side after one LayerNorm without bias", "interleaved rotation",
         "scale of the logits", "tied"],
        published=dict(rotary_pct=1.0)),
    "phimoe": lambda: Family(
        transformers.PhimoeForCausalLM,
        transformers.PhimoeConfig(
            hidden_size=32, intermediate_size=32, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=1,
            num_local_experts=4, num_experts_per_tok=2, rms_norm_eps=1e-5, attention_bias=True, lm_head_bias=True,
            router_jitter_noise=0.01,
            rope_parameters=dict(
                rope_type="longrope", rope_theta=10000.0, original_max_position_embeddings=8,
                # Equal, since transformers takes the short ones at any length, unlike the published model's own code.
                short_factor=[1.0 + 0.25 * i for i in range(8)], long_factor=[1.0 + 0.25 * i for i in range(8)],
                short_mscale=math.sqrt(1 + math.log(256 / 8) / math.log(8)),
                long_mscale=math.sqrt(1 + math.log(256 / 8) / math.log(8))), **COMMON),
        ["LayerNorm with bias", "biases of attention and output", "two experts, each weighed by its own sparse softmax",
         "longrope with equal short and long factors"],
        published=dict(architectures=["PhiMoEForCausalLM"]), as_llama_cpp=phimoe_as_llama_cpp),
    "granitemoe": lambda: Family(
        transformers.GraniteMoeForCausalLM,
        transformers.GraniteMoeConfig(
            hidden_size=32, intermediate_size=24, num_hidden_layers=3, num_attention_heads=2, num_key_value_heads=1,
            num_local_experts=6, num_experts_per_tok=3, rms_norm_eps=1e-6, rope_theta=10000.0,
            embedding_multiplier=3.0, residual_multiplier=0.6, attention_multiplier=0.2, logits_scaling=2.0,
            tie_word_embeddings=True, **COMMON),
        ["softmax over the chosen experts", "scales of embeddings, attention, residuals and logits", "tied"]),
    "granitehybrid": lambda: Family(
        transformers.GraniteMoeHybridForCausalLM,
        transformers.GraniteMoeHybridConfig(
            hidden_size=32, intermediate_size=24, shared_intermediate_size=40, num_hidden_layers=4,
            num_attention_heads=2, num_key_value_heads=1, num_local_experts=4, num_experts_per_tok=2,
            rms_norm_eps=1e-5, layer_types=["mamba", "mamba", "attention", "mamba"], position_embedding_type="nope",
            mamba_n_heads=4, mamba_d_head=16, mamba_n_groups=1, mamba_d_state=16, mamba_d_conv=4, mamba_expand=2,
            mamba_chunk_size=16, mamba_conv_bias=True, mamba_proj_bias=False, embedding_multiplier=3.0,
            residual_multiplier=0.6, attention_multiplier=0.2, logits_scaling=2.0, tie_word_embeddings=True, **COMMON),
        ["Mamba 2 layers, one attention layer without rotation", "experts beside a shared one",
         "scales of embeddings, attention, residuals and logits", "tied"],
        published=dict(layer_types=["mamba", "mamba", "attention", "mamba"])),
    "qwen2moe": lambda: Family(
        transformers.Qwen2MoeForCausalLM,
        transformers.Qwen2MoeConfig(
            hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=1,
            num_experts=6, num_experts_per_tok=3, moe_intermediate_size=16, shared_expert_intermediate_size=40,
            norm_topk_prob=False, decoder_sparse_step=1, rms_norm_eps=1e-6, rope_theta=10000.0, qkv_bias=True, **COMMON),
        ["softmax over all experts, not renormalized", "shared expert behind a sigmoid gate", "biases of q, k and v"]),
    "deepseek2-yarn": lambda: Family(
        transformers.DeepseekV2ForCausalLM,
        transformers.DeepseekV2Config(
            hidden_size=32, intermediate_size=64, num_hidden_layers=3, num_attention_heads=2, num_key_value_heads=2,
            q_lora_rank=24, kv_lora_rank=16, qk_nope_head_dim=16, qk_rope_head_dim=8, head_dim=8, v_head_dim=16,
            first_k_dense_replace=1, n_routed_experts=6, n_shared_experts=2, num_experts_per_tok=3,
            moe_intermediate_size=16, topk_method="greedy", n_group=1, topk_group=1, norm_topk_prob=False,
            routed_scaling_factor=1.5, rms_norm_eps=1e-6,
            rope_parameters=dict(
                rope_type="yarn", rope_theta=10000.0, factor=16.0, original_max_position_embeddings=16, beta_fast=32,
                beta_slow=1, mscale=0.707, mscale_all_dim=0.707), **COMMON),
        ["DeepSeek-V2: latent attention, softmax over all experts, scaled and not renormalized",
         "YaRN whose factor scales attention (mscale_all_dim)"]),
    # llama.cpp tells a model without a projection of queries to a latent by its 26 or 27 layers alone.
    "deepseek2-lite": lambda: Family(
        transformers.DeepseekV2ForCausalLM,
        transformers.DeepseekV2Config(
            hidden_size=16, intermediate_size=24, num_hidden_layers=26, num_attention_heads=2, num_key_value_heads=2,
            q_lora_rank=None, kv_lora_rank=8, qk_nope_head_dim=8, qk_rope_head_dim=4, head_dim=4, v_head_dim=8,
            first_k_dense_replace=18, n_routed_experts=8, n_shared_experts=1, num_experts_per_tok=3,
            moe_intermediate_size=8, topk_method="group_limited_greedy", n_group=4, topk_group=2, norm_topk_prob=False,
            routed_scaling_factor=1.0, rms_norm_eps=1e-6, rope_parameters=dict(rope_type="default", rope_theta=10000.0),
            **COMMON),
        ["DeepSeek-V2-Lite: latent attention whose queries have no latent", "18 dense layers, then experts in groups"],
        as_llama_cpp=groups_as_llama_cpp),
    "bloom-small": lambda: Family(
        transformers.BloomForCausalLM,
        transformers.BloomConfig(
            hidden_size=48, n_layer=2, n_head=3, layer_norm_epsilon=1e-5, vocab_size=512, seq_length=256, bos_token_id=0,
            eos_token_id=0, pad_token_id=0, hidden_dropout=0.0, attention_dropout=0.0),
        ["ALiBi with slopes of three heads", "LayerNorm after the embedding", "fused q, k and v", "tied"],
        as_llama_cpp=gelu_as_llama_cpp, tolerance=2e-3),
    "falcon-40b": lambda: Family(
        transformers.FalconForCausalLM,
        transformers.FalconConfig(
            hidden_size=48, num_hidden_layers=2, num_attention_heads=4, num_kv_heads=2, new_decoder_architecture=True,
            parallel_attn=True, bias=False, alibi=False, layer_norm_epsilon=1e-5, rope_theta=10000.0,
            tie_word_embeddings=True, hidden_dropout=0.0, attention_dropout=0.0, **COMMON),
        ["a LayerNorm each for attention and feed-forward side by side", "query heads in groups in a fused q, k and v",
         "exact GELU", "tied"],
        as_llama_cpp=gelu_as_llama_cpp, tolerance=2e-3),
    "command-r-plus": lambda: Family(
        transformers.CohereForCausalLM,
        transformers.CohereConfig(
            hidden_size=16, intermediate_size=24, num_hidden_layers=64, num_attention_heads=2, num_key_value_heads=1,
            layer_norm_eps=1e-5, logit_scale=0.25, rope_theta=10000.0, use_qk_norm=True, **COMMON),
        ["64 layers, of which query and key heads are normalized with weights of their own", "scale of the logits", "tied"]),
    "olmo-clamped": lambda: Family(
        transformers.OlmoForCausalLM,
        transformers.OlmoConfig(
            hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=1,
            clip_qkv=0.5, rope_theta=10000.0, **COMMON),
        ["LayerNorm without weights", "queries, keys and values clamped"]),
    "olmo3": lambda: Family(
        transformers.Olmo3ForCausalLM,
        transformers.Olmo3Config(
            hidden_size=32, intermediate_size=64, num_hidden_layers=5, num_attention_heads=2, num_key_value_heads=2,
            rms_norm_eps=1e-6, sliding_window=16,
            rope_parameters=dict(
                sliding_attention=dict(rope_type="default", rope_theta=5000.0),
                full_attention=dict(
                    rope_type="yarn", rope_theta=5000.0, factor=8.0, original_max_position_embeddings=32,
                    beta_fast=32, beta_slow=1, attention_factor=1.2079441541679836)), **COMMON),
        ["three layers with a window of 16 and plain rotation, then a full one with YaRN",
         "normalizations after attention and feed-forward only, and of whole rows of queries and keys"]),
    "phi4-mini": lambda: Family(
        transformers.Phi3ForCausalLM,
        transformers.Phi3Config(
            hidden_size=48, intermediate_size=64, num_hidden_layers=2, num_attention_heads=3, num_key_value_heads=1,
            rms_norm_eps=1e-5, tie_word_embeddings=True, original_max_position_embeddings=8, sliding_window=None,
            rope_parameters=dict(
                rope_type="longrope", rope_theta=10000.0, partial_rotary_factor=0.75,
                original_max_position_embeddings=8,
                short_factor=[1.0] * 6, long_factor=[1.0 + 0.5 * i for i in range(6)]), **COMMON),
        ["fused q, k, v and fused gate and up", "three quarters of each head rotated", "long factors", "tied"]),
    "qwen2vl-text": lambda: Family(
        transformers.Qwen2VLForConditionalGeneration,
        transformers.Qwen2VLConfig(
            vision_config=dict(depth=1, embed_dim=16, hidden_size=32, num_heads=2, patch_size=2),
            text_config=dict(
                hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2,
                num_key_value_heads=1, rms_norm_eps=1e-6,
                rope_parameters=dict(rope_type="default", rope_theta=10000.0, mrope_section=[2, 3, 3]), **COMMON)),
        ["M-RoPE: pairs go by positions in time, height and width, section after section", "biases of q, k and v"]),
    "qwen3vl-text": lambda: Family(
        transformers.Qwen3VLForConditionalGeneration,
        transformers.Qwen3VLConfig(
            vision_config=dict(
                depth=1, hidden_size=16, intermediate_size=16, num_heads=2, patch_size=2, out_hidden_size=32,
                num_position_embeddings=16, deepstack_visual_indexes=[0]),
            text_config=dict(
                hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2,
                num_key_value_heads=1, head_dim=32, rms_norm_eps=1e-6,
                rope_parameters=dict(
                    rope_type="default", rope_theta=10000.0, mrope_section=[8, 4, 4], mrope_interleaved=True),
                **COMMON)),
        ["M-RoPE: pairs go by positions in time, height and width in turn, those left over by time",
         "normalizations of query and key heads"],
        as_llama_cpp=sections_as_llama_cpp),
    "qwen3vlmoe-text": lambda: Family(
        transformers.Qwen3VLMoeForConditionalGeneration,
        transformers.Qwen3VLMoeConfig(
            vision_config=dict(
                depth=1, hidden_size=16, intermediate_size=16, num_heads=2, patch_size=2, out_hidden_size=32,
                num_position_embeddings=16, deepstack_visual_indexes=[0]),
            text_config=dict(
                hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2,
                num_key_value_heads=1, head_dim=16, rms_norm_eps=1e-6, num_experts=6, num_experts_per_tok=3,
                moe_intermediate_size=16, decoder_sparse_step=1, mlp_only_layers=[],
                rope_parameters=dict(
                    rope_type="default", rope_theta=10000.0, mrope_section=[3, 3, 2], mrope_interleaved=True),
                **COMMON)),
        ["M-RoPE in turn", "softmax over all experts, renormalized", "normalizations of query and key heads"],
        transposed=("experts.gate_up_proj", "experts.down_proj")),
    "ministral3": lambda: Family(
        transformers.Ministral3ForCausalLM,
        transformers.Ministral3Config(
            hidden_size=32, intermediate_size=64, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=1,
            head_dim=24, rms_norm_eps=1e-5,
            rope_parameters=dict(
                rope_type="yarn", rope_theta=10000.0, factor=16.0, original_max_position_embeddings=16, beta_fast=32.0,
                beta_slow=1.0, mscale=1.0, mscale_all_dim=1.0, llama_4_scaling_beta=0.4), **COMMON),
        ["Llama's block", "YaRN whose magnitude is 1", "scores scaled by the logarithm of the position"]),
    "glm4": lambda: Family(
        transformers.Glm4ForCausalLM,
        transformers.Glm4Config(
            hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=3, num_key_value_heads=1,
            head_dim=16, rms_norm_eps=1e-5, attention_bias=False,
            rope_parameters=dict(rope_type="default", rope_theta=10000.0, partial_rotary_factor=0.5), **COMMON),
        ["normalizations before and after attention and feed-forward", "interleaved rotation of half of each head",
         "heads together wider than the embedding", "fused gate and up"]),
    "chatglm": lambda: Family(
        transformers.GlmForCausalLM,
        transformers.GlmConfig(
            hidden_size=32, intermediate_size=48, num_hidden_layers=2, num_attention_heads=2, num_key_value_heads=1,
            head_dim=16, rms_norm_eps=1e-5, attention_bias=True,
            rope_parameters=dict(rope_type="default", rope_theta=10000.0, partial_rotary_factor=0.5), **COMMON),
        ["interleaved rotation of half of each head", "biases of q, k and v", "fused gate and up"],
        published=dict(seq_length=256)),
}
