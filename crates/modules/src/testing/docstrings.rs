//! Functions with odd docstrings, for the tests of `inspect` and `pydoc`.

use runtime::{Res, Value, Vm};

macro_rules! documented {
    ($($name:ident $signature:tt $doc:literal)*) => {
        #[derive::natives]
        mod functions {
            use super::*;
            $(
                #[doc = $doc]
                #[native $signature]
                fn $name(_: &mut Vm, _m: Value, _args: Value) -> Res<()> {
                    Ok(())
                }
            )*
        }
    };
}

documented! {
    docstring_no_signature ("docstring_no_signature($module, /, *args)", nosig) "This docstring has no signature."
    docstring_with_invalid_signature ("docstring_with_invalid_signature($module, /, *args)", nosig) "docstring_with_invalid_signature($module, /, boo)\n\nThis docstring has an invalid signature."
    docstring_with_invalid_signature2 ("docstring_with_invalid_signature2($module, /, *args)", nosig) "docstring_with_invalid_signature2($module, /, boo)\n\n--\n\nThis docstring also has an invalid signature."
}

pub use functions::TABLE;
