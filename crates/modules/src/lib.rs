//! Native modules of the standard library, a file or folder each.

pub mod _bisect;
pub mod _heapq;
pub mod _operator;
pub mod _random;
pub mod _statistics;
pub mod _struct;
pub mod _types;
pub mod abc;
pub mod array;
pub mod ast;
pub mod asyncio;
pub mod atexit;
pub mod binascii;
pub mod builtins;
pub mod cmath;
pub mod codecs;
pub mod collections;
pub mod compression;
pub mod contextvars;
pub mod csv;
pub mod datetime;
pub mod decimal;
pub mod errno;
pub mod faulthandler;
pub mod fcntl;
pub mod functools;
pub mod gc_module;
pub mod hashes;
pub mod importer;
pub mod io;
mod iovec;
pub mod itertools;
pub mod json;
pub mod locale;
pub mod lsprof;
pub mod marshal;
pub mod math;
pub mod mmap;
pub mod multiprocessing;
pub mod opcode;
mod payloads;
pub mod pickle;
pub mod posix;
pub mod posixsubprocess;
pub mod queue;
pub mod resource;
pub mod select;
pub mod signal;
pub mod socket;
pub mod sre;
pub mod startup;
pub mod stat;
pub mod string_helper;
mod symtable;
pub mod sys;
pub mod syslog;
pub mod termios;
pub mod testing;
pub mod thread;
pub mod time;
pub mod tokenize;
pub mod tracemalloc;
pub mod typing;
pub mod unicodedata;
pub mod users;
pub mod util;
pub mod warnings;
pub mod weakref;

use runtime::module::ModuleSpec;

/// All native modules.
pub static MODULES: &[&ModuleSpec] = &[
    &builtins::SPEC,
    &ast::SPEC,
    &symtable::SPEC,
    &resource::SPEC,
    &stat::SPEC,
    &_types::SPEC,
    &opcode::SPEC,
    &tokenize::SPEC,
    &codecs::SPEC,
    &string_helper::SPEC,
    &sre::SPEC,
    &csv::SPEC,
    &binascii::SPEC,
    &json::SPEC,
    &sys::SPEC,
    &importer::imp::SPEC,
    &lsprof::SPEC,
    &marshal::SPEC,
    &atexit::SPEC,
    &errno::SPEC,
    &time::SPEC,
    &signal::SPEC,
    &thread::SPEC,
    &_bisect::SPEC,
    &_heapq::SPEC,
    &_operator::SPEC,
    &warnings::SPEC,
    &asyncio::SPEC,
    &contextvars::SPEC,
    &_random::SPEC,
    &_statistics::SPEC,
    &_struct::SPEC,
    &abc::SPEC,
    &collections::SPEC,
    &functools::SPEC,
    &io::SPEC,
    &queue::SPEC,
    &pickle::SPEC,
    &itertools::SPEC,
    &array::SPEC,
    &cmath::SPEC,
    &math::SPEC,
    &gc_module::SPEC,
    &unicodedata::SPEC,
    &posix::SPEC,
    &posixsubprocess::SPEC,
    &fcntl::SPEC,
    &select::SPEC,
    &socket::SPEC,
    &users::PWD,
    &users::GRP,
    &hashes::MD5,
    &hashes::SHA1,
    &hashes::SHA2,
    &hashes::SHA3,
    &hashes::BLAKE2,
    &hashes::HASHLIB,
    &compression::zlib::SPEC,
    &compression::bz2::SPEC,
    &compression::lzma::SPEC,
    &testing::CAPI,
    &testing::limited::SPEC,
    &testing::internal::SPEC,
    &datetime::SPEC,
    &decimal::SPEC,
    &faulthandler::SPEC,
    &mmap::SPEC,
    &multiprocessing::SPEC,
    &multiprocessing::SHARED_MEMORY,
    &syslog::SPEC,
    &termios::SPEC,
    &locale::SPEC,
    &tracemalloc::SPEC,
    &typing::SPEC,
    &weakref::SPEC,
];
