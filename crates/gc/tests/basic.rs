//! Allocation without collecting: sizes, zeroes, headers, addresses.

use gc::{BLOCK_BYTES, Config, Header, Heap, KindInfo, MAX_SMALL};

static KINDS: [KindInfo; 1] = [KindInfo {
    name: "leaf",
    trace: None,
    drop: None,
}];

#[test]
fn cells_are_zero_aligned_and_do_not_overlap() {
    let mut heap = Heap::new(Config::default(), &KINDS);
    let mut cells: Vec<(usize, usize)> = Vec::new();
    let sizes = [
        8,
        16,
        24,
        40,
        100,
        512,
        513,
        1000,
        5000,
        MAX_SMALL,
        MAX_SMALL + 1,
        BLOCK_BYTES,
        100_000,
    ];
    for round in 0..if cfg!(miri) { 2 } else { 200u32 } {
        for size in sizes {
            // SAFETY: no collector is set, so nothing has to be reachable.
            unsafe {
                let cell = heap.alloc(size, round, 0);
                assert!(!cell.is_null() && (cell as usize).is_multiple_of(16));
                assert_eq!(
                    *cell,
                    Header {
                        shape: round,
                        kind: 0,
                        gc: 0,
                        flags: 0
                    }
                );
                let bytes = heap.cell_size(cell);
                assert!(bytes >= size);
                let payload = core::slice::from_raw_parts_mut(cell.cast::<u8>().add(8), size - 8);
                assert!(payload.iter().all(|&b| b == 0), "dirty cell of {size}");
                payload.fill(0xff);
                assert!(heap.is_allocated(cell));
                assert_eq!(heap.find_cell(cell as u64 + bytes as u64 - 1), Some(cell));
                cells.push((cell as usize, bytes));
            }
        }
    }
    cells.sort_unstable();
    assert!(cells.windows(2).all(|w| w[0].0 + w[0].1 <= w[1].0));
    let mut seen = 0;
    heap.for_each_cell(&mut |_| seen += 1);
    assert_eq!(seen, cells.len());
}

#[test]
fn impossible_sizes_and_limits_give_null() {
    let limit = 1 << 20;
    let mut heap = Heap::new(
        Config {
            limit_bytes: Some(limit),
            ..Config::default()
        },
        &KINDS,
    );
    // SAFETY: no collector is set.
    unsafe {
        assert!(heap.alloc(usize::MAX - 100, 0, 0).is_null());
        assert!(heap.alloc(limit + 1, 0, 0).is_null());
        let mut got = 0;
        while !heap.alloc(64, 0, 0).is_null() {
            got += 64;
        }
        assert!(got <= limit + 8192 && got >= limit - 8192, "{got} bytes");
    }
    let mut small = Heap::with_reserve(Config::default(), &KINDS, 1 << 20);
    // SAFETY: no collector is set.
    unsafe {
        let mut got = 0;
        while !small.alloc(1024, 0, 0).is_null() {
            got += 1024;
        }
        // The rest is for who handles the failure.
        assert_eq!(got, (1 << 20) - BLOCK_BYTES);
        assert!(!small.alloc(1024, 0, 0).is_null());
        assert!(small.alloc(100_000, 0, 0).is_null());
    }
}

#[test]
fn large_cells_grow_where_they_are_until_something_follows() {
    let mut heap = Heap::new(Config::default(), &KINDS);
    let first = 3 * BLOCK_BYTES - 100;
    // SAFETY: no collector is set, so nothing has to be reachable.
    unsafe {
        let small = heap.alloc(64, 1, 0);
        assert!(!heap.grow_large(small, 128));
        let cell = heap.alloc(first, 2, 0);
        let mut filled = heap.cell_size(cell);
        core::slice::from_raw_parts_mut(cell.cast::<u8>().add(8), filled - 8).fill(0xff);
        // Within its last block, by some blocks, and beyond what is committed.
        for size in [first + 50, 7 * BLOCK_BYTES + 1, 300 * BLOCK_BYTES] {
            assert!(heap.grow_large(cell, size));
            let bytes = heap.cell_size(cell);
            assert!(bytes >= size && bytes < size + 16);
            let all = core::slice::from_raw_parts_mut(cell.cast::<u8>(), bytes);
            assert!(all[8..filled].iter().all(|b| *b == 0xff));
            assert!(all[filled..].iter().all(|b| *b == 0), "dirty at {size}");
            all[8..].fill(0xff);
            assert_eq!(heap.find_cell(cell as u64 + bytes as u64 - 1), Some(cell));
            filled = bytes;
        }
        assert!(!heap.grow_large(cell, 10));
        let next = heap.alloc(2 * BLOCK_BYTES, 3, 0);
        assert_eq!(
            next as usize,
            cell as usize + filled.next_multiple_of(BLOCK_BYTES)
        );
        assert!(!heap.grow_large(cell, 301 * BLOCK_BYTES));
        assert_eq!(heap.cell_size(cell), filled);
    }
}
