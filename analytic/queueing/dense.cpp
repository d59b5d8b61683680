#include "analytic/queueing/dense.h"

#include <cmath>
#include <utility>

#include "sim/check.h"

namespace fleetsim::analytic {

Matrix Matrix::identity(std::size_t size) {
  Matrix one(size);
  for (std::size_t i = 0; i < size; ++i) one(i, i) = 1;
  return one;
}

Matrix operator+(Matrix a, const Matrix& b) {
  check(a.size_ == b.size_, "matrices of one size");
  for (std::size_t i = 0; i < a.cell_.size(); ++i) a.cell_[i] += b.cell_[i];
  return a;
}

Matrix operator*(double k, Matrix a) {
  for (double& cell : a.cell_) cell *= k;
  return a;
}

Matrix operator*(const Matrix& a, const Matrix& b) {
  check(a.size_ == b.size_, "matrices of one size");
  Matrix product(a.size_);
  for (std::size_t i = 0; i < a.size_; ++i)
    for (std::size_t k = 0; k < a.size_; ++k)
      for (std::size_t j = 0; j < a.size_; ++j) product(i, j) += a(i, k) * b(k, j);
  return product;
}

std::vector<double> operator*(std::span<const double> row, const Matrix& a) {
  check(row.size() == a.size(), "a row of the matrix's size");
  std::vector<double> product(a.size());
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t j = 0; j < a.size(); ++j) product[j] += row[i] * a(i, j);
  return product;
}

double dot(std::span<const double> a, std::span<const double> b) {
  check(a.size() == b.size(), "rows of one size");
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += a[i] * b[i];
  return sum;
}

std::vector<double> row_sums(const Matrix& a) {
  std::vector<double> sum(a.size());
  for (std::size_t i = 0; i < a.size(); ++i)
    for (std::size_t j = 0; j < a.size(); ++j) sum[i] += a(i, j);
  return sum;
}

std::vector<double> stationary(Matrix rate) {
  const std::size_t n = rate.size();
  std::vector<double> out(n);  // of state k to states before it, when later ones are passed through
  for (std::size_t k = n; k-- > 1;) {
    for (std::size_t j = 0; j < k; ++j) out[k] += rate(k, j);
    check(out[k] > 0, "each state can be left");
    for (std::size_t i = 0; i < k; ++i)
      for (std::size_t j = 0; j < k; ++j) rate(i, j) += rate(i, k) / out[k] * rate(k, j);
  }
  std::vector<double> share{1};
  double total = 1;
  for (std::size_t k = 1; k < n; ++k) {
    double in = 0;
    for (std::size_t i = 0; i < k; ++i) in += share[i] * rate(i, k);
    share.push_back(in / out[k]);
    total += share.back();
  }
  for (double& x : share) x /= total;
  return share;
}

std::optional<Matrix> inverse(Matrix rate, std::vector<double> exit) {
  check(exit.size() == rate.size(), "an exit rate a state");
  const std::size_t n = rate.size();
  Matrix x = Matrix::identity(n);
  std::vector<double> out = exit;
  for (std::size_t k = n; k-- > 0;) {
    out[k] = exit[k];
    for (std::size_t j = 0; j < k; ++j) out[k] += rate(k, j);
    if (!(out[k] > 0)) return std::nullopt;
    for (std::size_t i = 0; i < k; ++i) {
      const double through = rate(i, k) / out[k];
      for (std::size_t j = 0; j < k; ++j) rate(i, j) += through * rate(k, j);
      for (std::size_t j = 0; j < n; ++j) x(i, j) += through * x(k, j);
      exit[i] += through * exit[k];
    }
  }
  for (std::size_t k = 0; k < n; ++k)
    for (std::size_t j = 0; j < n; ++j) {
      for (std::size_t i = 0; i < k; ++i) x(k, j) += rate(k, i) * x(i, j);
      x(k, j) /= out[k];
    }
  return x;
}

}  // namespace fleetsim::analytic
