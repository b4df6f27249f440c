"""What tests of farmctl and of packages that extend it share: parts, fakes, conformance suites."""
