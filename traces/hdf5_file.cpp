#include "traces/hdf5_file.h"

#include <unistd.h>

#include <algorithm>
#include <bit>
#include <cerrno>
#include <cstring>
#include <filesystem>
#include <initializer_list>
#include <system_error>
#include <utility>

#include "sim/check.h"

namespace fleetsim {
namespace {

static_assert(std::endian::native == std::endian::little, "rows are built as they lie in the file");

// Rows a chunk: the unit that is compressed, large enough to do it well.
constexpr std::size_t chunk_rows = 16'384;
constexpr unsigned gzip_level = 4;

// The library's own report of errors goes to standard error, which is not for it to use.
void silence() {
  H5Eset_auto2(H5E_DEFAULT, nullptr, nullptr);
}

Hdf5Handle text_type(std::size_t size) {
  Hdf5Handle type(H5Tcopy(H5T_C_S1), H5Tclose);
  H5Tset_size(type.get(), size);
  H5Tset_cset(type.get(), H5T_CSET_UTF8);
  if (size != H5T_VARIABLE) H5Tset_strpad(type.get(), H5T_STR_NULLPAD);
  return type;
}

Hdf5Handle enumeration(std::initializer_list<std::pair<const char*, std::int8_t>> members) {
  Hdf5Handle type(H5Tenum_create(H5T_STD_I8LE), H5Tclose);
  for (const auto& [name, value] : members) H5Tenum_insert(type.get(), name, &value);
  return type;
}

// Objects without times, so that equal contents make equal files.
Hdf5Handle timeless(hid_t property_class) {
  Hdf5Handle properties(H5Pcreate(property_class), H5Pclose);
  H5Pset_obj_track_times(properties.get(), false);
  return properties;
}

Hdf5Handle compressed(std::size_t rows) {
  Hdf5Handle creation = timeless(H5P_DATASET_CREATE);
  const hsize_t chunk = std::clamp<std::size_t>(rows, 1, chunk_rows);
  H5Pset_chunk(creation.get(), 1, &chunk);
  H5Pset_shuffle(creation.get());
  H5Pset_deflate(creation.get(), gzip_level);
  return creation;
}

Hdf5Handle memory_file() {
  silence();
  const Hdf5Handle access(H5Pcreate(H5P_FILE_ACCESS), H5Pclose);
  H5Pset_fapl_core(access.get(), std::size_t{1} << 20, false);
  const Hdf5Handle creation = timeless(H5P_FILE_CREATE);
  // The name is never used: nothing backs the image.
  return {H5Fcreate("image", H5F_ACC_TRUNC, creation.get(), access.get()), H5Fclose};
}

Hdf5Handle field_type(const Hdf5Field& field) {
  if (std::holds_alternative<Hdf5Field::Numbers>(field.values))
    return {H5Tcopy(H5T_IEEE_F64LE), H5Tclose};
  if (std::holds_alternative<Hdf5Field::Verdicts>(field.values))
    return enumeration({{"none", -1}, {"no", 0}, {"yes", 1}});
  std::size_t width = 1;
  for (const std::string& text : std::get<Hdf5Field::Texts>(field.values))
    width = std::max(width, text.size());
  return text_type(width);
}

std::size_t row_count(const Hdf5Field& field) {
  return std::visit([](const auto& values) { return values.size(); }, field.values);
}

void put(char* place, double number) {
  std::memcpy(place, &number, sizeof number);
}
void put(char* place, const std::string& text) {
  std::copy(text.begin(), text.end(), place);
}
void put(char* place, std::optional<bool> verdict) {
  *place = verdict ? static_cast<char>(*verdict) : static_cast<char>(-1);
}

// A dataset that is being read, and what it says of itself.
struct StoredRows {
  StoredRows(const Hdf5Handle& file, const std::string& path)
      : set(H5Dopen2(file.get(), path.c_str(), H5P_DEFAULT), H5Dclose),
        type(set ? H5Dget_type(set.get()) : -1, H5Tclose),
        space(set ? H5Dget_space(set.get()) : -1, H5Sclose) {
    H5Fget_filesize(file.get(), &file_size);
  }

  std::size_t rows() const {
    return static_cast<std::size_t>(H5Sget_simple_extent_npoints(space.get()));
  }
  // One dimension, and stored whole: a damaged extent must not make us ask for endless memory.
  bool is_plain() const {
    if (!type || !space || H5Sget_simple_extent_ndims(space.get()) != 1) return false;
    const hsize_t stored = H5Dget_storage_size(set.get());
    return stored <= file_size && stored / H5Tget_size(type.get()) == rows();
  }
  // One dimension, perhaps compressed: deflate never saves more than a factor of 1032.
  bool is_column() const {
    if (!type || !space || H5Sget_simple_extent_ndims(space.get()) != 1) return false;
    return rows() <= 1032 * file_size / H5Tget_size(type.get());
  }

  Hdf5Handle set, type, space;
  hsize_t file_size = 0;
};

}  // namespace

Hdf5Image::Hdf5Image() : file_(memory_file()) {
  failed(!file_, "the file");
}

bool Hdf5Image::failed(bool now, const std::string& what) {
  if (now && failure_.empty()) failure_ = "HDF5 does not take " + what;
  return !failure_.empty();
}

void Hdf5Image::group(const std::string& path) {
  if (failed(false, path)) return;
  const Hdf5Handle creation = timeless(H5P_GROUP_CREATE);
  const Hdf5Handle group(
      H5Gcreate2(file_.get(), path.c_str(), H5P_DEFAULT, creation.get(), H5P_DEFAULT), H5Gclose);
  failed(!group, path);
}

void Hdf5Image::attribute(const std::string& object, const char* name, hid_t type,
                          const void* value) {
  if (failed(false, name)) return;
  const Hdf5Handle space(H5Screate(H5S_SCALAR), H5Sclose);
  const Hdf5Handle attribute(H5Acreate_by_name(file_.get(), object.c_str(), name, type, space.get(),
                                               H5P_DEFAULT, H5P_DEFAULT, H5P_DEFAULT),
                             H5Aclose);
  failed(!attribute || H5Awrite(attribute.get(), type, value) < 0, object + '@' + name);
}

void Hdf5Image::attribute(const std::string& object, const char* name, std::string_view text) {
  const std::string terminated(text);
  const char* start = terminated.c_str();
  attribute(object, name, text_type(H5T_VARIABLE).get(), &start);
}

void Hdf5Image::attribute(const std::string& object, const char* name, std::uint64_t number) {
  attribute(object, name, H5T_STD_U64LE, &number);
}

void Hdf5Image::attribute(const std::string& object, const char* name, double number) {
  attribute(object, name, H5T_IEEE_F64LE, &number);
}

void Hdf5Image::flag(const std::string& object, const char* name, bool value) {
  const std::int8_t byte = value ? 1 : 0;
  // The very names by which h5py knows a truth value.
  attribute(object, name, enumeration({{"FALSE", 0}, {"TRUE", 1}}).get(), &byte);
}

void Hdf5Image::dataset(const std::string& path, hid_t type, std::size_t rows, const void* values,
                        const Hdf5Handle& creation) {
  if (failed(false, path)) return;
  const hsize_t extent = rows;
  const Hdf5Handle space(H5Screate_simple(1, &extent, nullptr), H5Sclose);
  const Hdf5Handle set(H5Dcreate2(file_.get(), path.c_str(), type, space.get(), H5P_DEFAULT,
                                  creation.get(), H5P_DEFAULT),
                       H5Dclose);
  failed(!set || H5Dwrite(set.get(), type, H5S_ALL, H5S_ALL, H5P_DEFAULT, values) < 0, path);
}

void Hdf5Image::numbers(const std::string& path, std::span<const double> values) {
  dataset(path, H5T_IEEE_F64LE, values.size(), values.data(), timeless(H5P_DATASET_CREATE));
}

void Hdf5Image::column(const std::string& path, std::span<const double> values) {
  dataset(path, H5T_IEEE_F64LE, values.size(), values.data(), compressed(values.size()));
}

void Hdf5Image::column(const std::string& path, std::span<const std::int64_t> values) {
  dataset(path, H5T_STD_I64LE, values.size(), values.data(), compressed(values.size()));
}

void Hdf5Image::rows(const std::string& path, const std::vector<Hdf5Field>& fields) {
  check(!fields.empty(), "a row has fields");
  std::vector<Hdf5Handle> types;
  std::vector<std::size_t> offset = {0};
  for (const Hdf5Field& field : fields) {
    check(row_count(field) == row_count(fields.front()), "each row has every field");
    types.push_back(field_type(field));
    offset.push_back(offset.back() + H5Tget_size(types.back().get()));
  }
  const std::size_t width = offset.back();
  const Hdf5Handle row(H5Tcreate(H5T_COMPOUND, width), H5Tclose);
  std::vector<char> bytes(width * row_count(fields.front()));
  for (std::size_t f = 0; f < fields.size(); ++f) {
    const bool taken = H5Tinsert(row.get(), fields[f].name.c_str(), offset[f], types[f].get()) >= 0;
    failed(!taken, path + '.' + fields[f].name);
    char* place = bytes.data() + offset[f];
    const auto put_all = [&place, width](const auto& values) {
      for (const auto& value : values) {
        put(place, value);
        place += width;
      }
    };
    std::visit(put_all, fields[f].values);
  }
  dataset(path, row.get(), row_count(fields.front()), bytes.data(), timeless(H5P_DATASET_CREATE));
}

Result<std::string> Hdf5Image::image() {
  failed(H5Fflush(file_.get(), H5F_SCOPE_GLOBAL) < 0, "the end of the file");
  if (failed(false, "")) return Error{failure_, Error::Kind::environment};
  const ssize_t size = H5Fget_file_image(file_.get(), nullptr, 0);
  std::string bytes(size > 0 ? static_cast<std::size_t>(size) : 0, '\0');
  if (size <= 0 || H5Fget_file_image(file_.get(), bytes.data(), bytes.size()) != size)
    return Error{"HDF5 does not give the file back", Error::Kind::environment};
  return bytes;
}

Result<Hdf5Reader> Hdf5Reader::open(const std::string& path) {
  // The system's word comes first: HDF5 tells a missing file and a foreign one alike.
  std::error_code failure;
  const bool regular = std::filesystem::is_regular_file(path, failure);
  if (!failure && ::access(path.c_str(), R_OK) != 0) failure = {errno, std::generic_category()};
  if (failure)
    return Error{"cannot read " + path + ": " + failure.message(), Error::Kind::environment};
  if (!regular) return Error{path + " is no file"};
  silence();
  Hdf5Handle file(H5Fopen(path.c_str(), H5F_ACC_RDONLY, H5P_DEFAULT), H5Fclose);
  if (!file) return Error{path + " is no HDF5 file, or its end is missing"};
  return Hdf5Reader(path, std::move(file));
}

Error Hdf5Reader::unlike(const std::string& what) const {
  return {path_ + " is not a result of fleetsim: it has no " + what};
}

Result<std::string> Hdf5Reader::text_attribute(const char* name) const {
  const Hdf5Handle attribute(H5Aopen(file_.get(), name, H5P_DEFAULT), H5Aclose);
  const Hdf5Handle type(attribute ? H5Aget_type(attribute.get()) : -1, H5Tclose);
  const Hdf5Handle space(attribute ? H5Aget_space(attribute.get()) : -1, H5Sclose);
  char* start = nullptr;
  if (!type || H5Tis_variable_str(type.get()) <= 0 ||
      H5Sget_simple_extent_npoints(space.get()) != 1 ||
      H5Aread(attribute.get(), text_type(H5T_VARIABLE).get(), &start) < 0 || start == nullptr)
    return unlike(std::string("text '") + name + "'");
  std::string text = start;
  H5free_memory(start);
  return text;
}

Result<std::uint64_t> Hdf5Reader::number_attribute(const char* name) const {
  const Hdf5Handle attribute(H5Aopen(file_.get(), name, H5P_DEFAULT), H5Aclose);
  const Hdf5Handle type(attribute ? H5Aget_type(attribute.get()) : -1, H5Tclose);
  const Hdf5Handle space(attribute ? H5Aget_space(attribute.get()) : -1, H5Sclose);
  std::uint64_t number = 0;
  if (!type || H5Tget_class(type.get()) != H5T_INTEGER ||
      H5Sget_simple_extent_npoints(space.get()) != 1 ||
      H5Aread(attribute.get(), H5T_NATIVE_UINT64, &number) < 0)
    return unlike(std::string("number '") + name + "'");
  return number;
}

Result<Hdf5Reader::FieldBytes> Hdf5Reader::field(const std::string& dataset, const char* name,
                                                 H5T_class_t type, std::size_t width) const {
  const StoredRows stored(file_, dataset);
  const int index = stored.is_plain() && H5Tget_class(stored.type.get()) == H5T_COMPOUND
                        ? H5Tget_member_index(stored.type.get(), name)
                        : -1;
  if (index < 0) return unlike(dataset + '.' + name);
  const Hdf5Handle member(H5Tget_member_type(stored.type.get(), static_cast<unsigned>(index)),
                          H5Tclose);
  FieldBytes found{.width = H5Tget_size(member.get())};
  const bool text = type == H5T_STRING;
  if (H5Tget_class(member.get()) != type || (width != 0 && found.width != width) ||
      (text && H5Tis_variable_str(member.get()) != 0))
    return unlike(dataset + '.' + name);
  const Hdf5Handle row(H5Tcreate(H5T_COMPOUND, found.width), H5Tclose);
  H5Tinsert(row.get(), name, 0, member.get());
  found.bytes.resize(found.width * stored.rows());
  if (H5Dread(stored.set.get(), row.get(), H5S_ALL, H5S_ALL, H5P_DEFAULT, found.bytes.data()) < 0)
    return unlike(dataset + '.' + name);
  return found;
}

Result<std::vector<std::string>> Hdf5Reader::text_field(const std::string& dataset,
                                                        const char* name) const {
  const Result<FieldBytes> found = field(dataset, name, H5T_STRING, 0);
  if (!found) return found.error();
  std::vector<std::string> texts;
  for (std::size_t at = 0; at < found->bytes.size(); at += found->width) {
    const std::string_view padded(found->bytes.data() + at, found->width);
    texts.emplace_back(padded.substr(0, padded.find('\0')));
  }
  return texts;
}

Result<Hdf5Field::Numbers> Hdf5Reader::number_field(const std::string& dataset,
                                                    const char* name) const {
  const Result<FieldBytes> found = field(dataset, name, H5T_FLOAT, sizeof(double));
  if (!found) return found.error();
  Hdf5Field::Numbers numbers(found->bytes.size() / sizeof(double));
  if (!numbers.empty()) std::memcpy(numbers.data(), found->bytes.data(), found->bytes.size());
  return numbers;
}

Result<Hdf5Field::Verdicts> Hdf5Reader::verdict_field(const std::string& dataset,
                                                      const char* name) const {
  const Result<FieldBytes> found = field(dataset, name, H5T_ENUM, 1);
  if (!found) return found.error();
  Hdf5Field::Verdicts verdicts;
  for (const char verdict : found->bytes) {
    verdicts.emplace_back();
    if (verdict == 0 || verdict == 1) verdicts.back() = verdict == 1;
  }
  return verdicts;
}

Result<std::vector<double>> Hdf5Reader::numbers(const std::string& dataset) const {
  const StoredRows stored(file_, dataset);
  if (!stored.is_plain() || H5Tget_class(stored.type.get()) != H5T_FLOAT) return unlike(dataset);
  std::vector<double> values(stored.rows());
  if (H5Dread(stored.set.get(), H5T_NATIVE_DOUBLE, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) <
      0)
    return unlike(dataset);
  return values;
}

Result<std::vector<std::int64_t>> Hdf5Reader::whole_numbers(const std::string& dataset) const {
  const StoredRows stored(file_, dataset);
  if (!stored.is_column() || H5Tget_class(stored.type.get()) != H5T_INTEGER) return unlike(dataset);
  std::vector<std::int64_t> values(stored.rows());
  if (H5Dread(stored.set.get(), H5T_NATIVE_INT64, H5S_ALL, H5S_ALL, H5P_DEFAULT, values.data()) < 0)
    return unlike(dataset);
  return values;
}

bool Hdf5Reader::has(const std::string& path) const {
  return H5Lexists(file_.get(), path.c_str(), H5P_DEFAULT) > 0;
}

}  // namespace fleetsim
