//! Size classes: every 16 bytes up to 512, then geometric (the largest sizes that put n cells
//! into a block), up to half a block.

use crate::{BLOCK_BYTES, GRANULE};

/// Largest class with 16-byte spacing.
pub(crate) const MAX_LINEAR: usize = 512;
const LINEAR_CLASSES: usize = MAX_LINEAR / GRANULE + 1;
/// Cells a block of the geometric classes; ratios of neighbouring sizes are 1.13 to 1.5.
const GEOMETRIC_COUNTS: [usize; 19] = [
    56, 48, 40, 36, 32, 28, 24, 20, 16, 14, 12, 10, 8, 7, 6, 5, 4, 3, 2,
];

/// Number of size classes. Class 0 is never used: class k holds 16*k bytes up to 512.
pub const NUM_CLASSES: usize = LINEAR_CLASSES + GEOMETRIC_COUNTS.len();
/// Largest cell in bytes, header included, that shares a block with others.
pub const MAX_SMALL: usize = BLOCK_BYTES / 2;

static CELL_SIZES: [u16; NUM_CLASSES] = CELL_SIZES_CONST;
const CELL_SIZES_CONST: [u16; NUM_CLASSES] = {
    let mut sizes = [GRANULE as u16; NUM_CLASSES];
    let mut k = 1;
    while k < LINEAR_CLASSES {
        sizes[k] = (k * GRANULE) as u16;
        k += 1;
    }
    while k < NUM_CLASSES {
        let per_block = GEOMETRIC_COUNTS[k - LINEAR_CLASSES];
        sizes[k] = (BLOCK_BYTES / per_block / GRANULE * GRANULE) as u16;
        k += 1;
    }
    sizes
};

/// Class by size in granules, rounded up.
static CLASS_OF: [u8; MAX_SMALL / GRANULE + 1] = CLASS_OF_CONST;
const CLASS_OF_CONST: [u8; MAX_SMALL / GRANULE + 1] = {
    let mut table = [0u8; MAX_SMALL / GRANULE + 1];
    let mut granules = 0;
    let mut class = 0;
    while granules < table.len() {
        if granules > 0 && (class == 0 || granules * GRANULE > CELL_SIZES_CONST[class] as usize) {
            class += 1;
        }
        table[granules] = class as u8;
        granules += 1;
    }
    table
};

/// The size class of a cell of `size` bytes (header included), at most [`MAX_SMALL`].
#[inline(always)]
pub const fn size_class(size: usize) -> usize {
    let granules = size.div_ceil(GRANULE);
    if size <= MAX_LINEAR {
        granules
    } else {
        CLASS_OF[granules] as usize
    }
}

/// Bytes of a cell of `class`.
#[inline(always)]
pub const fn class_size(class: usize) -> usize {
    CELL_SIZES[class] as usize
}

/// Class and cell size of `size`, in the form that folds best for constant and unknown sizes.
#[inline(always)]
pub(crate) const fn class_and_size(size: usize) -> (usize, usize) {
    let class = size_class(size);
    let cell = if size <= MAX_LINEAR {
        class * GRANULE
    } else {
        CELL_SIZES[class] as usize
    };
    (class, cell)
}

/// Multiplier for [`divide`], for a divisor of 1 to 2047 granules.
pub(crate) const fn reciprocal(granules: usize) -> u32 {
    (1usize << 22).div_ceil(granules) as u32
}

/// `granule / divisor` for a granule number inside a block (below 2048): the rounding error of
/// the reciprocal times 2^11 stays below 2^-11, which is less than one divisor-th.
#[inline(always)]
pub(crate) const fn divide(granule: usize, reciprocal: u32) -> usize {
    ((granule as u64 * reciprocal as u64) >> 22) as usize
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_size_gets_the_smallest_class_that_holds_it() {
        for size in 1..=MAX_SMALL {
            let (class, cell) = class_and_size(size);
            assert_eq!(cell, class_size(class));
            assert!(cell >= size, "size {size} in cell {cell}");
            assert!(class == 1 || class_size(class - 1) < size, "size {size}");
        }
        assert_eq!(size_class(MAX_SMALL), NUM_CLASSES - 1);
    }

    #[test]
    fn division_by_multiplication_is_exact() {
        for class in 1..NUM_CLASSES {
            let divisor = class_size(class) / GRANULE;
            let multiplier = reciprocal(divisor);
            for granule in 0..BLOCK_BYTES / GRANULE {
                assert_eq!(divide(granule, multiplier), granule / divisor);
            }
        }
    }
}
