#include "traces/result_image.h"

#include "traces/atomic_file.h"

namespace fleetsim {

Status write_image(Hdf5Image& image, const std::string& path) {
  const Result<std::string> bytes = image.image();
  if (!bytes)
    return Error{"cannot write " + path + ": " + bytes.error().message, bytes.error().kind};
  return write_whole(path, *bytes);
}

Status read_texts(const Hdf5Reader& file,
                  const std::vector<std::pair<const char*, std::string*>>& places) {
  for (const auto& [name, place] : places) {
    Result<std::string> text = file.text_attribute(name);
    if (!text) return text.error();
    *place = *std::move(text);
  }
  return Done{};
}

Status read_counts(const Hdf5Reader& file,
                   const std::vector<std::pair<const char*, std::uint64_t*>>& places) {
  for (const auto& [name, place] : places) {
    const Result<std::uint64_t> number = file.number_attribute(name);
    if (!number) return number.error();
    *place = *number;
  }
  return Done{};
}

Status read_values(const Hdf5Reader& file, const std::string& below, std::vector<double>& values,
                   std::vector<double>& weights) {
  Result<std::vector<double>> read = file.numbers("/replications/" + below);
  if (!read) return read.error();
  values = *std::move(read);
  if (!file.has("/weights/" + below)) return Done{};
  Result<std::vector<double>> weighed = file.numbers("/weights/" + below);
  if (!weighed) return weighed.error();
  weights = *std::move(weighed);
  return Done{};
}

}  // namespace fleetsim
