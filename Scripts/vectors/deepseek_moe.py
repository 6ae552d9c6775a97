"""DeepSeek's first mixture-of-experts model, DeepseekForCausalLM: transformers has no class for it (it ships with the model's
files). It is a Llama whose feed-forward layers, but for the first few, are routed experts beside shared ones: softmax over all
experts, the best few as they are (no renormalization, no scale), and the shared experts as one wider feed-forward."""
import torch
from torch import nn
from transformers import LlamaConfig, LlamaForCausalLM
from transformers.models.llama.modeling_llama import LlamaMLP


def feed_forward(config, width):
    return LlamaMLP(LlamaConfig(hidden_size=config.hidden_size, intermediate_size=width, num_attention_heads=1))


class Experts(nn.Module):
    def __init__(self, config):
        super().__init__()
        self.used = config.num_experts_per_tok
        self.gate = nn.Linear(config.hidden_size, config.n_routed_experts, bias=False)
        self.experts = nn.ModuleList(
            feed_forward(config, config.moe_intermediate_size) for _ in range(config.n_routed_experts)
        )
        self.shared_experts = feed_forward(config, config.moe_intermediate_size * config.n_shared_experts)

    def forward(self, hidden):
        weights, chosen = self.gate(hidden).softmax(dim=-1).topk(self.used, dim=-1)
        output = self.shared_experts(hidden)
        for index, expert in enumerate(self.experts):
            weight = (weights * (chosen == index)).sum(dim=-1, keepdim=True)
            output = output + weight * expert(hidden)
        return output


class DeepseekForCausalLM(LlamaForCausalLM):
    def __init__(self, config):
        super().__init__(config)
        for layer in self.model.layers[config.first_k_dense_replace :]:
            layer.mlp = Experts(config)
