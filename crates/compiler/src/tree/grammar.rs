//! The abstract grammar of Python 3.14 (the docs of the `ast` module), declared once: the node
//! classes of `_ast`, the conversions to and from them and their checks all read it.

/// The type of a field.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Type {
    Identifier,
    String,
    Int,
    Constant,
    Node(Group),
}

impl Type {
    /// The type's name in the grammar.
    pub fn name(self) -> &'static str {
        match self {
            Type::Identifier => "identifier",
            Type::String => "string",
            Type::Int => "int",
            Type::Constant => "constant",
            Type::Node(g) => g.info().name,
        }
    }
}

/// How many values a field holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Count {
    One,
    /// May be None.
    Opt,
    List,
    /// A list whose items may be None.
    OptList,
}

/// A field of a node class.
#[derive(Debug)]
pub struct FieldInfo {
    pub name: &'static str,
    pub ty: Type,
    pub count: Count,
}

/// What position attributes the nodes of a group have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Place {
    None,
    /// `end_lineno` and `end_col_offset` may be missing.
    OpenEnd,
    Full,
}

/// A node class.
#[derive(Debug)]
pub struct ClassInfo {
    pub name: &'static str,
    pub group: Group,
    pub fields: &'static [FieldInfo],
}

/// A nonterminal of the grammar: the base class of its alternatives, or (a product) the only
/// class itself.
#[derive(Debug)]
pub struct GroupInfo {
    pub name: &'static str,
    pub place: Place,
    pub product: bool,
    pub classes: &'static [Class],
}

macro_rules! ty {
    (identifier) => {
        Type::Identifier
    };
    (string) => {
        Type::String
    };
    (int) => {
        Type::Int
    };
    (constant) => {
        Type::Constant
    };
    ($group:ident) => {
        Type::Node(Group::$group)
    };
}

macro_rules! grammar {
    ($( $kind:ident $group:ident $gname:literal $place:ident {
        $( $class:ident $cname:literal ( $($count:ident $ty:ident $field:literal),* ) )*
    } )*) => {
        /// A nonterminal.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Group { $($group),* }

        /// A node class.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Class { $($($class),*),* }

        /// All nonterminals.
        pub static GROUPS: &[Group] = &[$(Group::$group),*];
        /// All node classes.
        pub static CLASSES: &[Class] = &[$($(Class::$class),*),*];

        static GROUP_INFO: &[GroupInfo] = &[$(GroupInfo {
            name: $gname,
            place: Place::$place,
            product: stringify!($kind).len() == "product".len(),
            classes: &[$(Class::$class),*],
        }),*];
        static CLASS_INFO: &[ClassInfo] = &[$($(ClassInfo {
            name: $cname,
            group: Group::$group,
            fields: &[$(FieldInfo { name: $field, ty: ty!($ty), count: Count::$count }),*],
        }),*),*];
    };
}

impl Class {
    /// The class's declaration.
    pub fn info(self) -> &'static ClassInfo {
        &CLASS_INFO[self as usize]
    }

    /// The class's name.
    pub fn name(self) -> &'static str {
        self.info().name
    }
}

impl Group {
    /// The nonterminal's declaration.
    pub fn info(self) -> &'static GroupInfo {
        &GROUP_INFO[self as usize]
    }
}

grammar! {
    sum Mod "mod" None {
        Module "Module" (List Stmt "body", List TypeIgnore "type_ignores")
        Interactive "Interactive" (List Stmt "body")
        Expression "Expression" (One Expr "body")
        FunctionType "FunctionType" (List Expr "argtypes", One Expr "returns")
    }
    sum Stmt "stmt" OpenEnd {
        FunctionDef "FunctionDef" (One identifier "name", One Arguments "args", List Stmt "body", List Expr "decorator_list", Opt Expr "returns", Opt string "type_comment", List TypeParam "type_params")
        AsyncFunctionDef "AsyncFunctionDef" (One identifier "name", One Arguments "args", List Stmt "body", List Expr "decorator_list", Opt Expr "returns", Opt string "type_comment", List TypeParam "type_params")
        ClassDef "ClassDef" (One identifier "name", List Expr "bases", List Keyword "keywords", List Stmt "body", List Expr "decorator_list", List TypeParam "type_params")
        Return "Return" (Opt Expr "value")
        Delete "Delete" (List Expr "targets")
        Assign "Assign" (List Expr "targets", One Expr "value", Opt string "type_comment")
        TypeAlias "TypeAlias" (One Expr "name", List TypeParam "type_params", One Expr "value")
        AugAssign "AugAssign" (One Expr "target", One Operator "op", One Expr "value")
        AnnAssign "AnnAssign" (One Expr "target", One Expr "annotation", Opt Expr "value", One int "simple")
        For "For" (One Expr "target", One Expr "iter", List Stmt "body", List Stmt "orelse", Opt string "type_comment")
        AsyncFor "AsyncFor" (One Expr "target", One Expr "iter", List Stmt "body", List Stmt "orelse", Opt string "type_comment")
        While "While" (One Expr "test", List Stmt "body", List Stmt "orelse")
        If "If" (One Expr "test", List Stmt "body", List Stmt "orelse")
        With "With" (List WithItem "items", List Stmt "body", Opt string "type_comment")
        AsyncWith "AsyncWith" (List WithItem "items", List Stmt "body", Opt string "type_comment")
        Match "Match" (One Expr "subject", List MatchCase "cases")
        Raise "Raise" (Opt Expr "exc", Opt Expr "cause")
        Try "Try" (List Stmt "body", List ExceptHandler "handlers", List Stmt "orelse", List Stmt "finalbody")
        TryStar "TryStar" (List Stmt "body", List ExceptHandler "handlers", List Stmt "orelse", List Stmt "finalbody")
        Assert "Assert" (One Expr "test", Opt Expr "msg")
        Import "Import" (List Alias "names")
        ImportFrom "ImportFrom" (Opt identifier "module", List Alias "names", Opt int "level")
        Global "Global" (List identifier "names")
        Nonlocal "Nonlocal" (List identifier "names")
        ExprStmt "Expr" (One Expr "value")
        Pass "Pass" ()
        Break "Break" ()
        Continue "Continue" ()
    }
    sum Expr "expr" OpenEnd {
        BoolOp "BoolOp" (One BoolOp "op", List Expr "values")
        NamedExpr "NamedExpr" (One Expr "target", One Expr "value")
        BinOp "BinOp" (One Expr "left", One Operator "op", One Expr "right")
        UnaryOp "UnaryOp" (One UnaryOp "op", One Expr "operand")
        Lambda "Lambda" (One Arguments "args", One Expr "body")
        IfExp "IfExp" (One Expr "test", One Expr "body", One Expr "orelse")
        Dict "Dict" (OptList Expr "keys", List Expr "values")
        Set "Set" (List Expr "elts")
        ListComp "ListComp" (One Expr "elt", List Comprehension "generators")
        SetComp "SetComp" (One Expr "elt", List Comprehension "generators")
        DictComp "DictComp" (One Expr "key", One Expr "value", List Comprehension "generators")
        GeneratorExp "GeneratorExp" (One Expr "elt", List Comprehension "generators")
        Await "Await" (One Expr "value")
        Yield "Yield" (Opt Expr "value")
        YieldFrom "YieldFrom" (One Expr "value")
        Compare "Compare" (One Expr "left", List CmpOp "ops", List Expr "comparators")
        Call "Call" (One Expr "func", List Expr "args", List Keyword "keywords")
        FormattedValue "FormattedValue" (One Expr "value", One int "conversion", Opt Expr "format_spec")
        Interpolation "Interpolation" (One Expr "value", One constant "str", One int "conversion", Opt Expr "format_spec")
        JoinedStr "JoinedStr" (List Expr "values")
        TemplateStr "TemplateStr" (List Expr "values")
        Constant "Constant" (One constant "value", Opt string "kind")
        Attribute "Attribute" (One Expr "value", One identifier "attr", One ExprContext "ctx")
        Subscript "Subscript" (One Expr "value", One Expr "slice", One ExprContext "ctx")
        Starred "Starred" (One Expr "value", One ExprContext "ctx")
        Name "Name" (One identifier "id", One ExprContext "ctx")
        List "List" (List Expr "elts", One ExprContext "ctx")
        Tuple "Tuple" (List Expr "elts", One ExprContext "ctx")
        Slice "Slice" (Opt Expr "lower", Opt Expr "upper", Opt Expr "step")
    }
    sum ExprContext "expr_context" None {
        Load "Load" () Store "Store" () Del "Del" ()
    }
    sum BoolOp "boolop" None { And "And" () Or "Or" () }
    sum Operator "operator" None {
        Add "Add" () Sub "Sub" () Mult "Mult" () MatMult "MatMult" () Div "Div" () Mod "Mod" ()
        Pow "Pow" () LShift "LShift" () RShift "RShift" () BitOr "BitOr" () BitXor "BitXor" ()
        BitAnd "BitAnd" () FloorDiv "FloorDiv" ()
    }
    sum UnaryOp "unaryop" None { Invert "Invert" () Not "Not" () UAdd "UAdd" () USub "USub" () }
    sum CmpOp "cmpop" None {
        Eq "Eq" () NotEq "NotEq" () Lt "Lt" () LtE "LtE" () Gt "Gt" () GtE "GtE" () Is "Is" ()
        IsNot "IsNot" () In "In" () NotIn "NotIn" ()
    }
    product Comprehension "comprehension" None {
        Comprehension "comprehension" (One Expr "target", One Expr "iter", List Expr "ifs", One int "is_async")
    }
    sum ExceptHandler "excepthandler" OpenEnd {
        ExceptHandler "ExceptHandler" (Opt Expr "type", Opt identifier "name", List Stmt "body")
    }
    product Arguments "arguments" None {
        Arguments "arguments" (List Arg "posonlyargs", List Arg "args", Opt Arg "vararg", List Arg "kwonlyargs", OptList Expr "kw_defaults", Opt Arg "kwarg", List Expr "defaults")
    }
    product Arg "arg" OpenEnd {
        Arg "arg" (One identifier "arg", Opt Expr "annotation", Opt string "type_comment")
    }
    product Keyword "keyword" OpenEnd {
        Keyword "keyword" (Opt identifier "arg", One Expr "value")
    }
    product Alias "alias" OpenEnd {
        Alias "alias" (One identifier "name", Opt identifier "asname")
    }
    product WithItem "withitem" None {
        WithItem "withitem" (One Expr "context_expr", Opt Expr "optional_vars")
    }
    product MatchCase "match_case" None {
        MatchCase "match_case" (One Pattern "pattern", Opt Expr "guard", List Stmt "body")
    }
    sum Pattern "pattern" Full {
        MatchValue "MatchValue" (One Expr "value")
        MatchSingleton "MatchSingleton" (One constant "value")
        MatchSequence "MatchSequence" (List Pattern "patterns")
        MatchMapping "MatchMapping" (List Expr "keys", List Pattern "patterns", Opt identifier "rest")
        MatchClass "MatchClass" (One Expr "cls", List Pattern "patterns", List identifier "kwd_attrs", List Pattern "kwd_patterns")
        MatchStar "MatchStar" (Opt identifier "name")
        MatchAs "MatchAs" (Opt Pattern "pattern", Opt identifier "name")
        MatchOr "MatchOr" (List Pattern "patterns")
    }
    sum TypeIgnore "type_ignore" None {
        TypeIgnore "TypeIgnore" (One int "lineno", One string "tag")
    }
    sum TypeParam "type_param" Full {
        TypeVar "TypeVar" (One identifier "name", Opt Expr "bound", Opt Expr "default_value")
        ParamSpec "ParamSpec" (One identifier "name", Opt Expr "default_value")
        TypeVarTuple "TypeVarTuple" (One identifier "name", Opt Expr "default_value")
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_agree_with_the_enums() {
        for (i, c) in CLASSES.iter().enumerate() {
            assert_eq!(*c as usize, i);
            assert!(c.info().group.info().classes.contains(c));
        }
        for (i, g) in GROUPS.iter().enumerate() {
            assert_eq!(*g as usize, i);
            assert_eq!(
                g.info().product,
                g.info().name == g.info().classes[0].name()
            );
        }
    }
}
