#include "traces/hdf5_file.h"

#include <gtest/gtest.h>

#include "tests/support/temporary_folder.h"

namespace fleetsim {
namespace {

using namespace testing_support;

Result<Hdf5Reader> reopened(Hdf5Image& image, const std::string& path) {
  const Result<std::string> bytes = image.image();
  if (!bytes) return bytes.error();
  write_bytes(path, *bytes);
  return Hdf5Reader::open(path);
}

TEST(Hdf5Image, FirstFailureSticks) {
  Hdf5Image image;
  image.group("/a/b");  // there is no /a
  image.group("/a");
  image.numbers("/a/x", std::vector<double>{1});
  const Result<std::string> bytes = image.image();
  ASSERT_FALSE(bytes);
  EXPECT_NE(bytes.error().message.find("/a/b"), std::string::npos) << bytes.error().message;
}

TEST(Hdf5Image, SameNameTwiceIsAFailure) {
  Hdf5Image image;
  image.numbers("/x", std::vector<double>{1});
  image.numbers("/x", std::vector<double>{2});
  EXPECT_FALSE(image.image());
}

TEST(Hdf5Image, SaysNothingOnStandardError) {
  testing::internal::CaptureStderr();
  Hdf5Image image;
  image.group("/a/b");
  EXPECT_FALSE(image.image());
  EXPECT_EQ(testing::internal::GetCapturedStderr(), "");
}

TEST(Hdf5Reader, AsksForWhatIsThere) {
  const TemporaryFolder folder;
  Hdf5Image image;
  image.attribute("/", "text", "words");
  image.attribute("/", "number", std::uint64_t{7});
  image.numbers("/x", std::vector<double>{1, 2});
  image.column("/packed", std::vector<double>{1, 2});
  image.rows("/rows", {{"name", Hdf5Field::Texts{"one", "", "three"}},
                       {"size", Hdf5Field::Numbers{1, 2, 3}}});
  const Result<Hdf5Reader> file = reopened(image, folder / "x.h5");
  ASSERT_TRUE(file) << file.error().message;
  EXPECT_EQ(*file->text_attribute("text"), "words");
  EXPECT_EQ(*file->number_attribute("number"), 7u);
  EXPECT_EQ(*file->numbers("/x"), (std::vector<double>{1, 2}));
  EXPECT_EQ(*file->text_field("/rows", "name"), (std::vector<std::string>{"one", "", "three"}));

  EXPECT_FALSE(file->text_attribute("none"));
  EXPECT_FALSE(file->text_attribute("number"));
  EXPECT_FALSE(file->number_attribute("text"));
  EXPECT_FALSE(file->numbers("/none"));
  EXPECT_FALSE(file->numbers("/rows"));
  EXPECT_FALSE(file->text_field("/x", "name"));
  EXPECT_FALSE(file->text_field("/rows", "none"));
  EXPECT_FALSE(file->text_field("/rows", "size"));
  EXPECT_FALSE(file->numbers("/packed")) << "only what is stored whole has a size to trust";
}

}  // namespace
}  // namespace fleetsim
