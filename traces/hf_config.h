#pragma once
#include <string>

#include "analytic/catalogue.h"
#include "sim/result.h"

namespace fleetsim {

// A model out of the config.json that Hugging Face keeps beside its weights. Parameters are counted
// from the shapes, matrix by matrix, as the architecture of that `model_type` has them:
//
//   embedding          vocab * d, again for the head unless tie_word_embeddings
//   attention          d * (h + 2 k) * head_dim + h * head_dim * d, biases where the family has
//   them latent attention   d * q_rank + q_rank * h * (nope + rope) + d * (kv_rank + rope)
//                      + kv_rank * h * (nope + v) + h * v * d                (DeepSeek-V2,
//                      section 2.1)
//   feed-forward       3 * d * f where gated, 2 * d * f otherwise
//   experts            E * 3 * d * f_e + d * E for the router, shared experts beside them; the
//   first
//                      layers may be dense
//
// Active parameters count the experts that a token meets instead of all of them.
Result<analytic::Model> read_hf_config(const std::string& path);

// The same of a text; `name` stands for the file in messages.
Result<analytic::Model> parse_hf_config(const std::string& text, const std::string& name);

}  // namespace fleetsim
