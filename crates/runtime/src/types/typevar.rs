//! Type parameters (PEP 695): `TypeVar`, `ParamSpec`, `TypeVarTuple`, `TypeAliasType`.
