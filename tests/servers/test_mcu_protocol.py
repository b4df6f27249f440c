"""The codec of the simulated micro-controller keeps what goes through it."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.servers.mcu.protocol import (
    BLOCK_MAX_B,
    OVERHEAD_B,
    BlockReader,
    Message,
    block,
    crc16,
    decode_number,
    encode_number,
)

pytestmark = pytest.mark.pure

numbers = st.integers(-(2**31), 2**32 - 1)
payloads = st.binary(max_size=BLOCK_MAX_B - OVERHEAD_B)
sequences = st.integers(0, 15)


@given(numbers, st.binary(max_size=4))
def test_a_number_comes_back_whatever_follows_it(number: int, rest: bytes) -> None:
    octets = encode_number(number)
    assert decode_number(octets + rest, 0) == (number, len(octets))


@pytest.mark.parametrize(
    ("number", "size"),
    [
        (-33, 2),
        (-32, 1),
        (95, 1),
        (96, 2),
        (-4096, 2),
        (-4097, 3),
        (12287, 2),
        (12288, 3),
        (2**32 - 1, 5),
    ],
)
def test_a_number_takes_as_many_bytes_as_the_protocol_page_says(number: int, size: int) -> None:
    assert len(encode_number(number)) == size


def test_the_check_bytes_are_those_of_the_published_example() -> None:
    assert crc16(b"123456789") == bytes.fromhex("6f91")


@given(numbers.filter(lambda n: n >= 0), st.integers(-(2**15), 2**15 - 1), st.binary(max_size=20))
def test_a_message_comes_back(unsigned: int, signed: int, state: bytes) -> None:
    message = Message.of(77, "sample clock=%u add=%hi state=%*s")
    octets = message.encode(clock=unsigned, add=signed, state=state)
    number, at = decode_number(octets, 0)
    values, end = message.decode(octets, at)
    assert (number, end) == (77, len(octets))
    assert values == {"clock": unsigned, "add": signed, "state": state}


@given(st.lists(st.tuples(sequences, payloads), max_size=8), st.integers(1, 40))
def test_blocks_come_back_however_they_are_cut(sent: list[tuple[int, bytes]], piece: int) -> None:
    stream = b"".join(block(sequence, payload) for sequence, payload in sent)
    reader = BlockReader()
    pieces = (stream[at : at + piece] for at in range(0, len(stream), piece))
    assert [found for part in pieces for found in reader.feed(part)] == sent


@given(payloads, st.data())
def test_a_flipped_bit_is_never_taken_for_a_block(payload: bytes, data: st.DataObject) -> None:
    whole = bytearray(block(3, payload))
    bit = data.draw(st.integers(0, len(whole) * 8 - 1))
    whole[bit // 8] ^= 1 << bit % 8
    assert (3, payload) not in list(BlockReader().feed(bytes(whole)))


@given(st.binary(min_size=1, max_size=80), payloads)
def test_after_rubbish_the_stream_is_found_again(rubbish: bytes, payload: bytes) -> None:
    reader = BlockReader()
    list(reader.feed(rubbish))
    # At worst the rubbish announced one long block: two markers later it is over.
    list(reader.feed(b"\x7e" * BLOCK_MAX_B))
    list(reader.feed(block(1)))
    assert list(reader.feed(block(5, payload)))[-1] == (5, payload)
