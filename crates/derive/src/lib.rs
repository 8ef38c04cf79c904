//! The attribute macro that declares native functions and methods in one place.

mod signature;

use proc_macro::TokenStream;
use quote::{format_ident, quote};
use signature::Signature;
use syn::{Attribute, FnArg, Item, ItemFn, ItemMod, LitStr, Type};

/// Turns the annotated functions of a module into a `TABLE` of native definitions.
///
/// Each function carries one attribute: `#[native("name($self, a, b=None, /, *, c, **kw)")]`,
/// `#[classmethod("...($type, ...)")]`, `#[staticmethod("...")]`, `#[getter("name")]`,
/// `#[member("name")]` (a getter that CPython has as a struct member), `#[setter("name")]`. The text is CPython's text signature: it is the argument parser and what
/// `inspect.signature` shows. `nosig` after the text hides the signature; `format`, `nameless` and
/// `defining` say whose wording messages about the number of arguments have (`native::Wording`).
/// The Rust parameters
/// after `vm` are in signature order; optional ones are `Option<T>`, `*args` is a tuple `Value`,
/// `**kwargs` an `Option<Value>` dict. `T: FromArg`, the result `Res<R>` with `R: IntoResult`.
/// The doc comment becomes `__doc__`.
#[proc_macro_attribute]
pub fn natives(_attr: TokenStream, item: TokenStream) -> TokenStream {
    let module = syn::parse_macro_input!(item as ItemMod);
    expand(module)
        .unwrap_or_else(|e| e.to_compile_error())
        .into()
}

const KINDS: &[(&str, &str)] = &[
    ("native", "Method"),
    ("classmethod", "ClassMethod"),
    ("staticmethod", "StaticMethod"),
    ("getter", "Getter"),
    ("member", "Member"),
    ("setter", "Setter"),
];

fn expand(mut module: ItemMod) -> syn::Result<proc_macro2::TokenStream> {
    let Some((_, items)) = &mut module.content else {
        return Err(syn::Error::new_spanned(
            &module,
            "an inline module is needed",
        ));
    };
    let mut entries = Vec::new();
    for item in items.iter_mut() {
        if let Item::Fn(function) = item
            && let Some((kind, attr)) = take_kind(function)
        {
            entries.push(entry(function, kind, &attr)?);
        }
    }
    items.push(syn::parse_quote! {
        /// The native definitions of this module.
        pub static TABLE: &[::runtime::native::NativeDef] = &[#(#entries),*];
    });
    Ok(quote!(#module))
}

fn take_kind(function: &mut ItemFn) -> Option<(&'static str, Attribute)> {
    for (i, attr) in function.attrs.iter().enumerate() {
        for (name, kind) in KINDS {
            if attr.path().is_ident(name) {
                return Some((kind, function.attrs.remove(i)));
            }
        }
    }
    None
}

struct KindArgs {
    text: LitStr,
    nosig: bool,
    /// The variant of `native::Wording`.
    wording: &'static str,
}

/// Words that say how CPython parses the arguments, by variant of `native::Wording`.
const WORDINGS: &[(&str, &str)] = &[
    ("format", "Format"),
    ("nameless", "Nameless"),
    ("defining", "Defining"),
];

impl syn::parse::Parse for KindArgs {
    fn parse(input: syn::parse::ParseStream) -> syn::Result<Self> {
        let text = input.parse()?;
        let mut args = KindArgs {
            text,
            nosig: false,
            wording: "Plain",
        };
        while input.parse::<Option<syn::Token![,]>>()?.is_some() {
            let word: syn::Ident = input.parse()?;
            match WORDINGS.iter().find(|(name, _)| word == name) {
                Some((_, variant)) => args.wording = variant,
                None if word == "nosig" => args.nosig = true,
                None => return Err(syn::Error::new(word.span(), "unknown word")),
            }
        }
        Ok(args)
    }
}

fn doc_of(function: &ItemFn) -> String {
    let mut lines = Vec::new();
    for attr in &function.attrs {
        if attr.path().is_ident("doc")
            && let syn::Meta::NameValue(nv) = &attr.meta
            && let syn::Expr::Lit(syn::ExprLit {
                lit: syn::Lit::Str(s),
                ..
            }) = &nv.value
        {
            let line = s.value();
            lines.push(line.strip_prefix(' ').unwrap_or(&line).to_string());
        }
    }
    lines.join("\n")
}

fn is_option(ty: &Type) -> bool {
    matches!(ty, Type::Path(p) if p.path.segments.last().is_some_and(|s| s.ident == "Option"))
}

fn entry(function: &ItemFn, kind: &str, attr: &Attribute) -> syn::Result<proc_macro2::TokenStream> {
    let args: KindArgs = attr.parse_args()?;
    let text = match kind {
        "Getter" | "Member" => format!("{}($self, /)", args.text.value()),
        "Setter" => format!("{}($self, value=None, /)", args.text.value()),
        _ => args.text.value(),
    };
    let sig = Signature::parse(&text).map_err(|e| syn::Error::new(args.text.span(), e))?;
    let params: Vec<_> = function.sig.inputs.iter().skip(1).collect();
    if params.len() != sig.slots() {
        let message = format!(
            "signature has {} parameters, the function {}",
            sig.slots(),
            params.len()
        );
        return Err(syn::Error::new_spanned(&function.sig, message));
    }
    let ident = &function.sig.ident;
    let mut lets = Vec::new();
    let mut names = Vec::new();
    for (i, param) in params.iter().enumerate() {
        let FnArg::Typed(param) = param else {
            return Err(syn::Error::new_spanned(param, "no self"));
        };
        let var = format_ident!("arg{i}");
        let ty = &param.ty;
        lets.push(if is_option(ty) {
            quote!(let #var: #ty = match args[#i] { Some(v) => Some(::runtime::native::FromArg::from_arg(vm, v)?), None => None };)
        } else {
            quote!(let #var: #ty = ::runtime::native::required(vm, args, #i)?;)
        });
        names.push(var);
    }
    let wording = format_ident!("{}", args.wording);
    let simple = !sig.varargs && !sig.varkw && sig.names.len() == sig.npos;
    let kind = format_ident!("{kind}");
    let name = &sig.name;
    let shown = if args.nosig {
        quote!(None)
    } else {
        let s = &sig.text;
        quote!(Some(#s))
    };
    let doc = doc_of(function);
    let (param_names, posonly, npos, nrequired, kwonly_required, varargs, varkw, has_self) = (
        &sig.names,
        sig.posonly,
        sig.npos,
        sig.nrequired,
        sig.kwonly_required,
        sig.varargs,
        sig.varkw,
        sig.has_self,
    );
    Ok(quote! {
        ::runtime::native::NativeDef {
            name: #name,
            kind: ::runtime::native::DefKind::#kind,
            text_signature: #shown,
            doc: #doc,
            params: ::runtime::native::Params {
                names: &[#(#param_names),*],
                posonly: #posonly,
                npos: #npos,
                nrequired: #nrequired,
                kwonly_required: #kwonly_required,
                varargs: #varargs,
                varkw: #varkw,
                has_self: #has_self,
                simple: #simple,
                wording: ::runtime::native::Wording::#wording,
            },
            func: {
                fn native_entry(vm: &mut ::runtime::Vm, args: &[Option<::runtime::Value>]) -> ::runtime::Res {
                    #(#lets)*
                    let result = #ident(vm, #(#names),*)?;
                    ::runtime::native::IntoResult::into_result(result, vm)
                }
                native_entry
            },
        }
    })
}
