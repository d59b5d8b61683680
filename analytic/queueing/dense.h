#pragma once
#include <cstddef>
#include <optional>
#include <span>
#include <vector>

namespace fleetsim::analytic {

// A small dense square matrix, for chains with a handful of phases or stations.
class Matrix {
 public:
  explicit Matrix(std::size_t size) : size_(size), cell_(size * size) {}
  static Matrix identity(std::size_t size);

  std::size_t size() const { return size_; }
  double& operator()(std::size_t row, std::size_t column) { return cell_[row * size_ + column]; }
  double operator()(std::size_t row, std::size_t column) const {
    return cell_[row * size_ + column];
  }

  friend Matrix operator+(Matrix a, const Matrix& b);
  friend Matrix operator*(double k, Matrix a);
  friend Matrix operator*(const Matrix& a, const Matrix& b);

 private:
  std::size_t size_;
  std::vector<double> cell_;
};

std::vector<double> operator*(std::span<const double> row, const Matrix& a);
double dot(std::span<const double> a, std::span<const double> b);
std::vector<double> row_sums(const Matrix& a);

// Both of the following eliminate state by state without a single subtraction (Grassmann, Taksar
// and Heyman 1985; O'Cinneide 1993), so each entry of the answer has nearly full precision however
// stiff the chain is. They ignore the diagonal of what they are given.

// Shares of time of the states of a chain by its rates. REQUIRES: irreducible.
std::vector<double> stationary(Matrix rate);

// The inverse, which is >= 0, of the matrix with off-diagonal entries -rate(i, j) and row sums
// exit[i] >= 0: mean visits of a chain that moves at these rates and leaves at rate exit[i].
// Nothing when there is no way out of some state.
std::optional<Matrix> inverse(Matrix rate, std::vector<double> exit);

}  // namespace fleetsim::analytic
