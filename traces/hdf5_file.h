#pragma once
#include <hdf5.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "sim/result.h"

namespace fleetsim {

// HDF5 as values: handles that close themselves, no messages on standard error, and files that live
// in memory. A file is built as an image and written by AtomicFile, since the library can't give up
// cleanly on a full disk; with no time stamps in it, equal contents make equal bytes.
// The library keeps global state: use all of this from one thread at a time.

// Owns one identifier. Any negative one stands for failure and is not closed.
class Hdf5Handle {
 public:
  using Close = herr_t (*)(hid_t);
  Hdf5Handle(hid_t id, Close close) : id_(id), close_(close) {}
  Hdf5Handle(Hdf5Handle&& other) noexcept : id_(other.id_), close_(other.close_) { other.id_ = -1; }
  Hdf5Handle& operator=(Hdf5Handle&&) = delete;
  ~Hdf5Handle() {
    if (id_ >= 0) close_(id_);
  }

  hid_t get() const { return id_; }
  explicit operator bool() const { return id_ >= 0; }

 private:
  hid_t id_;
  Close close_;
};

// One field of a row. A text is padded with zeros to the longest of its field.
struct Hdf5Field {
  using Numbers = std::vector<double>;
  using Texts = std::vector<std::string>;
  using Verdicts = std::vector<std::optional<bool>>;  // an enumeration: none -1, no 0, yes 1
  std::string name;
  std::variant<Numbers, Texts, Verdicts> values;
};

// Builds a file. Paths start with '/', and a group must come before what lies in it. The first
// failure sticks, later calls do nothing, and image() tells it.
class Hdf5Image {
 public:
  Hdf5Image();

  void group(const std::string& path);
  void attribute(const std::string& object, const char* name, std::string_view text);
  void attribute(const std::string& object, const char* name, std::uint64_t number);
  void attribute(const std::string& object, const char* name, double number);
  void flag(const std::string& object, const char* name, bool value);
  void numbers(const std::string& path, std::span<const double> values);
  void column(const std::string& path, std::span<const double> values);  // chunked, compressed
  void column(const std::string& path, std::span<const std::int64_t> values);
  void rows(const std::string& path, const std::vector<Hdf5Field>& fields);

  Result<std::string> image();  // the bytes of the whole file

 private:
  void attribute(const std::string& object, const char* name, hid_t type, const void* value);
  void dataset(const std::string& path, hid_t type, std::size_t rows, const void* values,
               const Hdf5Handle& creation);
  bool failed(bool now, const std::string& what);

  Hdf5Handle file_;
  std::string failure_;
};

// Reads a file on the disk. Every answer is an error that names the file when it is not as asked.
class Hdf5Reader {
 public:
  static Result<Hdf5Reader> open(const std::string& path);

  Result<std::string> text_attribute(const char* name) const;  // of the root
  Result<std::uint64_t> number_attribute(const char* name) const;
  Result<std::vector<std::string>> text_field(const std::string& dataset, const char* field) const;
  Result<Hdf5Field::Numbers> number_field(const std::string& dataset, const char* field) const;
  Result<Hdf5Field::Verdicts> verdict_field(const std::string& dataset, const char* field) const;
  Result<std::vector<double>> numbers(const std::string& dataset) const;
  Result<std::vector<std::int64_t>> whole_numbers(const std::string& dataset) const;
  bool has(const std::string& path) const;

 private:
  Hdf5Reader(std::string path, Hdf5Handle file) : path_(std::move(path)), file_(std::move(file)) {}
  Error unlike(const std::string& what) const;
  // The bytes of one field of all rows, if it is of that class and, where not 0, that width.
  struct FieldBytes {
    std::size_t width = 0;
    std::vector<char> bytes{};
  };
  Result<FieldBytes> field(const std::string& dataset, const char* name, H5T_class_t type,
                           std::size_t width) const;

  std::string path_;
  Hdf5Handle file_;
};

}  // namespace fleetsim
