//! Functions of `math` over many values.

use num::mathsum::{self, Fsum, SumProd};
use runtime::object::*;
use runtime::ops::BinOp;
use runtime::{Res, Value, Vm};

#[derive::natives]
pub mod functions {
    use super::*;

    /// Return an accurate floating-point sum of values in the iterable seq.
    ///
    /// Assumes IEEE-754 floating-point arithmetic.
    #[native("fsum($module, seq, /)")]
    fn fsum(vm: &mut Vm, _m: Value, seq: Value) -> Res<f64> {
        let it = vm.iter(seq)?;
        let mut sum = Fsum::new();
        while let Some(v) = vm.next(it)? {
            let x = vm.to_f64(v)?;
            sum.add(x).map_err(|e| vm.num_error(e))?;
        }
        sum.finish().map_err(|e| vm.num_error(e))
    }
    /// Multidimensional Euclidean distance from the origin to a point.
    ///
    /// Roughly equivalent to:
    ///     sqrt(sum(x**2 for x in coordinates))
    ///
    /// For a two dimensional point (x, y), gives the hypotenuse
    /// using the Pythagorean theorem:  sqrt(x*x + y*y).
    ///
    /// For example, the hypotenuse of a 3/4/5 right triangle is:
    ///
    ///     >>> hypot(3.0, 4.0)
    ///     5.0
    #[native("hypot($module, /, *coordinates)")]
    fn hypot(vm: &mut Vm, _m: Value, coordinates: Value) -> Res<f64> {
        let c = floats(vm, coordinates)?;
        Ok(mathsum::hypot(&c))
    }
    /// Return the Euclidean distance between two points p and q.
    ///
    /// The points should be specified as sequences (or iterables) of
    /// coordinates.  Both inputs must have the same dimension.
    ///
    /// Roughly equivalent to:
    ///     sqrt(sum((px - qx) ** 2.0 for px, qx in zip(p, q)))
    #[native("dist($module, p, q, /)")]
    fn dist(vm: &mut Vm, _m: Value, p: Value, q: Value) -> Res<f64> {
        let (a, b) = (vm.collect(p)?, vm.collect(q)?);
        if a.len() != b.len() {
            return Err(vm.value_error("both points must have the same number of dimensions"));
        }
        let (a, b) = (vm.new_tuple(&a)?, vm.new_tuple(&b)?);
        let (a, b) = (floats(vm, a)?, floats(vm, b)?);
        Ok(mathsum::dist(&a, &b))
    }
    /// Calculate the product of all the elements in the input iterable.
    ///
    /// The default start value for the product is 1.
    ///
    /// When the iterable is empty, return the start value.  This function is
    /// intended specifically for use with numeric values and may reject
    /// non-numeric types.
    #[native("prod($module, iterable, /, *, start=1)")]
    fn prod(vm: &mut Vm, _m: Value, iterable: Value, start: Option<Value>) -> Res {
        let mut acc = start.unwrap_or(Value::int_unchecked(1));
        let it = vm.iter(iterable)?;
        while let Some(v) = vm.next(it)? {
            acc = vm.binary(BinOp::Mul, acc, v)?;
        }
        Ok(acc)
    }
    /// Return the sum of products of values from two iterables p and q.
    ///
    /// Roughly equivalent to:
    ///
    ///     sum(map(operator.mul, p, q, strict=True))
    ///
    /// For float and mixed int/float inputs, the intermediate products
    /// and sums are computed with extended precision.
    #[native("sumprod($module, p, q, /)")]
    fn sumprod(vm: &mut Vm, _m: Value, p: Value, q: Value) -> Res {
        let (p, q) = (vm.iter(p)?, vm.iter(q)?);
        let mut total = Total::new();
        loop {
            match (vm.next(p)?, vm.next(q)?) {
                (Some(a), Some(b)) => total.add(vm, a, b)?,
                (None, None) => return total.finish(vm),
                _ => return Err(vm.value_error("Inputs are not the same length")),
            }
        }
    }
}

/// The items of a tuple as floats.
fn floats(vm: &mut Vm, items: Value) -> Res<Vec<f64>> {
    let Some(t) = items.downcast::<TupleObj>() else {
        return Ok(Vec::new());
    };
    let mut out = Vec::with_capacity(t.len);
    for v in t.items() {
        out.push(vm.to_f64(*v)?);
    }
    Ok(out)
}

/// The running total of `sumprod`: machine ints first, then extended floats, then objects. Each
/// stage is left for good once it does not fit.
struct Total {
    objects: Value,
    ints: Option<i64>,
    floats: Option<SumProd>,
}

impl Total {
    fn new() -> Total {
        Total {
            objects: Value::int_unchecked(0),
            ints: Some(0),
            floats: Some(SumProd::new()),
        }
    }
    fn add(&mut self, vm: &mut Vm, a: Value, b: Value) -> Res<()> {
        let int = |v: Value| {
            if v.is_small_int() || v.is_exact(Kind::Int) {
                vm.int_to_i64(v)
            } else {
                None
            }
        };
        if let Some(sum) = self.ints {
            let next = int(a)
                .zip(int(b))
                .and_then(|(x, y)| x.checked_mul(y))
                .and_then(|p| sum.checked_add(p));
            if next.is_some() {
                self.ints = next;
                return Ok(());
            }
            self.leave_ints(vm)?;
        }
        if let Some(mut sum) = self.floats {
            if let Some((x, y)) = float_pair(vm, a, b)
                && sum.add(x, y)
            {
                self.floats = Some(sum);
                return Ok(());
            }
            self.leave_floats(vm)?;
        }
        let product = vm.binary(BinOp::Mul, a, b)?;
        self.objects = vm.binary(BinOp::Add, self.objects, product)?;
        Ok(())
    }
    fn leave_ints(&mut self, vm: &mut Vm) -> Res<()> {
        if let Some(n) = self.ints.take()
            && n != 0
        {
            let n = vm.new_int(n)?;
            self.objects = vm.binary(BinOp::Add, self.objects, n)?;
        }
        Ok(())
    }
    fn leave_floats(&mut self, vm: &mut Vm) -> Res<()> {
        if let Some(f) = self.floats.take()
            && f.used()
        {
            self.objects = vm.binary(BinOp::Add, self.objects, Value::float(f.total()))?;
        }
        Ok(())
    }
    fn finish(mut self, vm: &mut Vm) -> Res {
        self.leave_ints(vm)?;
        self.leave_floats(vm)?;
        Ok(self.objects)
    }
}

/// Two floats, or a float and an int that fits one.
fn float_pair(vm: &mut Vm, a: Value, b: Value) -> Option<(f64, f64)> {
    let number = |v: Value| {
        if v.is_small_int() || v.is_bool() || v.is_exact(Kind::Int) {
            let big = vm.to_big(v)?;
            return num::int_float::to_f64(&big).ok();
        }
        None
    };
    match (a.as_float(), b.as_float()) {
        (Some(x), Some(y)) => Some((x, y)),
        (Some(x), None) => number(b).map(|y| (x, y)),
        (None, Some(y)) => number(a).map(|x| (x, y)),
        _ => None,
    }
}
